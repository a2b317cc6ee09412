/// Decompresses gzip or zlib data that comes in pieces.
struct Inflater: ~Copyable {
    private enum Phase {
        case beforeMember
        case inMember
        /// A member is complete: another one, zeros of padding or the end may follow.
        case afterMember
    }

    private let zlib: ZLib.Functions
    // On the heap: zlib keeps the address of the stream and refuses a stream that has moved.
    private let stream: ZLib.StreamPointer
    private let chunk: UnsafeMutableBufferPointer<UInt8>
    private let limit: Int
    private var phase = Phase.beforeMember
    private var isGzip = true
    private var isPadding = false

    init(limit: Int) throws {
        let functions = try ZLib.functions()
        let memory = ZLib.StreamPointer.allocate(capacity: 1)
        memory.initialize(to: ZLib.Stream())
        let size = Int32(MemoryLayout<ZLib.Stream>.size)
        let status = functions.inflateInit2(memory, ZLib.automaticWindowBits, functions.zlibVersion(), size)
        guard status == ZLib.ok else {
            memory.deallocate()
            throw CodecError(.unsupported, "zlib cannot start to decompress (code \(status))")
        }
        zlib = functions
        stream = memory
        chunk = .allocate(capacity: 1 << 18)
        self.limit = limit
    }

    deinit {
        _ = zlib.inflateEnd(stream)
        stream.deallocate()
        chunk.deallocate()
    }

    /// Decompresses `input` behind what `output` holds.
    mutating func append(_ input: UnsafeRawBufferPointer, to output: inout [UInt8]) throws(CodecError) {
        var rest = input.bindMemory(to: UInt8.self)[...]
        while let first = rest.first {
            if phase == .beforeMember {
                isGzip = first == 0x1f
                phase = .inMember
            }
            if phase == .afterMember {
                guard try beginNextMember(first) else {
                    rest = rest.dropFirst()
                    continue
                }
            }
            let piece = UnsafeBufferPointer(rebasing: rest.prefix(1 << 30))
            rest = rest.dropFirst(try inflate(piece, to: &output))
        }
    }

    /// Checks that the data was complete.
    func finish() throws(CodecError) {
        if phase == .afterMember { return }
        throw CodecError(.truncated, "the compressed data ends too early: the file was not copied or written completely; get it again")
    }

    /// Whether `first` begins another member; zeros are padding, as tape archivers leave it.
    private mutating func beginNextMember(_ first: UInt8) throws(CodecError) -> Bool {
        if first == 0 {
            isPadding = true
            return false
        }
        guard isGzip, first == 0x1f, !isPadding else {
            throw CodecError(.corrupt, "there is other data behind the end of the compressed data")
        }
        _ = zlib.inflateReset(stream)
        phase = .inMember
        return true
    }

    /// Runs zlib over one piece up to its end or the end of a member; returns the bytes used.
    private mutating func inflate(_ piece: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) throws(CodecError) -> Int {
        stream.pointee.nextIn = piece.baseAddress
        stream.pointee.availableIn = UInt32(piece.count)
        while true {
            stream.pointee.nextOut = chunk.baseAddress
            stream.pointee.availableOut = UInt32(chunk.count)
            let status = zlib.inflate(stream, ZLib.noFlush)
            output.append(contentsOf: UnsafeBufferPointer(rebasing: chunk[..<(chunk.count - Int(stream.pointee.availableOut))]))
            if output.count > limit {
                throw CodecError(.tooLarge, "decompresses to more than the limit of \(limit) bytes")
            }
            if status == ZLib.streamEnd {
                phase = .afterMember
                break
            }
            if status == ZLib.bufferError { break }
            guard status == ZLib.ok else {
                let reason = stream.pointee.message.map { String(cString: $0) } ?? "code \(status)"
                throw CodecError(.corrupt, "the compressed data is damaged (\(reason)); get the file again")
            }
            // Output that filled the chunk may have more behind it, even when all input is used.
            if stream.pointee.availableIn == 0 && stream.pointee.availableOut > 0 { break }
        }
        return piece.count - Int(stream.pointee.availableIn)
    }
}
