import Foundation

/// The kernels of one discrete dimension, those of equal mean and deviation counted as one.
///
/// A whole number from 1 to 10 has a few dozen shapes however many trials there are, so their tails are computed that often instead
/// of once per trial.
struct KernelShapes {
    private(set) var means: [Double] = []
    private(set) var deviations: [Double] = []
    /// The position in `means` and `deviations` of each kernel.
    private(set) var shapeOfKernel: [Int] = []

    init() {}

    init(_ means: [Double], _ deviations: [Double]) {
        var known: [SIMD2<Double>: Int] = [:]
        shapeOfKernel.reserveCapacity(means.count)
        for kernel in means.indices {
            let shape = SIMD2(means[kernel], deviations[kernel])
            let position = known[shape] ?? self.means.count
            if position == self.means.count {
                known[shape] = position
                self.means.append(means[kernel])
                self.deviations.append(deviations[kernel])
            }
            shapeOfKernel.append(position)
        }
    }

    /// The logarithm of the probability that each shape gives to a cell, not yet normalised.
    func logMasses(of cell: (low: Double, high: Double)) -> [Double] {
        let width = cell.high - cell.low
        let centre = (cell.low + cell.high) / 2
        return means.indices.map { shape in
            let deviation = deviations[shape]
            guard deviation > 4 * width else {
                return Normal.logMass(from: (cell.low - means[shape]) / deviation, to: (cell.high - means[shape]) / deviation)
            }
            // The cell is narrow under this kernel: height times width is right to half a percent.
            let z = (centre - means[shape]) / deviation
            return log(width / deviation) - 0.5 * z * z - Normal.logRootTwoPi
        }
    }
}
