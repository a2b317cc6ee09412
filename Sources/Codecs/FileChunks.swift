public import Foundation

/// A file read from its beginning in chunks. Works for pipes and devices too, whose length is unknown.
package struct FileChunks: ~Copyable {
    /// Bytes asked for at a time: large enough that calls do not count, small beside the data.
    package static let chunkByteCount = 1 << 20

    private let descriptor: Int32
    private let path: String
    /// Length of a regular file; 0 where it is unknown.
    package let expectedByteCount: Int

    /// - Throws: ``CodecError`` with code `.fileNotFound` or `.fileNotAccessible`.
    package init(_ url: URL) throws(CodecError) {
        let opened = try Self.open(url.path)
        path = url.path
        descriptor = opened.descriptor
        expectedByteCount = opened.byteCount
    }

    private static func open(_ path: String) throws(CodecError) -> (descriptor: Int32, byteCount: Int) {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw CodecError(.fileNotFound, "there is no such file; check the path", file: path) }
            throw CodecError(.fileNotAccessible, "cannot be opened (\(String(cString: strerror(errno))))", file: path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return (descriptor, 0) }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFDIR {
            close(descriptor)
            throw CodecError(.fileNotAccessible, "is a folder, a file was expected", file: path)
        }
        return (descriptor, kind == S_IFREG ? max(0, Int(status.st_size)) : 0)
    }

    deinit { close(descriptor) }

    /// Fills `buffer` from its start; returns the number of bytes read, 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int {
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR {
                throw CodecError(.fileNotAccessible, "cannot be read (\(String(cString: strerror(errno))))", file: path)
            }
        }
    }
}

/// Reading files whole, compressed or not.
public enum FileContents {
    /// All bytes of a file as they are on disk.
    /// - Throws: ``CodecError``.
    public static func read(_ url: URL) throws -> [UInt8] {
        let file = try FileChunks(url)
        var bytes: [UInt8] = []
        try append(file, to: &bytes)
        return bytes
    }

    /// All bytes of a file, decompressed where they begin with gzip's magic bytes. The name does not matter.
    /// - Throws: ``CodecError``; a file that ends too early has code `.truncated`.
    public static func readDecompressed(_ url: URL) throws -> [UInt8] {
        var head = [UInt8](repeating: 0, count: 2)
        let file = try FileChunks(url)
        var filled = 0
        while filled < 2 {
            let count = try head.withUnsafeMutableBytes { try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...])) }
            if count == 0 { break }
            filled += count
        }
        head.removeLast(2 - filled)
        if Gzip.isCompressed(head) { return try Gzip.decompress(file, head: head, path: url.path) }
        try append(file, to: &head)
        return head
    }

    private static func append(_ file: borrowing FileChunks, to bytes: inout [UInt8]) throws(CodecError) {
        bytes.reserveCapacity(file.expectedByteCount + 1)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: FileChunks.chunkByteCount, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try file.read(into: chunk)
            if count == 0 { return }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }
}
