public import Foundation
public import Learning

/// All models that were ever trained in a run, each in a folder of its own: the ONNX file that is served, the card, the validation
/// predictions and the checkpoint to go on from.
///
/// A model enters by the renaming of its finished folder, so that a reader sees all of it or nothing.
public struct ModelLibrary: Sendable {
    public let folder: URL

    public init(_ folder: URL) { self.folder = folder }

    /// Folder names that begin so are models being written.
    private static let unfinishedPrefix = ".unfinished-"

    public func modelFile(of id: String) -> URL { folder.appending(path: id).appending(path: "model.onnx") }
    public func checkpoint(of id: String) -> URL { folder.appending(path: id).appending(path: "checkpoint") }
    private func cardFile(of id: String) -> URL { folder.appending(path: id).appending(path: "card.json") }
    private func predictionsFile(of id: String) -> URL { folder.appending(path: id).appending(path: "validation.npy") }

    /// Puts a model in. `write` fills the model's folder with `model.onnx` and, where training may go on, `checkpoint`.
    /// A model of the same id, left by an attempt that was lost, is replaced.
    /// - Throws: ``LibraryError`` `.unwritable`; what `write` throws.
    public func add(id: String, write: (_ folder: URL) throws -> (card: ModelCard, validation: Predictions)) throws {
        let manager = FileManager.default
        let unfinished = folder.appending(path: Self.unfinishedPrefix + id + "-\(ProcessInfo.processInfo.processIdentifier)")
        do {
            try? manager.removeItem(at: unfinished)
            try manager.createDirectory(at: unfinished, withIntermediateDirectories: true)
            let (card, predictions) = try write(unfinished)
            try NumpyFile.write(predictions, to: unfinished.appending(path: "validation.npy"))
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            try encoder.encode(card).write(to: unfinished.appending(path: "card.json"))
            let place = folder.appending(path: id)
            try? manager.removeItem(at: place)
            try manager.moveItem(at: unfinished, to: place)
        } catch let error as CocoaError {
            try? manager.removeItem(at: unfinished)
            throw LibraryError(.unwritable, "the model '\(id)' cannot be written to '\(folder.path)'", underlying: error)
        } catch {
            try? manager.removeItem(at: unfinished)
            throw error
        }
    }

    /// Ids of all models, sorted.
    public func ids() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return names.filter { !$0.hasPrefix(".") && FileManager.default.fileExists(atPath: cardFile(of: $0).path) }.sorted()
    }

    /// Cards of all models, best first; the id decides between equal scores.
    public func cards() throws -> [ModelCard] {
        try ids().map(card(of:)).sorted { ($0.score, $1.id) > ($1.score, $0.id) }
    }

    /// - Throws: ``LibraryError`` `.unknownModel` naming similar ids, `.damaged`.
    public func card(of id: String) throws -> ModelCard {
        guard let data = try? Data(contentsOf: cardFile(of: id)) else {
            throw LibraryError(.unknownModel, "there is no model '\(id)' in '\(folder.path)'; list them with `tutti models`")
        }
        do {
            let decoder = JSONDecoder()
            decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            return try decoder.decode(ModelCard.self, from: data)
        } catch {
            throw LibraryError(.damaged, "'\(cardFile(of: id).path)' is damaged: it is not the card of a model")
        }
    }

    /// Validation predictions of a model: `[rows, width]`.
    /// - Throws: ``LibraryError`` `.damaged`.
    public func validationPredictions(of id: String) throws -> Predictions { try NumpyFile.read(predictionsFile(of: id)) }

    /// Removes what attempts that died have left behind.
    public func removeUnfinished() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix(Self.unfinishedPrefix) { try? FileManager.default.removeItem(at: folder.appending(path: name)) }
    }

    /// Removes a checkpoint that nothing will go on from any more.
    public func removeCheckpoint(of id: String) { try? FileManager.default.removeItem(at: checkpoint(of: id)) }
}
