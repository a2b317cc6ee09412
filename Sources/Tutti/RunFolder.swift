public import Foundation

/// Where the parts of a run lie: the layout on disk, in one place.
public struct RunFolder: Sendable, Hashable {
    public let url: URL

    public init(_ url: URL) { self.url = url }

    public var manifest: URL { url.appending(path: "run.json") }
    public var study: URL { url.appending(path: "study.db") }
    public var library: URL { url.appending(path: "library") }
    public var ensembles: URL { url.appending(path: "ensembles.json") }
    public var placement: URL { url.appending(path: "placement.json") }
    public var report: URL { url.appending(path: "report.html") }
    /// The pictures of the study, beside the report.
    public var studyReport: URL { url.appending(path: "study.html") }
    public var lock: URL { url.appending(path: "run.lock") }
    public var logs: URL { url.appending(path: "logs") }

    /// Makes the folder for a new run.
    /// - Throws: ``TuttiError`` `.usage` where it holds a run already, `.badData` where it cannot be written.
    public func create() throws {
        let manager = FileManager.default
        if manager.fileExists(atPath: manifest.path) {
            throw TuttiError(.usage, "'\(url.path)' holds a run already; go on with `tutti resume \(url.path)`, or choose another folder with --out")
        }
        if let present = try? manager.contentsOfDirectory(atPath: url.path), !present.isEmpty {
            throw TuttiError(.usage, "'\(url.path)' is not empty; choose a new folder with --out")
        }
        do {
            for folder in [url, library, logs] { try manager.createDirectory(at: folder, withIntermediateDirectories: true) }
        } catch {
            throw TuttiError(.badData, "the folder '\(url.path)' cannot be made", underlying: error)
        }
    }

    /// - Throws: ``TuttiError`` `.badData` where there is no run, or its `run.json` cannot be read.
    public func readManifest() throws -> RunManifest {
        guard FileManager.default.fileExists(atPath: manifest.path) else {
            throw TuttiError(
                .badData, "'\(url.path)' is not the folder of a run: it has no run.json; make one with `tutti fit DATA --target COLUMN --out \(url.path)`")
        }
        // First: what another format has in other places is no damage.
        let edition = try readDocument(Edition.self, at: manifest)
        guard edition.formatVersion == RunManifest.currentFormatVersion else {
            throw TuttiError(
                .badData,
                "'\(manifest.path)' has format \(edition.formatVersion), this Tutti reads \(RunManifest.currentFormatVersion); "
                    + "it was made with Tutti \(edition.tuttiVersion ?? "?"); go on with that one, or begin a new run")
        }
        return try readDocument(RunManifest.self, at: manifest)
    }

    /// What every format of `run.json` has.
    private struct Edition: Decodable {
        var formatVersion: Int
        var tuttiVersion: String?
    }

    /// Takes back what ``create()`` made, where a run could not be begun.
    func removeUnstarted() {
        guard !FileManager.default.fileExists(atPath: manifest.path) else { return }
        let manager = FileManager.default
        for name in ["", "-journal", "-wal", "-shm"] { try? manager.removeItem(atPath: study.path + name) }
        for part in [library, logs, lock] { try? manager.removeItem(at: part) }
        if let left = try? manager.contentsOfDirectory(atPath: url.path), left.isEmpty { try? manager.removeItem(at: url) }
    }

    public func write(_ manifest: RunManifest) throws { try writeDocument(manifest, to: self.manifest) }

    /// Reads a JSON document of the run.
    /// - Throws: ``TuttiError`` `.badData` naming the file and the place inside it.
    public func readDocument<Document: Decodable>(_ type: Document.Type, at url: URL) throws -> Document {
        do {
            return try JSONDecoder.documents.decode(type, from: Data(contentsOf: url))
        } catch let error as DecodingError {
            throw TuttiError(.badData, "'\(url.path)' is damaged; \(Self.place(of: error))")
        } catch {
            throw TuttiError(.badData, "'\(url.path)' cannot be read", underlying: error)
        }
    }

    /// Writes a JSON document beside its place and renames it, so that a reader sees the old one or the new one.
    public func writeDocument(_ document: some Encodable, to url: URL) throws {
        do {
            try JSONEncoder.documents.encode(document).write(to: url, options: .atomic)
        } catch {
            throw TuttiError(.badData, "'\(url.path)' cannot be written", underlying: error)
        }
    }

    private static func place(of error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "'\((context.codingPath + [key]).map(\.stringValue).joined(separator: "."))' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "it is not valid JSON\(context.underlyingError.map { ": \($0)" } ?? "")"
                : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))': \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }
}

extension JSONEncoder {
    /// The form of every JSON document that Tutti writes: keys sorted, infinities and NaN as strings.
    public static var documents: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }
}

extension JSONDecoder {
    /// Reads what `JSONEncoder.documents` writes.
    public static var documents: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
