import Foundation
import Testing
import Torch

struct SafetensorsFileTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "safetensors-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private let sample = SafetensorsFile(
        entries: [
            .init(name: "layer/1.weight", dtype: .float32, shape: [1, 2], bytes: Data([0, 0, 128, 63, 0, 0, 0, 64])),
            .init(name: "empty", dtype: .float32, shape: [0, 3], bytes: Data()),
            .init(name: "a \"quoted\" näme", dtype: .uint8, shape: [3], bytes: Data([1, 2, 3])),
            .init(name: "number", dtype: .int64, shape: [], bytes: Data([5, 0, 0, 0, 0, 0, 0, 0])),
        ], metadata: ["format": "tutti", "epoch": "3"])

    @Test func filesComeBackAsTheyWere() throws {
        try withFolder { folder in
            let url = folder.appending(path: "x.safetensors")
            try sample.write(to: url)
            let read = try SafetensorsFile(contentsOf: url)
            #expect(read.metadata == sample.metadata)
            #expect(Set(read.entries.map(\.name)) == Set(sample.entries.map(\.name)))
            for entry in sample.entries {
                let found = try #require(read.entry(named: entry.name))
                #expect(found.dtype == entry.dtype && found.shape == entry.shape && found.bytes == entry.bytes)
            }
            #expect(read.entry(named: "other") == nil)
            // The elements begin at a multiple of 8, and nothing is left beside the file.
            #expect(try Data(contentsOf: url)[0] % 8 == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.safetensors"])
        }
    }

    @Test(needsTorch) func tensorsComeBackAsTheyWere() throws {
        try withFolder { folder in
            let url = folder.appending(path: "x.safetensors")
            let image = try Tensor((0..<24).map { Float($0) }, shape: [1, 2, 3, 4]).contiguous(.channelsLast).requireGradient()
            try SafetensorsFile([NamedTensor("image", image), NamedTensor("n", Tensor([Int64(9)]))]).write(to: url)
            let file = try SafetensorsFile(contentsOf: url)
            #expect(try file.tensor(named: "image").toArray() == image.toArray())
            #expect(try file.tensor(named: "n").item() == 9)
            let error = #expect(throws: TorchError.self) { try file.tensor(named: "m") }
            #expect(error?.message == "there is no tensor 'm', only: image, n")
        }
    }

    /// Headers of broken files, and a part of what is said about each.
    static let faults: [(header: String, bytes: Int, says: String)] = [
        ("[1]", 0, "not a JSON object"),
        ("{", 0, "not JSON"),
        (#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, "lacks its dtype, shape or data_offsets"),
        (#"{"a":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}"#, 8, "type 'F99'"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "ends at byte 8, the file has 7"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "1 bytes after the last tensor"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "starts at byte 4, expected 0"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "do not fit float32 of shape [3]"),
        (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[8,0]}}"#, 8, "do not fit"),
        (#"{"a":{"dtype":"F32","shape":[9223372036854775807,2],"data_offsets":[0,8]}}"#, 8, "do not fit"),
        (#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3, "overlap"),
        (#"{"__metadata__":{"a":1}}"#, 0, "not an object of texts"),
    ]

    @Test(arguments: faults.indices) func brokenFilesAreRefusedWithTheReason(_ index: Int) throws {
        let fault = Self.faults[index]
        try withFolder { folder in
            let url = folder.appending(path: "x.safetensors")
            let header = Data(fault.header.utf8)
            var data = Data((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }) + header
            data.append(Data(count: fault.bytes))
            try data.write(to: url)
            let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: url) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains(fault.says) == true, "\(error?.message ?? "no error")")
        }
    }

    @Test func filesCutAnywhereAreRefused() throws {
        try withFolder { folder in
            let url = folder.appending(path: "x.safetensors")
            try sample.write(to: url)
            let whole = try Data(contentsOf: url)
            for length in 0..<whole.count {
                try whole.prefix(length).write(to: url)
                let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: url) }
                #expect(error?.code == .corrupt, "\(length) bytes")
            }
            let missing = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: folder.appending(path: "none")) }
            #expect(missing?.code == .unreadable)
        }
    }

    @Test func whatMakesNoFileIsNotWritten() throws {
        try withFolder { folder in
            let url = folder.appending(path: "x.safetensors")
            var twice = sample
            twice.entries.append(sample.entries[0])
            #expect(throws: SafetensorsError.self) { try twice.write(to: url) }
            var short = sample
            short.entries[0].bytes.removeLast()
            #expect(throws: SafetensorsError.self) { try short.write(to: url) }
            #expect(!FileManager.default.fileExists(atPath: url.path))
            let nowhere = #expect(throws: SafetensorsError.self) { try sample.write(to: folder.appending(path: "no/x")) }
            #expect(nowhere?.code == .unwritable)
        }
    }
}
