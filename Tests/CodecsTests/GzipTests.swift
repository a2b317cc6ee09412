import Codecs
import Foundation
import Testing

/// Whether zlib can be opened here.
let hasZLib = (try? ZLib.version()) != nil

@Suite(.enabled(if: hasZLib, "libz is not installed"))
struct GzipTests {
    /// Bytes that compress to about half, longer than any chunk.
    let sample: [UInt8] = {
        var state: UInt64 = 1
        return (0..<600_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: (state >> 60))
        }
    }()

    @Test(arguments: [Gzip.Format.gzip, .zlib])
    func `what was compressed comes back`(format: Gzip.Format) throws {
        let compressed = try Gzip.compress(sample, format: format)
        #expect(compressed.count < sample.count)
        #expect(try Gzip.decompress(compressed) == sample)
        #expect(Gzip.isCompressed(compressed) == (format == .gzip))
    }

    @Test func `empty data comes back empty`() throws {
        #expect(try Gzip.decompress(Gzip.compress([])) == [])
    }

    @Test func `data that gzip wrote is read`() throws {
        // printf 'tutti\n' | gzip -n
        let bytes: [UInt8] = [
            0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03, 0x2b, 0x29, 0x2d, 0x29, 0xc9, 0xe4, 0x02, 0x00, 0x7c, 0x4f, 0x0c, 0xf3, 0x06, 0, 0, 0,
        ]
        #expect(try Gzip.decompress(bytes) == Array("tutti\n".utf8))
    }

    @Test func `members one after another give their contents one after another`() throws {
        let members = try Gzip.compress(Array("one ".utf8)) + Gzip.compress(sample) + Gzip.compress(Array(" three".utf8))
        #expect(try Gzip.decompress(members) == Array("one ".utf8) + sample + Array(" three".utf8))
        #expect(try Gzip.decompress(members + [0, 0, 0]) == Array("one ".utf8) + sample + Array(" three".utf8))
    }

    @Test func `data that ends too early is an error wherever it ends`() throws {
        let compressed = try Gzip.compress(Array("some text that is compressed".utf8))
        for count in [0, 1, 5, compressed.count / 2, compressed.count - 8, compressed.count - 1] {
            let error = #expect(throws: CodecError.self) { try Gzip.decompress(Array(compressed[..<count])) }
            #expect(error?.code == .truncated, "\(count) bytes")
        }
    }

    @Test func `damage is an error`() throws {
        var compressed = try Gzip.compress(sample)
        compressed[compressed.count / 2] ^= 0xff
        #expect(throws: CodecError.self) { try Gzip.decompress(compressed) }
        let garbage = try Gzip.compress([1, 2, 3]) + [0x41]
        let error = #expect(throws: CodecError.self) { try Gzip.decompress(garbage) }
        #expect(error?.code == .corrupt)
    }

    @Test func `a limit holds`() throws {
        let error = #expect(throws: CodecError.self) { try Gzip.decompress(Gzip.compress(sample), limit: 1000) }
        #expect(error?.code == .tooLarge)
    }

    @Test func `a file is known by its bytes and not by its name`() throws {
        let folder = try TemporaryFolder()
        let plain = folder.url.appending(path: "plain.gz")
        let packed = folder.url.appending(path: "packed.csv")
        try AtomicFile.write(sample, to: plain)
        try AtomicFile.write(Gzip.compress(sample), to: packed)
        #expect(try FileContents.readDecompressed(plain) == sample)
        #expect(try FileContents.readDecompressed(packed) == sample)
        #expect(try Gzip.decompress(contentsOf: packed) == sample)
        #expect(try FileContents.read(packed) != sample)
        try AtomicFile.write(Array(Gzip.compress(sample).dropLast(100)), to: packed)
        let error = #expect(throws: CodecError.self) { try FileContents.readDecompressed(packed) }
        #expect(error?.code == .truncated)
        #expect(error?.file == packed.path)
    }
}

@Suite struct FileContentsTests {
    @Test func `a file that is not there is named`() {
        let error = #expect(throws: CodecError.self) { try FileContents.read(URL(fileURLWithPath: "/nowhere/at/all.csv")) }
        #expect(error?.code == .fileNotFound)
        #expect(error?.file == "/nowhere/at/all.csv")
    }

    @Test func `a folder is not a file`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: CodecError.self) { try FileContents.read(folder.url) }
        #expect(error?.code == .fileNotAccessible)
    }

    @Test func `short and empty files are read`() throws {
        let folder = try TemporaryFolder()
        for bytes: [UInt8] in [[], [65], [0x1f], [65, 66, 67]] {
            let url = folder.url.appending(path: "short")
            try AtomicFile.write(bytes, to: url)
            #expect(try FileContents.readDecompressed(url) == bytes)
        }
    }

    @Test func `writing replaces the file and leaves nothing aside`() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "a.txt")
        try AtomicFile.write("first", to: url)
        try AtomicFile.write("second", to: url)
        #expect(try FileContents.read(url) == Array("second".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a.txt"])
        for url in [folder.url.appending(path: "no/such/folder"), folder.url] {
            let error = #expect(throws: CodecError.self) { try AtomicFile.write("x", to: url) }
            #expect(error?.code == .fileNotAccessible)
        }
    }

    @Test func `writing follows a link and does not replace a device`() throws {
        let folder = try TemporaryFolder()
        let target = folder.url.appending(path: "target")
        let link = folder.url.appending(path: "link")
        try AtomicFile.write("old", to: target)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
        try AtomicFile.write("new", to: link)
        #expect(try FileContents.read(target) == Array("new".utf8))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path).hasSuffix("target"))
        try AtomicFile.write("gone", to: URL(fileURLWithPath: "/dev/null"))
        #expect(try FileContents.read(URL(fileURLWithPath: "/dev/null")).isEmpty)
    }
}

/// A folder that goes away with the value.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "tutti-codecs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}
