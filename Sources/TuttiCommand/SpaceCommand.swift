import ArgumentParser
import Foundation
import Search
import SearchSpaceFormats
import SearchSpaces

struct SpaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "space",
        abstract: "Look at a search space, draw from it, or write it in another format.",
        discussion: """
            SPACE is a file in any format that --space of `tutti optimize` takes (YAML, JSON, ConfigSpace's JSON, PCS, irace), or ready:NAME for one
            that is there from the start (`tutti list spaces`):

              tutti space ready:svm > svm.yaml
              tutti space parameters.txt --to configspace --out space.json
              tutti space svm.yaml --draw 5
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case yaml, json, configspace
        case configspaceOld = "configspace-old"
        case pcs
        case pcsNew = "pcs-new"
        case irace

        var format: SpaceFormat {
            switch self {
            case .yaml: .yaml
            case .json: .json
            case .configspace: .configSpace
            case .configspaceOld: .configSpaceOld
            case .pcs: .pcs
            case .pcsNew: .pcsNew
            case .irace: .irace
            }
        }
    }

    @Argument(help: "The space: a file, or ready:NAME.") var space: String
    @Option(help: "Format to write: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).") var to: Format = .yaml
    @Option(help: "File to write; standard output when absent.") var out: String?
    @Flag(help: "Write what the format can express of a space that has more.") var lossy = false
    @Option(help: "Print so many random configurations instead, a JSON document on each line.") var draw: Int?
    @Option(help: "Seed of the random configurations.") var seed: UInt64 = 0

    func validate() throws {
        if let draw, draw < 1 { throw ValidationError("--draw is \(draw); it must be at least 1") }
    }

    func run() throws {
        let space = try SpaceReading.read(space)
        if let draw { return try show(draw, of: space) }
        let losses = try SpaceFile.losses(writing: space, as: to.format)
        guard losses.isEmpty || lossy else {
            throw SearchSpaceError(
                .inexpressible,
                "The format \(to.rawValue) cannot express all of the space; in the file \(losses.joined(separator: "; ")). Write it all the same with --lossy, or choose --to yaml."
            )
        }
        for loss in losses { Console.error("note: in the file \(loss)") }
        let text = try SpaceFile.write(space, as: to.format, allowingLosses: lossy)
        guard let out else { return Console.out(text.trimmingCharacters(in: .newlines)) }
        do {
            try text.write(toFile: out, atomically: true, encoding: .utf8)
        } catch {
            throw SearchSpaceError(.invalidDocument, "The file '\(out)' cannot be written; give --out a path in a folder that is there.")
        }
    }

    private func show(_ count: Int, of space: SearchSpace) throws {
        var generator = TrialGenerator(seed: seed)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for _ in 0..<count {
            let configuration = try space.randomConfiguration(using: &generator)
            Console.out(String(decoding: try encoder.encode(configuration), as: UTF8.self))
        }
    }
}
