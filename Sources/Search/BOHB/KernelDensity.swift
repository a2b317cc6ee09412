import Foundation
import SearchSpaces

/// A density of one product kernel per row: Gaussian for numbers, Aitchison and Aitken's for categories.
///
/// Faithful kernels are not cut at the bounds, and count only the levels they have seen. The others are cut and normalised, count all levels, and
/// are joined by a uniform one for the prior, of the weight of some rows.
struct KernelDensity {
    private let axes: [KernelAxis]
    /// `[axes][rows]`
    private let columns: [[Double]]
    /// One per axis; of a categorical the probability of leaving the row's level.
    private let widths: [Double]
    private let isFaithful: Bool
    private let rows: Int
    /// Per row: the logarithm of all normalisers.
    private let offsets: [Double]
    /// Per categorical axis: the logarithm of the kernel at its own level and elsewhere.
    private let levelWeights: [(own: Double, other: Double)]
    private let logPrior: Double
    /// The weight of the prior, in rows; 0 where it does not count.
    private let priorRows: Double

    /// - Parameters:
    ///   - rows: `[rows][axes]`, without gaps.
    ///   - widths: One per axis.
    init(_ axes: [KernelAxis], _ rows: [[Double]], widths: [Double], isFaithful: Bool) {
        let columns = axes.indices.map { axis in rows.map { $0[axis] } }
        self.axes = axes
        self.columns = columns
        self.widths = widths
        self.isFaithful = isFaithful
        self.rows = rows.count
        priorRows = isFaithful ? 0 : 3
        levelWeights = axes.indices.map { axis in
            guard let levels = axes[axis].levels else { return (0, 0) }
            let counted = isFaithful ? Set(columns[axis]).count : levels
            return (log(1 - widths[axis]), log(widths[axis] / Double(counted - 1)))
        }
        var offsets = [Double](repeating: 0, count: rows.count)
        for axis in axes.indices where axes[axis].levels == nil {
            let width = widths[axis]
            for row in rows.indices {
                let centre = columns[axis][row]
                let inside = isFaithful ? 0 : NormalDistribution.logMass(from: -centre / width, to: (1 - centre) / width)
                offsets[row] -= inside + log(width) + NormalDistribution.logRootTwoPi
            }
        }
        self.offsets = offsets
        logPrior = axes.reduce(0) { $0 - log(Double($1.levels ?? 1)) }
    }

    /// The normal reference rule, 1.06 · sd · n^(−1/(4+d)), for all axes alike (statsmodels' `KDEMultivariate`).
    ///
    /// - Parameters:
    ///   - rows: `[rows][axes]`, without gaps.
    ///   - isFaithful: Else a categorical's width is kept so small that no level is less likely for a row of its own, and so large that
    ///     the others together get the share of one more row drawn uniformly; the width of a number with steps is at least half a step.
    static func referenceWidths(_ axes: [KernelAxis], _ rows: [[Double]], minimum: Double, isFaithful: Bool) -> [Double] {
        let factor = 1.06 * pow(Double(max(rows.count, 1)), -1 / Double(4 + axes.count))
        return axes.indices.map { axis in
            let width = max(factor * deviation(rows.map { $0[axis] }), minimum)
            if isFaithful { return width }
            guard let levels = axes[axis].levels else { return max(width, axes[axis].step / 2) }
            let uniform = Double(levels - 1) / Double(levels)
            return min(max(width, uniform / Double(rows.count + 1)), uniform)
        }
    }

    /// Population standard deviation.
    private static func deviation(_ column: [Double]) -> Double {
        let count = Double(max(column.count, 1))
        let mean = column.reduce(0, +) / count
        return (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
    }

    func density(_ point: [Double]) -> Double { exp(logDensity(point)) }

    func logDensity(_ point: [Double]) -> Double {
        var terms = offsets
        for axis in axes.indices {
            let x = point[axis]
            let column = columns[axis]
            if axes[axis].levels == nil {
                let scale = 1 / widths[axis]
                for row in terms.indices {
                    let z = (x - column[row]) * scale
                    terms[row] -= 0.5 * z * z
                }
            } else {
                let (own, other) = levelWeights[axis]
                for row in terms.indices { terms[row] += column[row] == x ? own : other }
            }
        }
        var largest = isFaithful ? -Double.infinity : logPrior
        for term in terms { largest = max(largest, term) }
        guard largest.isFinite else { return largest }
        var sum = isFaithful ? 0 : priorRows * exp(logPrior - largest)
        for term in terms where term > largest - 30 { sum += exp(term - largest) }
        return largest + log(sum / (Double(rows) + priorRows))
    }

    /// A point near a random row.
    ///
    /// - Parameter spread: By how much wider than the density numbers are drawn.
    func draw(spread: Double, _ generator: inout TrialGenerator) -> [Double] {
        let row = Int(generator.uniform() * (Double(rows) + priorRows))
        return axes.indices.map { axis in
            guard row < rows else { return axes[axis].uniform(&generator) }
            let (centre, width) = (columns[axis][row], widths[axis])
            if axes[axis].levels != nil {
                return generator.uniform() < 1 - width ? centre : axes[axis].uniform(&generator)
            }
            return Self.truncatedNormal(centre, width * spread, &generator)
        }
    }

    /// A draw within [0, 1]; the centre lies inside.
    private static func truncatedNormal(_ centre: Double, _ width: Double, _ generator: inout TrialGenerator) -> Double {
        // Of a wide normal few draws fall inside, but then the density there is nearly flat: draw and accept by height.
        if width > 1 {
            while true {
                let (x, height) = (generator.uniform(), generator.uniform())
                let z = (x - centre) / width
                if height < exp(-0.5 * z * z) { return x }
            }
        }
        while true {
            let x = centre + width * generator.normal()
            if x >= 0, x <= 1 { return x }
        }
    }
}
