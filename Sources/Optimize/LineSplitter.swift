/// Bytes as they arrive, turned into lines.
struct LineSplitter {
    /// Bytes that a line may have; what goes beyond is dropped.
    static let limitBytes = 1 << 20

    private var pending: [UInt8] = []
    private var isTooLong = false

    /// A line, and whether something of it had to be dropped.
    struct Line: Hashable {
        var text: String
        var isCut: Bool
    }

    /// The lines that these bytes complete, without their ends (`\n` or `\r\n`).
    mutating func add(_ bytes: some Sequence<UInt8>) -> [Line] {
        var lines: [Line] = []
        for byte in bytes {
            if byte == 0x0A {
                lines.append(take())
            } else if pending.count < Self.limitBytes {
                pending.append(byte)
            } else {
                isTooLong = true
            }
        }
        return lines
    }

    /// The last line where it has no end; nil where nothing is left.
    mutating func finish() -> Line? { pending.isEmpty && !isTooLong ? nil : take() }

    private mutating func take() -> Line {
        if pending.last == 0x0D { pending.removeLast() }
        defer {
            pending.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        return Line(text: String(decoding: pending, as: UTF8.self), isCut: isTooLong)
    }
}
