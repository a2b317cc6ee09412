import Learning

/// Area under the ROC curve, exact. A model packs, for each curve, to the scores of the positives and then those of the negatives.
///
/// Both lists are sorted as bit patterns by radix and merged: no comparison sort, no labels to carry along.
struct AreaScorer: MeanScorer {
    private struct Curve: Sendable {
        var column: Int
        var rows: [Int]
        var positives: Int
    }

    private let curves: [Curve]
    private let width: Int

    init(labels: [Int32], rows: [Int], width: Int) {
        self.width = width
        curves = (width == 2 ? [1] : Array(0..<width)).compactMap { column in
            let positives = rows.filter { Int(labels[$0]) == column }
            let negatives = rows.filter { Int(labels[$0]) != column }
            return positives.isEmpty || negatives.isEmpty ? nil : Curve(column: column, rows: positives + negatives, positives: positives.count)
        }
    }

    func pack(_ predictions: Predictions) -> [Float] {
        curves.flatMap { curve in curve.rows.map { predictions.values[$0 * width + curve.column] } }
    }

    func score(
        _ sum: UnsafeBufferPointer<Float>, weight: Float, _ added: UnsafeBufferPointer<Float>, total: Float, scratch: inout ScorerScratch
    ) -> Double {
        guard !curves.isEmpty else { return .nan }
        if scratch.keys.count < sum.count { scratch.keys = [UInt32](repeating: 0, count: sum.count) }
        if scratch.swap.count < sum.count { scratch.swap = [UInt32](repeating: 0, count: sum.count) }
        return scratch.keys.withUnsafeMutableBufferPointer { keys in
            scratch.swap.withUnsafeMutableBufferPointer { swap in
                for index in 0..<sum.count { keys[index] = sortableBits(sum[index] + weight * added[index]) }
                var start = 0
                var areas = 0.0
                for curve in curves {
                    let middle = start + curve.positives
                    let end = start + curve.rows.count
                    let positives = UnsafeMutableBufferPointer(rebasing: keys[start..<middle])
                    let negatives = UnsafeMutableBufferPointer(rebasing: keys[middle..<end])
                    radixSort(positives, swap: swap)
                    radixSort(negatives, swap: swap)
                    areas += shareOfPairsInOrder(positives, negatives)
                    start = end
                }
                return areas / Double(curves.count)
            }
        }
    }
}

/// Bits whose unsigned order is the order of the values; both zeros become one.
@inline(__always)
private func sortableBits(_ value: Float) -> UInt32 {
    let bits = (value + 0).bitPattern
    return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
}

/// Three stable passes of 11 bits, least significant first. A pass whose digit is the same everywhere is skipped.
private func radixSort(_ keys: UnsafeMutableBufferPointer<UInt32>, swap: UnsafeMutableBufferPointer<UInt32>) {
    let count = keys.count
    guard count > 300 else {
        var keys = keys
        return keys.sort()
    }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 3 * 2048) { counts in
        counts.initialize(repeating: 0)
        for key in keys {
            counts[Int(key & 2047)] += 1
            counts[2048 + Int(key >> 11 & 2047)] += 1
            counts[4096 + Int(key >> 22)] += 1
        }
        var source = keys
        var target = UnsafeMutableBufferPointer(rebasing: swap[0..<count])
        for pass in 0..<3 {
            let shift = UInt32(pass * 11)
            let base = pass * 2048
            if counts[base + Int(source[0] >> shift & 2047)] == Int32(count) { continue }
            var position: Int32 = 0
            for digit in base..<(base + 2048) {
                let here = counts[digit]
                counts[digit] = position
                position += here
            }
            for key in source {
                let digit = base + Int(key >> shift & 2047)
                target[Int(counts[digit])] = key
                counts[digit] += 1
            }
            (source, target) = (target, source)
        }
        if source.baseAddress != keys.baseAddress {
            for index in 0..<count { keys[index] = source[index] }
        }
    }
}

/// Share of the pairs of a positive and a negative in which the positive is larger; equal ones count half. Both lists sorted.
private func shareOfPairsInOrder(_ positives: UnsafeMutableBufferPointer<UInt32>, _ negatives: UnsafeMutableBufferPointer<UInt32>) -> Double {
    var below = 0
    var through = 0
    var halves = 0
    for positive in positives {
        while below < negatives.count, negatives[below] < positive { below += 1 }
        through = max(through, below)
        while through < negatives.count, negatives[through] == positive { through += 1 }
        halves += below + through
    }
    return Double(halves) / (2 * Double(positives.count) * Double(negatives.count))
}
