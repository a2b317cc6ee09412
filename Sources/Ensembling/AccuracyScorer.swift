import Learning

/// Accuracy and balanced accuracy, hard as the metrics are or softened.
///
/// A model packs to blocks of eight rows, `[blocks, classes, 8]`, so that eight rows are compared at once. Explicit vectors: five times as
/// fast as plain loops, which the compiler does not vectorise here.
struct AccuracyScorer: MeanScorer {
    /// -1 in the padding.
    private let labels: [SIMD8<Int32>]
    /// What a right answer is worth, by row; 0 in the padding.
    private let worth: [SIMD8<Float>]
    private let rows: [Int]
    private let width: Int
    private let divisor: Double
    /// Margin, in probability, over which a right answer fades into a wrong one; 0 for none.
    private let softness: Float

    init(labels: [Int32], rows: [Int], width: Int, balanced: Bool, softness: Float = 0) {
        self.softness = softness
        self.rows = rows
        self.width = width
        var counts = [Int](repeating: 0, count: width)
        for row in rows { counts[Int(labels[row])] += 1 }
        let classes = counts.filter { $0 > 0 }.count
        divisor = balanced ? 1 : Double(rows.count)
        let blocks = (rows.count + 7) / 8
        var packedLabels = [SIMD8<Int32>](repeating: SIMD8(repeating: -1), count: blocks)
        var packedWorth = [SIMD8<Float>](repeating: .zero, count: blocks)
        for (position, row) in rows.enumerated() {
            let label = labels[row]
            packedLabels[position / 8][position % 8] = label
            packedWorth[position / 8][position % 8] = balanced ? Float(1 / (Double(counts[Int(label)]) * Double(classes))) : 1
        }
        self.labels = packedLabels
        worth = packedWorth
    }

    func pack(_ predictions: Predictions) -> [Float] {
        var packed = [Float](repeating: 0, count: labels.count * width * 8)
        for (position, row) in rows.enumerated() {
            let start = (position / 8) * width * 8 + position % 8
            let label = Int(labels[position / 8][position % 8])
            for column in 0..<width {
                // Softened, only the true class stands apart: it comes first, and the loop over the others needs no labels.
                let place = softness == 0 || column > label ? column : column == label ? 0 : column + 1
                packed[start + place * 8] = predictions.values[row * width + column]
            }
        }
        return packed
    }

    func score(
        _ sum: UnsafeBufferPointer<Float>, weight: Float, _ added: UnsafeBufferPointer<Float>, total: Float, scratch: inout ScorerScratch
    ) -> Double {
        softness > 0 ? softScore(sum, weight: weight, added, total: total) : hardScore(sum, weight: weight, added)
    }

    private func hardScore(_ sum: UnsafeBufferPointer<Float>, weight: Float, _ added: UnsafeBufferPointer<Float>) -> Double {
        let sums = UnsafeRawBufferPointer(sum)
        let more = UnsafeRawBufferPointer(added)
        let factor = SIMD8<Float>(repeating: weight)
        let stride = MemoryLayout<SIMD8<Float>>.size
        var right = 0.0
        labels.withUnsafeBufferPointer { labels in
            worth.withUnsafeBufferPointer { worth in
                var offset = 0
                for block in 0..<labels.count {
                    var largest = SIMD8<Float>(repeating: -.infinity)
                    var guess = SIMD8<Int32>.zero
                    for column in 0..<width {
                        let value =
                            sums.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                            + factor * more.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                        let larger = value .> largest
                        largest.replace(with: value, where: larger)
                        guess.replace(with: SIMD8(repeating: Int32(truncatingIfNeeded: column)), where: larger)
                        offset += stride
                    }
                    right += Double(SIMD8<Float>.zero.replacing(with: worth[block], where: guess .== labels[block]).sum())
                }
            }
        }
        return right / divisor
    }

    /// Credit `½ + margin / (2 · softness)`, kept between 0 and 1, for the margin of the true class before the best other one.
    private func softScore(_ sum: UnsafeBufferPointer<Float>, weight: Float, _ added: UnsafeBufferPointer<Float>, total: Float) -> Double {
        let sums = UnsafeRawBufferPointer(sum)
        let more = UnsafeRawBufferPointer(added)
        let factor = SIMD8<Float>(repeating: weight)
        let slope = SIMD8<Float>(repeating: 0.5 / (softness * total))
        let half = SIMD8<Float>(repeating: 0.5)
        let one = SIMD8<Float>(repeating: 1)
        let stride = MemoryLayout<SIMD8<Float>>.size
        var credits = 0.0
        worth.withUnsafeBufferPointer { worth in
            var offset = 0
            for block in 0..<worth.count {
                let own =
                    sums.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                    + factor * more.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                offset += stride
                var other = SIMD8<Float>(repeating: -.infinity)
                for _ in 1..<max(width, 1) {
                    let value =
                        sums.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                        + factor * more.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                    other.replace(with: value, where: value .> other)
                    offset += stride
                }
                var credit = (own - other) * slope + half
                credit.replace(with: SIMD8<Float>.zero, where: credit .< SIMD8<Float>.zero)
                credit.replace(with: one, where: credit .> one)
                credits += Double((credit * worth[block]).sum())
            }
        }
        return credits / divisor
    }
}
