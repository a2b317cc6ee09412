import Foundation
import SearchSpaces

/// The kernels of a Parzen estimator along one axis: where they lie and how wide they are, the prior's last.
struct ParzenAxis {
    let dimension: ParzenDimension
    /// By kernel.
    private(set) var means: [Double]
    /// By kernel; empty for categories.
    private(set) var deviations: [Double] = []
    /// By kernel, for a continuous axis: 1 over √2 deviations, so that a square is what the exponent loses.
    private(set) var inverseWidths: [Double] = []
    /// By kernel, for a discrete axis: its shape; for categories its level, and the number of levels for the prior.
    private(set) var codes: [Int32] = []
    /// Means and deviations that occur on a discrete axis, where a few dozen stand for thousands of kernels.
    private var shapes: [(mean: Double, deviation: Double, logNormaliser: Double)] = []

    /// Kernels at observed values.
    init(_ dimension: ParzenDimension, _ values: [Double]) {
        let sorted = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var none = NormaliserMemo()
        self.init(dimension, count: values.count, sorted: sorted.map { Observation(value: values[$0], kernel: $0, trial: $0) }, &none)
    }

    /// An observed value and the kernel that stands for it.
    struct Observation {
        var value: Double
        var kernel: Int
        /// What normalisers are remembered by.
        var trial: Int
    }

    /// Kernels at observed values.
    /// - Parameters:
    ///   - sorted: by rising value.
    ///   - memo: normalisers of kernels whose width has not changed since they were computed.
    init(_ dimension: ParzenDimension, count: Int, sorted: [Observation], _ memo: inout NormaliserMemo) {
        self.dimension = dimension
        means = [Double](repeating: 0, count: count + 1)
        for observation in sorted { means[observation.kernel] = observation.value }
        means[count] = (dimension.low + dimension.high) / 2
        switch dimension.kind {
        case .categorical(let levels): codes = means.dropLast().map { Int32($0) } + [Int32(levels)]
        case .continuous: setWidths(sorted, &memo)
        case .discrete: setShapes(sorted)
        }
    }

    /// What a continuous axis adds to the kernels' normalisers, by kernel.
    private(set) var logNormalisers: [Double] = []

    private mutating func setWidths(_ sorted: [Observation], _ memo: inout NormaliserMemo) {
        let count = means.count - 1
        let range = dimension.high - dimension.low
        deviations = [Double](repeating: range, count: count + 1)
        logNormalisers = [Double](repeating: 0, count: count + 1)
        eachWidth(sorted) { observation, width in
            deviations[observation.kernel] = width
            logNormalisers[observation.kernel] = memo.value(of: observation.trial, width: width) {
                Self.logMass(observation.value, width, dimension) + log(width) + NormalDistribution.logRootTwoPi
            }
        }
        logNormalisers[count] = Self.logMass(means[count], range, dimension) + log(range) + NormalDistribution.logRootTwoPi
        inverseWidths = deviations.map { 0.5.squareRoot() / $0 }
    }

    private mutating func setShapes(_ sorted: [Observation]) {
        let count = means.count - 1
        let range = dimension.high - dimension.low
        deviations = [Double](repeating: range, count: count + 1)
        codes = [Int32](repeating: 0, count: count + 1)
        var first = 0
        eachWidth(sorted) { observation, width in
            deviations[observation.kernel] = width
            // In order of their values, the shapes of a value are the last ones.
            if first < shapes.count, shapes[first].mean != observation.value { first = shapes.count }
            var code = first
            while code < shapes.count, shapes[code].deviation != width { code += 1 }
            if code == shapes.count { shapes.append((observation.value, width, Self.logMass(observation.value, width, dimension))) }
            codes[observation.kernel] = Int32(code)
        }
        codes[count] = Int32(shapes.count)
        shapes.append((means[count], range, Self.logMass(means[count], range, dimension)))
    }

    private static func logMass(_ mean: Double, _ deviation: Double, _ dimension: ParzenDimension) -> Double {
        NormalDistribution.logMass(from: (dimension.low - mean) / deviation, to: (dimension.high - mean) / deviation)
    }

    /// The bandwidth of each observation: the larger gap to its neighbours, clipped.
    private func eachWidth(_ sorted: [Observation], _ body: (Observation, Double) -> Void) {
        let (low, high) = (dimension.low, dimension.high)
        let range = high - low
        let smallest = range / Double(min(100, sorted.count + 2))
        for (position, observation) in sorted.enumerated() {
            let left = observation.value - (position > 0 ? sorted[position - 1].value : low)
            let right = (position + 1 < sorted.count ? sorted[position + 1].value : high) - observation.value
            let isEnd = sorted.count > 1 && (position == 0 || position + 1 == sorted.count)
            let gap = isEnd ? (position == 0 ? right : left) : max(left, right)
            body(observation, min(max(gap, smallest), range))
        }
    }

    /// The logarithm of what each code gives to a point of a discrete or categorical axis; empty for a continuous one.
    func logTable(at x: Double) -> [Double] {
        switch dimension.kind {
        case .continuous: return []
        case .categorical(let levels):
            let share = Self.otherShare(observations: means.count - 1)
            let total = log(1 + Double(levels) * share)
            var table = [Double](repeating: log(share) - total, count: levels + 1)
            if x >= 0, Int(x) < levels { table[Int(x)] = log(1 + share) - total }
            table[levels] = -log(Double(levels))
            return table
        case .discrete:
            let cell = dimension.cell(around: x)
            let width = cell.high - cell.low
            let centre = (cell.low + cell.high) / 2
            return shapes.map { shape in
                guard shape.deviation > 4 * width else {
                    return NormalDistribution.logMass(from: (cell.low - shape.mean) / shape.deviation, to: (cell.high - shape.mean) / shape.deviation)
                        - shape.logNormaliser
                }
                // The cell is narrow under this kernel: height times width is right to half a percent.
                let z = (centre - shape.mean) / shape.deviation
                return log(width / shape.deviation) - 0.5 * z * z - NormalDistribution.logRootTwoPi - shape.logNormaliser
            }
        }
    }

    /// A draw from one kernel.
    func draw(kernel: Int, _ generator: inout TrialGenerator) -> Double {
        if case .categorical(let levels) = dimension.kind {
            let share = Self.otherShare(observations: means.count - 1)
            let draw = generator.uniform() * (1 + Double(levels) * share)
            if kernel < means.count - 1, draw >= Double(levels) * share { return means[kernel] }
            return Double(Int(generator.uniform() * Double(levels)))
        }
        // The mean lies inside, and no kernel is wider than the interval: a third of the draws or more are accepted.
        var value = dimension.low - 1
        while value < dimension.low || value > dimension.high { value = means[kernel] + deviations[kernel] * generator.normal() }
        return dimension.snapped(value)
    }

    /// What a categorical kernel gives to every level on top of the 1 of its own.
    private static func otherShare(observations: Int) -> Double { 1 / Double(observations + 1) }
}

/// Normalisers of kernels by trial: when a trial is added, only its neighbours' widths change, and error functions are dear.
struct NormaliserMemo {
    private var widths: [Double] = []
    private var values: [Double] = []

    mutating func value(of trial: Int, width: Double, _ compute: () -> Double) -> Double {
        if trial < widths.count, widths[trial] == width { return values[trial] }
        while widths.count <= trial {
            widths.append(.nan)
            values.append(.nan)
        }
        widths[trial] = width
        values[trial] = compute()
        return values[trial]
    }

    mutating func forget(_ trial: Int) { if trial < widths.count { widths[trial] = .nan } }
}
