public import Foundation

/// Gzip and zlib data, read and written by zlib.
public enum Gzip {
    /// Wrapping of deflated data.
    public enum Format: Sendable {
        /// RFC 1952, what `.gz` files hold.
        case gzip
        /// RFC 1950, what HTTP calls `deflate`.
        case zlib
    }

    /// Most bytes that one call decompresses: 64 GiB. A file that claims more is not a data set for one machine.
    public static let maximumByteCount = 1 << 36

    /// Whether data begins with gzip's magic bytes `1f 8b`.
    public static func isCompressed(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1f, 0x8b]) }

    /// The decompressed contents of a gzip or zlib file. Several gzip members one after another give their contents one after another.
    /// - Throws: ``CodecError`` with code `.truncated`, `.corrupt`, `.tooLarge`, `.fileNotFound` or `.fileNotAccessible`;
    ///   `NativeLibraryError` where zlib is not there.
    public static func decompress(contentsOf url: URL) throws -> [UInt8] {
        try decompress(FileChunks(url), head: [], path: url.path)
    }

    /// The decompressed contents of gzip or zlib data.
    /// - Parameter limit: most bytes to give back; more is an error. For data from the network.
    /// - Throws: ``CodecError`` with code `.truncated`, `.corrupt` or `.tooLarge`; `NativeLibraryError` where zlib is not there.
    public static func decompress(_ bytes: [UInt8], limit: Int = maximumByteCount) throws -> [UInt8] {
        var output: [UInt8] = []
        var inflater = try Inflater(limit: limit)
        try bytes.withUnsafeBytes { try inflater.append($0, to: &output) }
        try inflater.finish()
        return output
    }

    /// Continues a file of which `head` was read already.
    static func decompress(_ file: consuming FileChunks, head: [UInt8], path: String) throws -> [UInt8] {
        do {
            var output: [UInt8] = []
            var inflater = try Inflater(limit: maximumByteCount)
            try head.withUnsafeBytes { try inflater.append($0, to: &output) }
            let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: FileChunks.chunkByteCount, alignment: 16)
            defer { chunk.deallocate() }
            while true {
                let count = try file.read(into: chunk)
                if count == 0 { break }
                try inflater.append(UnsafeRawBufferPointer(rebasing: chunk[..<count]), to: &output)
            }
            try inflater.finish()
            return output
        } catch let error as CodecError {
            throw error.inFile(path)
        }
    }

    /// Data compressed into one gzip member or zlib stream. The same data, level and library give the same bytes.
    /// - Parameter level: from 1 (fast) to 9 (small); values outside are brought inside.
    /// - Throws: `NativeLibraryError` where zlib is not there.
    public static func compress(_ bytes: [UInt8], format: Format = .gzip, level: Int = 6) throws -> [UInt8] {
        let zlib = try ZLib.functions()
        let stream = ZLib.StreamPointer.allocate(capacity: 1)
        stream.initialize(to: ZLib.Stream())
        defer { stream.deallocate() }
        let windowBits: Int32 = format == .gzip ? 15 + 16 : 15
        let size = Int32(MemoryLayout<ZLib.Stream>.size)
        // 8: the only method (deflate), and zlib's own choice of memory; 0: the default strategy.
        let status = zlib.deflateInit2(stream, Int32(min(max(level, 1), 9)), 8, windowBits, 8, 0, zlib.zlibVersion(), size)
        guard status == ZLib.ok else { throw CodecError(.unsupported, "zlib cannot start to compress (code \(status))") }
        defer { _ = zlib.deflateEnd(stream) }
        return try bytes.withUnsafeBufferPointer { try deflateAll($0, stream, zlib) }
    }

    private static func deflateAll(
        _ input: UnsafeBufferPointer<UInt8>, _ stream: ZLib.StreamPointer, _ zlib: ZLib.Functions
    ) throws -> [UInt8] {
        var output: [UInt8] = []
        let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
        defer { chunk.deallocate() }
        var offset = 0
        while true {
            // `availableIn` has 32 bits, so larger data goes in pieces.
            if stream.pointee.availableIn == 0, offset < input.count {
                let count = min(input.count - offset, 1 << 30)
                stream.pointee.nextIn = input.baseAddress.map { $0 + offset }
                stream.pointee.availableIn = UInt32(count)
                offset += count
            }
            stream.pointee.nextOut = chunk.baseAddress
            stream.pointee.availableOut = UInt32(chunk.count)
            let status = zlib.deflate(stream, offset == input.count ? ZLib.finish : ZLib.noFlush)
            output.append(contentsOf: chunk[..<(chunk.count - Int(stream.pointee.availableOut))])
            if status == ZLib.streamEnd { return output }
            guard status == ZLib.ok || status == ZLib.bufferError else {
                throw CodecError(.unsupported, "zlib cannot compress (code \(status))")
            }
        }
    }
}
