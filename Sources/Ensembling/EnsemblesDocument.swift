public import Foundation
import Learning

/// `RUN/ensembles.json`: the front of a run.
public struct EnsemblesDocument: Codable, Sendable, Hashable {
    /// Id of the metric that the scores are on, turned so that higher is better.
    public var metric: String
    /// Id of the selector.
    public var selector: String
    /// `best`, `balanced` and `fast` first, then the rest of the front, cheapest first.
    public var ensembles: [Ensemble]
    /// What a reader should know: models left out and why.
    public var notes: [String]

    public init(metric: String, selector: String = "greedy", ensembles: [Ensemble], notes: [String] = []) {
        self.metric = metric
        self.selector = selector
        self.ensembles = ensembles
        self.notes = notes
    }

    /// - Throws: ``EnsembleError`` `.unknown` where no ensemble has this name.
    public func ensemble(named name: String) throws -> Ensemble {
        guard let ensemble = ensembles.first(where: { $0.name == name }) else {
            throw EnsembleError(.unknown, "there is no ensemble '\(name)'; choose one of \(ensembles.map(\.name).joined(separator: ", "))")
        }
        return ensemble
    }

    /// The ensembles that keep to some limits. Selecting anew under the limits finds more than this.
    public func filtered(by limits: CostLimits) -> EnsemblesDocument {
        var result = self
        result.ensembles = ensembles.filter(limits.allow)
        return result
    }

    /// Ids of all models that any of the ensembles uses, sorted.
    public var models: [String] { Set(ensembles.flatMap { $0.members.map(\.id) }).sorted() }

    /// - Throws: what Foundation throws where the file cannot be written.
    public func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // A cost that was not measured is infinite, which JSON has no number for.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        try encoder.encode(self).write(to: file, options: .atomic)
    }

    /// - Throws: ``EnsembleError`` `.badDocument` where the file is missing or is not such a document.
    public init(contentsOf file: URL) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            self = try decoder.decode(Self.self, from: Data(contentsOf: file))
        } catch {
            throw EnsembleError(
                .badDocument, "'\(file.path)' cannot be read as a list of ensembles; run the selection again to make it anew", underlying: error)
        }
    }
}
