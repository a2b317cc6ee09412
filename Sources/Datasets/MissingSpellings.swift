/// Tells fast whether a cell spells a missing value.
struct MissingSpellings {
    private let spellings: [[UInt8]]
    /// Bit n: there is a spelling of n bytes (63 and more share the last bit).
    private let lengths: UInt64
    /// Bit n of the pair: a spelling begins with byte n (bytes from 128 are not filtered).
    private let firstLow: UInt64
    private let firstHigh: UInt64

    init(_ missing: Set<String>) {
        let all = missing.map { Array($0.utf8) }.filter { !$0.isEmpty }
        spellings = all
        lengths = all.reduce(0) { $0 | 1 << UInt64(min($1.count, 63)) }
        firstLow = all.reduce(0) { $0 | ($1[0] < 64 ? 1 << UInt64($1[0]) : 0) }
        firstHigh = all.reduce(0) { $0 | (64..<128 ~= $1[0] ? 1 << UInt64($1[0] - 64) : 0) }
    }

    /// An empty cell is missing always.
    @inline(__always)
    func contains(_ p: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if count == 0 { return true }
        if lengths >> UInt64(min(count, 63)) & 1 == 0 { return false }
        let first = p[0]
        if first < 64 {
            if firstLow >> UInt64(first) & 1 == 0 { return false }
        } else if first < 128 {
            if firstHigh >> UInt64(first - 64) & 1 == 0 { return false }
        }
        return isListed(p, count)
    }

    private func isListed(_ p: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let cell = UnsafeBufferPointer(start: p, count: count)
        return spellings.contains { $0.count == count && $0.elementsEqual(cell) }
    }
}
