import Foundation

/// A mixture of product kernels, one per observation and a wide one for the prior.
///
/// Rules of Optuna 5 (see `TPE`): the bandwidth of a number is the larger gap to its neighbours, clipped; categories keep a share
/// for the other levels; with 25 observations or more, older ones weigh less.
struct ParzenEstimator {
    private let dimensions: [ParzenDimension]
    /// Cumulative weights of the kernels, the prior last.
    private let cumulative: [Double]
    /// Per kernel: the logarithm of its weight and of all its normalisers.
    private let offsets: [Double]
    /// Per dimension and kernel.
    private let means: [[Double]]
    private let deviations: [[Double]]
    /// Per discrete dimension: the kernels by their mean and deviation, of which small domains have few.
    private let shapes: [KernelShapes]
    private let observations: Int

    /// - Parameters:
    ///   - columns: `[dimensions][observations]`, oldest first.
    ///   - flat: Whether all observations weigh the same.
    init(_ dimensions: [ParzenDimension], _ columns: [[Double]], flat: Bool) {
        let count = columns.first?.count ?? 0
        self.dimensions = dimensions
        observations = count
        let weights = Self.weights(count, flat: flat) + [1]
        let total = weights.reduce(0, +)
        var offsets = weights.map { log($0 / total) }
        var means: [[Double]] = []
        var deviations: [[Double]] = []
        var shapes: [KernelShapes] = []
        for (dimension, column) in zip(dimensions, columns) {
            means.append(column + [(dimension.low + dimension.high) / 2])
            guard dimension.isNumeric else {
                deviations.append([])
                shapes.append(KernelShapes())
                continue
            }
            let widths = Self.bandwidths(column, dimension) + [dimension.high - dimension.low]
            deviations.append(widths)
            let centres = means[means.count - 1]
            func inside(_ mean: Double, _ width: Double) -> Double {
                Normal.logMass(from: (dimension.low - mean) / width, to: (dimension.high - mean) / width)
            }
            if dimension.kind == .continuous {
                shapes.append(KernelShapes())
                for kernel in 0...count {
                    let width = widths[kernel]
                    offsets[kernel] -= inside(centres[kernel], width) + log(width) + Normal.logRootTwoPi
                }
            } else {
                let own = KernelShapes(centres, widths)
                let normalisers = zip(own.means, own.deviations).map(inside)
                for kernel in 0...count { offsets[kernel] -= normalisers[own.shapeOfKernel[kernel]] }
                shapes.append(own)
            }
        }
        var sum = 0.0
        cumulative = weights.map {
            sum += $0; return sum
        }
        self.offsets = offsets
        self.means = means
        self.deviations = deviations
        self.shapes = shapes
    }

    /// One draw: a kernel for all dimensions, then a value in each.
    func draw(_ generator: inout TrialGenerator) -> [Double] {
        let target = generator.uniform() * (cumulative.last ?? 1)
        let kernel = cumulative.firstIndex { target < $0 } ?? observations
        return dimensions.indices.map { axis in
            let dimension = dimensions[axis]
            if case .categorical(let levels) = dimension.kind {
                return drawLevel(levels, own: kernel < observations ? means[axis][kernel] : nil, &generator)
            }
            // The mean lies inside, and no kernel is wider than the interval: a third of the draws or more are accepted.
            var value = dimension.low - 1
            while value < dimension.low || value > dimension.high {
                value = means[axis][kernel] + deviations[axis][kernel] * generator.normal()
            }
            return dimension.snapped(value)
        }
    }

    private func drawLevel(_ levels: Int, own: Double?, _ generator: inout TrialGenerator) -> Double {
        let share = otherShare
        let draw = generator.uniform() * (1 + Double(levels) * share)
        if let own, draw >= Double(levels) * share { return own }
        return Double(Int(generator.uniform() * Double(levels)))
    }

    /// What a kernel gives to every level on top of the 1 of its own.
    private var otherShare: Double { 1 / Double(observations + 1) }

    /// The logarithm of the density at each point; the probability of their cells for discrete dimensions.
    func logDensities(_ points: [[Double]]) -> [Double] {
        var terms = offsets
        return points.map { point in
            for kernel in terms.indices { terms[kernel] = offsets[kernel] }
            for axis in dimensions.indices { addLogKernels(axis, at: point[axis], to: &terms) }
            var largest = -Double.infinity
            for term in terms { largest = max(largest, term) }
            guard largest > -.infinity else { return largest }
            var sum = 0.0
            for term in terms where term > largest - Self.negligible { sum += exp(term - largest) }
            return largest + log(sum)
        }
    }

    /// Ten thousand terms below e^-25 of the largest change a sum by less than 10⁻⁶.
    private static var negligible: Double { 25 }

    private func addLogKernels(_ axis: Int, at x: Double, to terms: inout [Double]) {
        let dimension = dimensions[axis]
        switch dimension.kind {
        case .categorical(let levels):
            let share = otherShare
            let other = log(share / (1 + Double(levels) * share))
            let own = log((1 + share) / (1 + Double(levels) * share))
            for kernel in 0..<observations { terms[kernel] += means[axis][kernel] == x ? own : other }
            terms[observations] -= log(Double(levels))
        case .continuous:
            terms.withUnsafeMutableBufferPointer { terms in
                means[axis].withUnsafeBufferPointer { means in
                    deviations[axis].withUnsafeBufferPointer { deviations in
                        for kernel in terms.indices {
                            let z = (x - means[kernel]) / deviations[kernel]
                            terms[kernel] -= 0.5 * z * z
                        }
                    }
                }
            }
        case .discrete:
            let masses = shapes[axis].logMasses(of: dimension.cell(around: x))
            terms.withUnsafeMutableBufferPointer { terms in
                masses.withUnsafeBufferPointer { masses in
                    shapes[axis].shapeOfKernel.withUnsafeBufferPointer { shapes in
                        for kernel in terms.indices { terms[kernel] += masses[shapes[kernel]] }
                    }
                }
            }
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

    private static func bandwidths(_ column: [Double], _ dimension: ParzenDimension) -> [Double] {
        let range = dimension.high - dimension.low
        let smallest = range / Double(min(100, column.count + 2))
        let sorted = column.enumerated().map { (value: $0.element, index: $0.offset) }.sorted { $0.value < $1.value }
        var widths = [Double](repeating: range, count: column.count)
        for position in sorted.indices {
            let value = sorted[position].value
            let left = value - (position > 0 ? sorted[position - 1].value : dimension.low)
            let right = (position + 1 < sorted.count ? sorted[position + 1].value : dimension.high) - value
            let isEnd = sorted.count > 1 && (position == 0 || position + 1 == sorted.count)
            let gap = isEnd ? (position == 0 ? right : left) : max(left, right)
            widths[sorted[position].index] = min(max(gap, smallest), range)
        }
        return widths
    }
}

extension ParzenDimension {
    var isNumeric: Bool {
        if case .categorical = kind { return false }
        return true
    }
}
