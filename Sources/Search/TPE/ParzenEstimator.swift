import Foundation

/// A mixture of product kernels, one per observation and a wide one for the prior.
///
/// Rules of Optuna 5 (see `TPE`): the bandwidth of a number is the larger gap to its neighbours, clipped; categories keep a share
/// for the other levels; with 25 observations or more, older ones weigh less.
struct ParzenEstimator {
    private let axes: [ParzenAxis]
    /// Cumulative weights of the kernels, the prior last.
    private let cumulative: [Double]
    /// Per kernel: the logarithm of its weight and of all its normalisers.
    private let offsets: [Double]

    /// - Parameters:
    ///   - columns: `[dimensions][observations]`, oldest first.
    ///   - flat: Whether all observations weigh the same.
    init(_ dimensions: [ParzenDimension], _ columns: [[Double]], flat: Bool) {
        self.init(zip(dimensions, columns).map { ParzenAxis($0, $1) }, observations: columns.first?.count ?? 0, flat: flat)
    }

    /// - Parameters:
    ///   - axes: With a kernel for each observation, oldest first, and the prior's.
    ///   - flat: Whether all observations weigh the same.
    init(_ axes: [ParzenAxis], observations: Int, flat: Bool) {
        self.axes = axes
        let weights = Self.weights(observations, flat: flat) + [1]
        let logTotal = log(weights.reduce(0, +))
        // Most weights are 1, and a logarithm is dear where there are ten thousand.
        var offsets = weights.map { ($0 == 1 ? 0 : log($0)) - logTotal }
        for axis in axes where axis.dimension.kind == .continuous {
            for kernel in offsets.indices { offsets[kernel] -= axis.logNormalisers[kernel] }
        }
        self.offsets = offsets
        var sum = 0.0
        cumulative = weights.map {
            sum += $0
            return sum
        }
    }

    /// One draw: a kernel for all dimensions, then a value in each.
    func draw(_ generator: inout TrialGenerator) -> [Double] {
        let target = generator.uniform() * (cumulative.last ?? 1)
        let kernel = cumulative.firstIndex { target < $0 } ?? cumulative.count - 1
        return axes.map { $0.draw(kernel: kernel, &generator) }
    }

    /// The logarithm of the density at each point; the probability of their cells for discrete dimensions.
    ///
    /// Cost: points · kernels · dimensions, by blocks of kernels that stay in the processor's cache, and for four points at a time.
    func logDensities(_ points: [[Double]]) -> [Double] {
        var groups = stride(from: 0, to: points.count, by: Lanes.scalarCount).map { first in
            PointGroup(points[first..<min(first + Lanes.scalarCount, points.count)], axes)
        }
        var terms = [Lanes](repeating: .zero, count: Self.blockSize)
        for start in stride(from: 0, to: offsets.count, by: Self.blockSize) {
            let kernels = start..<min(start + Self.blockSize, offsets.count)
            for index in groups.indices {
                let top = fill(&terms, kernels, groups[index])
                groups[index].add(terms.prefix(kernels.count), top)
            }
        }
        return Array(groups.flatMap(\.logSums).prefix(points.count))
    }

    /// Kernels of a block: their numbers on a few axes fit the first-level cache.
    private static let blockSize = 512

    /// The logarithms of some kernels at four points.
    /// - Returns: the largest.
    private func fill(_ terms: inout [Lanes], _ kernels: Range<Int>, _ group: PointGroup) -> Lanes {
        let (start, count) = (kernels.lowerBound, kernels.count)
        return terms.withUnsafeMutableBufferPointer { terms in
            offsets.withUnsafeBufferPointer { offsets in
                for kernel in 0..<count { terms[kernel] = Lanes(repeating: offsets[start + kernel]) }
            }
            for (index, axis) in axes.enumerated() {
                if axis.dimension.kind == .continuous {
                    let x = group.coordinates[index]
                    axis.means.withUnsafeBufferPointer { means in
                        axis.inverseWidths.withUnsafeBufferPointer { inverse in
                            for kernel in 0..<count {
                                let z = (x - means[start + kernel]) * inverse[start + kernel]
                                terms[kernel] -= z * z
                            }
                        }
                    }
                } else {
                    group.tables[index].withUnsafeBufferPointer { table in
                        axis.codes.withUnsafeBufferPointer { codes in
                            for kernel in 0..<count { terms[kernel] += table[Int(codes[start + kernel])] }
                        }
                    }
                }
            }
            var top = Lanes(repeating: -.infinity)
            for kernel in 0..<count { top = pointwiseMax(top, terms[kernel]) }
            return top
        }
    }

    /// Flat below 25 observations; else the newest 25 weigh 1 and older ones rise to it from 1/n.
    private static func weights(_ count: Int, flat: Bool) -> [Double] {
        var weights = [Double](repeating: 1, count: count)
        let old = count - 25
        guard !flat, old > 0 else { return weights }
        let first = 1 / Double(count)
        for index in 0..<old { weights[index] = old == 1 ? first : first + (1 - first) * Double(index) / Double(old - 1) }
        return weights
    }
}

private typealias Lanes = SIMD4<Double>

/// Up to four points, and the sums of the kernels at them so far.
private struct PointGroup {
    /// By axis; the last point fills what is left.
    let coordinates: [Lanes]
    /// By axis, what each code of a discrete one gives to the logarithm; empty for continuous ones.
    let tables: [[Lanes]]
    private var largest = Lanes(repeating: -.infinity)
    private var sums = Lanes.zero

    init(_ points: ArraySlice<[Double]>, _ axes: [ParzenAxis]) {
        let lanes = (0..<Lanes.scalarCount).map { points[min(points.startIndex + $0, points.endIndex - 1)] }
        coordinates = axes.indices.map { axis in Lanes(lanes.map { $0[axis] }) }
        tables = axes.enumerated().map { index, axis in
            let tables = lanes.map { axis.logTable(at: $0[index]) }
            return tables[0].indices.map { code in Lanes(tables.map { $0[code] }) }
        }
    }

    var logSums: [Double] { (0..<Lanes.scalarCount).map { largest[$0] == -.infinity ? -.infinity : largest[$0] + log(sums[$0]) } }

    /// Adds the exponentials of terms whose largest are known.
    mutating func add(_ terms: ArraySlice<Lanes>, _ top: Lanes) {
        for lane in 0..<Lanes.scalarCount where top[lane] > -.infinity {
            if top[lane] > largest[lane] {
                sums[lane] *= exp(largest[lane] - top[lane])
                largest[lane] = top[lane]
            }
            let (peak, bound) = (largest[lane], largest[lane] - Self.negligible)
            var sum = 0.0
            for term in terms where term[lane] > bound { sum += exp(term[lane] - peak) }
            sums[lane] += sum
        }
    }

    /// Ten thousand terms below e^-25 of the largest change a sum by less than 10⁻⁶.
    private static let negligible = 25.0
}
