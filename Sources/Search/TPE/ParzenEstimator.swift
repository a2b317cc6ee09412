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
    /// Cost: points · kernels · dimensions, kernel by kernel in blocks that stay in the processor's cache.
    func logDensities(_ points: [[Double]]) -> [Double] {
        let tables = points.map { point in zip(axes, point).map { $0.logTable(at: $1) } }
        var largest = [Double](repeating: -.infinity, count: points.count)
        var sums = [Double](repeating: 0, count: points.count)
        var terms = [Double](repeating: 0, count: Self.blockSize)
        for start in stride(from: 0, to: offsets.count, by: Self.blockSize) {
            let kernels = start..<min(start + Self.blockSize, offsets.count)
            for (index, point) in points.enumerated() {
                let top = fill(&terms, kernels, point, tables[index])
                guard top > -.infinity else { continue }
                if top > largest[index] {
                    sums[index] *= exp(largest[index] - top)
                    largest[index] = top
                }
                let (peak, bound) = (largest[index], largest[index] - Self.negligible)
                var sum = 0.0
                for term in terms.prefix(kernels.count) where term > bound { sum += exp(term - peak) }
                sums[index] += sum
            }
        }
        return zip(largest, sums).map { $0 == -.infinity ? $0 : $0 + log($1) }
    }

    /// Kernels of a block: their numbers on a few axes fit the first-level cache.
    private static let blockSize = 512
    /// Ten thousand terms below e^-25 of the largest change a sum by less than 10⁻⁶.
    private static let negligible = 25.0

    /// The logarithms of some kernels at a point.
    /// - Returns: the largest.
    private func fill(_ terms: inout [Double], _ kernels: Range<Int>, _ point: [Double], _ tables: [[Double]]) -> Double {
        let (start, count) = (kernels.lowerBound, kernels.count)
        return terms.withUnsafeMutableBufferPointer { terms in
            offsets.withUnsafeBufferPointer { offsets in
                for kernel in 0..<count { terms[kernel] = offsets[start + kernel] }
            }
            for (index, axis) in axes.enumerated() {
                if axis.dimension.kind == .continuous {
                    let x = point[index]
                    axis.means.withUnsafeBufferPointer { means in
                        axis.inverseDeviations.withUnsafeBufferPointer { inverse in
                            for kernel in 0..<count {
                                let z = (x - means[start + kernel]) * inverse[start + kernel]
                                terms[kernel] -= 0.5 * z * z
                            }
                        }
                    }
                } else {
                    tables[index].withUnsafeBufferPointer { table in
                        axis.codes.withUnsafeBufferPointer { codes in
                            for kernel in 0..<count { terms[kernel] += table[Int(codes[start + kernel])] }
                        }
                    }
                }
            }
            var top = -Double.infinity
            for kernel in 0..<count { top = max(top, terms[kernel]) }
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
