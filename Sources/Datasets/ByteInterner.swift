/// Gives every distinct run of bytes a number, in the order they come up.
///
/// Open addressing with linear probing. Keys stay in the buffer they came from; only their places are kept.
struct ByteInterner {
    /// Where the first bytes of each code lie.
    private(set) var spans: [CellSpan] = []
    private var hashes: [UInt64] = []
    private var slots: [Int32]
    private var mask: Int

    init() {
        mask = 255
        slots = [Int32](repeating: -1, count: 256)
    }

    /// The code of the bytes at `span`.
    mutating func code(_ base: UnsafePointer<UInt8>, _ span: CellSpan) -> Int32 {
        let start = base + span.start
        let length = span.length
        let hash = Self.hash(start, length)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let code = slots[slot]
            if code < 0 { return insert(hash, span, slot) }
            if hashes[Int(code)] == hash {
                let known = spans[Int(code)]
                if known.length == length, Self.isEqual(base + known.start, start, length) { return code }
            }
            slot = (slot + 1) & mask
        }
    }

    private mutating func insert(_ hash: UInt64, _ span: CellSpan, _ slot: Int) -> Int32 {
        let code = Int32(spans.count)
        spans.append(span)
        hashes.append(hash)
        slots[slot] = code
        if spans.count * 2 > mask { grow() }
        return code
    }

    private mutating func grow() {
        mask = mask * 4 + 3
        slots = [Int32](repeating: -1, count: mask + 1)
        for (code, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(code)
        }
    }

    @inline(__always)
    private static func isEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        for i in 0..<count where a[i] != b[i] { return false }
        return true
    }

    @inline(__always)
    private static func hash(_ p: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: count) &* 0x9e37_79b9_7f4a_7c15
        let raw = UnsafeRawPointer(p)
        var i = 0
        while i + 8 <= count {
            hash = WordHash.mix(hash, raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            i += 8
        }
        var tail: UInt64 = 0
        while i < count {
            tail = tail << 8 | UInt64(p[i])
            i += 1
        }
        return WordHash.mix(hash, tail)
    }
}

/// The mixing step of our hashes: not cryptographic, the same on every machine.
enum WordHash {
    @inline(__always)
    static func mix(_ state: UInt64, _ word: UInt64) -> UInt64 {
        var value = (state ^ word) &* 0xff51_afd7_ed55_8ccd
        value ^= value >> 32
        return value &* 0xc4ce_b9fe_1a85_ec53 ^ (value >> 29)
    }
}
