import Foundation
import SearchSpaces
import SearchTesting
import Testing

@testable import SearchSpaceFormats

/// ConfigSpace and irace read what we write, and we read what ConfigSpace writes.
@Suite struct PeersTests {
    /// The Python with the peers' packages, from `TUTTI_PYTHON`.
    static let python: URL? = ProcessInfo.processInfo.environment["TUTTI_PYTHON"].flatMap { path in
        let url = URL(fileURLWithPath: path).absoluteURL
        return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }
    static let isComplete = ProcessInfo.processInfo.environment["TUTTI_TESTS_COMPLETE"] == "1"

    private struct Answer: Decodable {
        var file: String
        var error: String?
        var refused: [String]?
        var samples: [Configuration]?
        var again: String?
    }

    @Test(
        "what we write is read by ConfigSpace and irace, and means the same",
        .enabled(if: isComplete || python != nil, "TUTTI_PYTHON names no Python with ConfigSpace"))
    func peersAgree() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tutti-spaces-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var spaces: [String: SearchSpace] = [:]
        var moved = 0
        let extensions: [(SpaceFormat, String)] = [(.configSpace, "json"), (.pcs, "pcs"), (.pcsNew, "pcsnew"), (.irace, "irace")]
        for seed in 0..<60 as Range<UInt64> {
            let space = try RandomSpaces.space(seed: seed)
            for (format, fileExtension) in extensions {
                guard let losses = try? SpaceFile.losses(writing: space, as: format), !losses.contains(where: { $0.contains("words") }) else { continue }
                let name = "\(seed)-\(fileExtension)"
                let text = try SpaceFile.write(space, as: format, allowingLosses: true)
                let read = try SpaceFile.read(text: text, format: format)
                // ConfigSpace refuses spaces whose default is forbidden. Its JSON is written with another one; irace has no defaults.
                guard format == .configSpace || format == .irace || !read.isForbidden(read.defaultConfiguration) else { continue }
                if format == .configSpace, space.isForbidden(space.defaultConfiguration) { moved += 1 }
                try text.write(to: folder.appending(path: "\(name).\(fileExtension)"), atomically: true, encoding: .utf8)
                spaces["\(name).\(fileExtension)"] = read
                var chance = Chance(seed: seed)
                let configurations = try (0..<10).map { _ in try read.randomConfiguration(using: &chance) }
                try JSONEncoder().encode(configurations).write(to: folder.appending(path: "\(name).configurations"))
            }
        }
        let answers = try ask(folder)
        #expect(answers.count > 60)
        #expect(moved > 2, "only \(moved) spaces with a forbidden default")
        if Self.isComplete { #expect(answers.contains { $0.file.hasSuffix("irace") }, "Rscript with irace is missing (Debian: r-cran-irace)") }
        for answer in answers {
            let written = try text(folder, answer.file)
            // The PCS readers judge the default before they know the conditions.
            if answer.error?.hasPrefix("ForbiddenValueError") == true, !answer.file.hasSuffix("json") { continue }
            #expect(answer.error == nil, "\(answer.file): \(written)")
            #expect(answer.refused ?? [] == [], "\(answer.file): \(written)")
            let space = try #require(spaces[answer.file])
            for sample in answer.samples ?? [] {
                #expect(throws: Never.self, "\(answer.file): \(sample)\n\(written)") { try space.validate(typed(sample, space)) }
            }
            guard let again = answer.again else { continue }
            let back = try SpaceFile.read(text: again, format: answer.file.hasSuffix("json") ? .configSpace : .pcsNew)
            var chance = Chance(seed: 1)
            for (one, other) in [(space, back), (back, space)] {
                for _ in 0..<5 {
                    let configuration = try one.randomConfiguration(using: &chance)
                    #expect(throws: Never.self, "\(answer.file): \(configuration)\n\(again)") { try other.validate(configuration) }
                }
            }
        }
    }

    /// Where the ConfigSpace before 1.0 is; nil where the Python is too new for it.
    static let oldPackages: URL? = python.map { $0.deletingLastPathComponent().deletingLastPathComponent().appending(path: "configspace-old") }.flatMap {
        FileManager.default.fileExists(atPath: $0.appending(path: "ConfigSpace").path) ? $0 : nil
    }

    @Test("ConfigSpace before 1.0 reads what we write in its JSON, and we read what it writes", .enabled(if: oldPackages != nil, "no ConfigSpace before 1.0"))
    func oldConfigSpaceAgrees() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tutti-old-spaces-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var spaces: [String: SearchSpace] = [:]
        for seed in 0..<80 as Range<UInt64> {
            let space = try RandomSpaces.space(seed: seed)
            // It reads no weights and no priors, and its orders are those of numbers.
            guard let losses = try? SpaceFile.losses(writing: space, as: .configSpaceOld), losses.isEmpty else { continue }
            let text = try SpaceFile.write(space, as: .configSpaceOld)
            let read = try SpaceFile.read(text: text, format: .configSpaceOld)
            try text.write(to: folder.appending(path: "\(seed).json"), atomically: true, encoding: .utf8)
            spaces["\(seed).json"] = read
            var chance = Chance(seed: seed)
            let configurations = try (0..<10).map { _ in try read.randomConfiguration(using: &chance) }
            try JSONEncoder().encode(configurations).write(to: folder.appending(path: "\(seed).configurations"))
        }
        let answers = try ask(folder, script: "check_space_old.py", [#require(Self.oldPackages).path])
        #expect(answers.count == spaces.count && answers.count >= 10)
        for answer in answers {
            let written = try text(folder, answer.file)
            #expect(answer.error == nil, "\(answer.file): \(written)")
            #expect(answer.refused ?? [] == [], "\(answer.file): \(written)")
            let space = try #require(spaces[answer.file])
            for sample in answer.samples ?? [] {
                #expect(throws: Never.self, "\(answer.file): \(sample)\n\(written)") { try space.validate(typed(sample, space)) }
            }
            let back = try SpaceFile.read(text: #require(answer.again), format: .configSpace)
            var chance = Chance(seed: 1)
            for (one, other) in [(space, back), (back, space)] {
                for _ in 0..<5 {
                    let configuration = try one.randomConfiguration(using: &chance)
                    #expect(throws: Never.self, "\(answer.file): \(configuration)\n\(answer.again ?? "")") { try other.validate(configuration) }
                }
            }
        }
    }

    private func text(_ folder: URL, _ file: String) throws -> String { try String(contentsOf: folder.appending(path: file), encoding: .utf8) }

    /// Words as the values that they stand for.
    private func typed(_ configuration: Configuration, _ space: SearchSpace) -> Configuration {
        Configuration(
            configuration.map { name, value in
                guard case .category(let text) = value, let known = space[name]?.domain.value(written: text) else { return (name, value) }
                return (name, known)
            })
    }

    private func ask(_ folder: URL, script: String = "check_space.py", _ arguments: [String] = []) throws -> [Answer] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Python/\(script)")
        let process = Process()
        let python = try #require(Self.python, "TUTTI_PYTHON names no Python; `make python` installs one")
        process.executableURL = python
        process.arguments = [script.path, folder.path] + arguments
        // To a file: a pipe's buffer is too small for the answer.
        let output = folder.appending(path: "answer")
        try Data().write(to: output)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"]) { $1 }
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode([Answer].self, from: Data(contentsOf: output))
    }
}
