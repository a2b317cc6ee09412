public import Foundation
public import SearchSpaces

/// The file formats of search spaces.
public enum SpaceFormat: String, Sendable, Hashable, CaseIterable, Codable {
    /// The JSON document of `SearchSpace`'s own coding.
    case json
    /// One line per parameter, with readable conditions.
    case yaml
    /// JSON of ConfigSpace 1.x (format version 0.4).
    case configSpace
    /// JSON of ConfigSpace 0.4 to 0.7 (format versions 0.1 to 0.4).
    case configSpaceOld
    /// Parameter configuration space of AClib 1 and SMAC 2.
    case pcs
    /// Parameter configuration space of AClib 2.
    case pcsNew
    /// Parameter file of irace, with the `[forbidden]` and `[global]` sections of irace 4.
    case irace
}

/// Reads and writes search spaces in the formats of other tools.
///
/// ```swift
/// let space = try SpaceFile.read(text: "rate: {float: [1e-4, 1e-1], log: true}")
/// let pcs = try SpaceFile.write(space, as: .pcsNew)
/// ```
///
/// What reading leaves out: the names and meta data of ConfigSpace, the switches and digits of irace. Words in irace and PCS files
/// have no types: choices that are all numbers become numbers, and `true` and `false` booleans. A number that irace bounds by another
/// parameter becomes one with the widest range and a forbidden relation. In an alternative such as `a == x or b == y`, ConfigSpace 1.2 and
/// irace let `a` decide although `b` is inactive; here the child is inactive then. What is written says so to them.
///
/// A space without parameters is refused in every format. In our own two, a step that leaves one value of a range and a condition that no
/// values of its parents fulfil are refused as slips; other tools' files may have them, and their parameters are never active here either.
public enum SpaceFile {
    /// - Parameter format: Guessed from the extension and the content when nil; what begins as JSON does must be JSON, except in a file that
    ///   ends in `.yaml`.
    /// - Throws: `SearchSpaceError` with the line and column where the document is wrong; Foundation's error when there is no such file.
    public static func read(contentsOf file: URL, format: SpaceFormat? = nil) throws -> SearchSpace {
        let text = try String(contentsOf: file, encoding: .utf8)
        let format = format ?? guess(text, fileExtension: file.pathExtension)
        return try read(text, format, isJSON: format == .json || file.pathExtension.lowercased() == "json" || format != .yaml && JSONReader.isLikely(text))
    }

    /// - Parameter format: Guessed from the content when nil.
    /// - Throws: `SearchSpaceError` with the line and column where the document is wrong.
    public static func read(text: String, format: SpaceFormat? = nil) throws -> SearchSpace {
        let format = format ?? guess(text, fileExtension: "")
        return try read(text, format, isJSON: format == .json || format != .yaml && JSONReader.isLikely(text))
    }

    private static func read(_ text: String, _ format: SpaceFormat, isJSON: Bool) throws -> SearchSpace {
        let space =
            switch format {
            case .json, .yaml, .configSpace, .configSpaceOld: try DocumentReader.read(text, isJSON: isJSON)
            case .pcs, .pcsNew: try PCSReader.read(text)
            case .irace: try IraceReader.read(text)
            }
        guard !space.parameters.isEmpty else {
            throw SearchSpaceError(.invalidDocument, "The space has no parameters; a search needs at least one.")
        }
        return space
    }

    /// - Parameter allowingLosses: Whether to write an approximation where the format has no words for something (`losses` says what).
    /// - Throws: `SearchSpaceError` (`inexpressible`).
    public static func write(_ space: SearchSpace, as format: SpaceFormat, allowingLosses: Bool = false) throws -> String {
        let written = try writing(space, format)
        guard allowingLosses || written.losses.isEmpty else {
            throw SearchSpaceError(
                .inexpressible,
                "The format \(format.rawValue) cannot express all of the space; in the file \(written.losses.joined(separator: "; ")). "
                    + "Allow losses, or choose yaml.")
        }
        return written.text
    }

    /// What a file of the format would not say of the space, or say otherwise; empty where it says everything.
    ///
    /// - Throws: `SearchSpaceError` (`inexpressible`) when not even an approximation is possible.
    public static func losses(writing space: SearchSpace, as format: SpaceFormat) throws -> [String] { try writing(space, format).losses }

    private static func writing(_ space: SearchSpace, _ format: SpaceFormat) throws -> SpaceText {
        switch format {
        case .json:
            let space = try LikelySlips.writable(space)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return SpaceText(text: String(decoding: try encoder.encode(space), as: UTF8.self) + "\n")
        case .yaml: return try YAMLWriter(LikelySlips.writable(space)).written()
        case .configSpace: return try ConfigSpaceWriter(space, isOld: false).written()
        case .configSpaceOld: return try ConfigSpaceWriter(space, isOld: true).written()
        case .pcs: return try PCSWriter(space, isNew: false).written()
        case .pcsNew: return try PCSWriter(space, isNew: true).written()
        case .irace: return try IraceWriter(space).written()
        }
    }

    /// The format of a text, by what only that format has.
    static func guess(_ text: String, fileExtension: String) -> SpaceFormat {
        // The start of a line tells; a look at all of a long one would take its time.
        let lines = text.split(whereSeparator: \.isNewline).map { $0.prefix { $0 != "#" }.prefix(300) }
        func isNewPCS(_ line: Substring) -> Bool { line.prefixMatch(of: /\s*\S+\s+(integer|real|categorical|ordinal)\s*[\[{]/) != nil }
        switch fileExtension.lowercased() {
        case "yaml", "yml": return .yaml
        case "pcs", "pcsnew", "pcs-new": return lines.contains(where: isNewPCS) ? .pcsNew : .pcs
        case "irace": return .irace
        default: break
        }
        if text.contains("hyperparameters"), text.contains("conditions") || text.first(where: { !$0.isWhitespace }) == "{" {
            return .configSpace
        }
        if fileExtension.lowercased() == "json" || JSONReader.isLikely(text) { return .json }
        if lines.contains(where: { $0.prefixMatch(of: /\s*[\w.]+\s+"[^"]*"\s+(i|r|c|o|i,log|r,log)\s*\(/) != nil }) { return .irace }
        if lines.contains(where: isNewPCS) { return .pcsNew }
        if lines.contains(where: { $0.prefixMatch(of: /\s*[^\s:\[{-][^\s:\[{]*\s*[\[{]/) != nil }) { return .pcs }
        // irace's files have any name that ends in txt; what has no names with colons is meant to be one of them.
        let isYAML = lines.contains { $0.prefixMatch(of: /\s*([^:]+:(\s|$)|[{\[-])/) != nil }
        return fileExtension.lowercased() == "txt" && !isYAML && !lines.allSatisfy { $0.allSatisfy(\.isWhitespace) } ? .irace : .yaml
    }
}

/// A written space and what it does not say.
struct SpaceText {
    var text: String
    var losses: [String] = []
}
