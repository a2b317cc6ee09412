import Foundation
import Learning
import Tutti
import Yams

/// Devices written by hand in YAML:
///
/// ```yaml
/// devices:
///   - id: cpu0
///     cores: [0, 1]
///     memory: 8GB
///   - id: gpu0
///     cuda: 0
///     memory: 24GB
/// ```
struct DevicesFile: Decodable {
    struct Entry: Decodable {
        var id: String
        var cores: [Int]?
        var cuda: Int?
        var memory: String
    }

    var devices: [Entry]

    /// - Throws: ``TuttiError`` `.badData` naming the file and the device.
    static func read(_ path: String) throws -> [Device] {
        let file: DevicesFile
        do {
            file = try YAMLDecoder().decode(DevicesFile.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw TuttiError(.badData, "'\(path)' is not a devices file (a list 'devices' of id, memory, and cores or cuda)", underlying: error)
        }
        guard !file.devices.isEmpty else { throw TuttiError(.badData, "'\(path)' lists no devices") }
        guard Set(file.devices.map(\.id)).count == file.devices.count else { throw TuttiError(.badData, "'\(path)' names a device twice") }
        return try file.devices.map { entry in
            guard let memory = ByteCount(argument: entry.memory) else {
                throw TuttiError(.badData, "'\(path)': device '\(entry.id)' has memory '\(entry.memory)'; write an amount such as 8GB")
            }
            switch (entry.cores, entry.cuda) {
            case (let cores?, nil) where !cores.isEmpty && cores.allSatisfy { $0 >= 0 }:
                return Device(id: entry.id, kind: .cpu(cores: cores), memoryBytes: memory.bytes)
            case (nil, let index?) where index >= 0: return Device(id: entry.id, kind: .cuda(index: index), memoryBytes: memory.bytes)
            default: throw TuttiError(.badData, "'\(path)': device '\(entry.id)' needs either cores (a list of core numbers) or cuda (a GPU's number)")
            }
        }
    }
}
