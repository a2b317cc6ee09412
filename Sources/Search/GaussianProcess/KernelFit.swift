import Foundation
import SearchSpaces

/// The kernel parameters that are most likely after the data, and how likely the data are.
///
/// Source: Rasmussen and Williams 2006, section 5.4.1, with the priors of Optuna 5 on λ, amplitude and noise. Always begins at the same
/// parameters, so the same data give the same fit.
struct KernelFit {
    let layout: KernelLayout
    /// `[features, count]`
    let columns: [Double]
    /// Standardised, `[count]`.
    let values: [Double]

    /// Far below what Optuna allows: of deterministic objectives the last digits count once the search closes in.
    private static let smallestNoise = 1e-11

    private static let maximumIterations = 60

    /// - Returns: The kernel, and the logarithm of the evidence without the priors.
    func run() -> (kernel: MaternKernel, logEvidence: Double) {
        let scales = layout.scaleCount
        let count = MaternKernel.parameterCount(layout)
        var lower = [Double](repeating: log(1e-4), count: count)
        var upper = [Double](repeating: log(1e3), count: count)
        (lower[scales], upper[scales]) = (log(1e-3), log(1e3))
        (lower[scales + 1], upper[scales + 1]) = (log(Self.smallestNoise), log(1))
        for k in scales + 2..<scales + 2 + 2 * layout.warpCount { (lower[k], upper[k]) = (log(0.1), log(10)) }
        let hasTrend = !layout.trendFeatures.isEmpty
        if hasTrend { (lower[count - 1], upper[count - 1]) = (log(1e-8), log(1e2)) }
        var search = LBFGS(lower: lower, upper: upper)
        search.maximumIterations = Self.maximumIterations
        search.gradientTolerance = 1e-2
        search.valueTolerance = 1e-3
        var start = [Double](repeating: 0, count: count)
        start[scales + 1] = log(1e-4)
        if hasTrend { start[count - 1] = log(0.1) }
        var evaluation = Evaluation(self)
        let found = search.minimize(from: start) { evaluation.negativeLogPosterior($0, &$1) }
        guard found.value.isFinite else { return (MaternKernel(layout: layout, logParameters: start), -.infinity) }
        let kernel = MaternKernel(layout: layout, logParameters: found.point)
        return (kernel, -found.value - Evaluation.logPrior(kernel).value)
    }

    /// One evaluation after another in the same memory.
    struct Evaluation {
        let fit: KernelFit
        let count: Int
        var matrix: [Double]
        var slopes: [Double]
        /// What the trend adds to the matrix for a variance of 1 of its coefficients; empty without one.
        let trend: [Double]

        init(_ fit: KernelFit) {
            self.fit = fit
            count = fit.values.count
            matrix = [Double](repeating: 0, count: count * count)
            slopes = matrix
            trend = Self.trend(fit.layout, fit.columns, count)
        }

        /// Lower half, `[count, count]`.
        private static func trend(_ layout: KernelLayout, _ columns: [Double], _ n: Int) -> [Double] {
            guard !layout.trendFeatures.isEmpty else { return [] }
            var trend = [Double](repeating: 0, count: n * n)
            let kernel = MaternKernel(layout: layout)
            columns.withUnsafeBufferPointer { columns in
                trend.withUnsafeMutableBufferPointer { trend in
                    guard let c = columns.baseAddress, let t = trend.baseAddress else { return }
                    for i in 0..<n {
                        let row = t + i * n
                        kernel.trendProducts(c + i, pointStride: n, c, stride: n, count: i + 1, products: row)
                        for j in 0...i { row[j] = MaternKernel.trendShape(row[j]) }
                    }
                }
            }
            return trend
        }

        mutating func negativeLogPosterior(_ parameters: [Double], _ gradient: inout [Double]) -> Double {
            let n = count
            let kernel = MaternKernel(layout: fit.layout, logParameters: parameters)
            let columns = kernel.warped(fit.columns, count: n)
            columns.withUnsafeBufferPointer { columns in
                matrix.withUnsafeMutableBufferPointer { matrix in
                    slopes.withUnsafeMutableBufferPointer { slopes in
                        guard let c = columns.baseAddress, let m = matrix.baseAddress, let s = slopes.baseAddress else { return }
                        for i in 0..<n {
                            kernel.row(c + i, pointStride: n, c, stride: n, count: i, kernel: m + i * n, slope: s + i * n)
                            m[i * n + i] = kernel.amplitude + kernel.noise
                            if kernel.trend > 0 { for j in 0...i { m[i * n + j] += kernel.trend * trend[i * n + j] } }
                        }
                    }
                }
            }
            guard let factor = Cholesky(matrix, count: n) else { return .infinity }
            var solved = fit.values
            factor.solveForward(rows: &solved)
            let centre = GaussianProcess.centre(&solved, factor, observed: n)
            var square = centre * centre
            for value in solved { square += value * value }
            factor.solveBackward(&solved)
            let likelihood = -0.5 * (square + factor.logDeterminant) - Double(n) * NormalDistribution.logRootTwoPi
            for k in gradient.indices { gradient[k] = 0 }
            addLikelihood(kernel, columns, weights: solved, inverse: factor.inverse(), &gradient)
            let prior = Self.logPrior(kernel)
            for k in gradient.indices { gradient[k] = -gradient[k] - prior.slopes[k] }
            return -(likelihood + prior.value)
        }

        /// ½ tr((α αᵀ − K⁻¹) ∂K/∂θ) for every parameter θ.
        private func addLikelihood(
            _ kernel: MaternKernel, _ columns: [Double], weights: [Double], inverse: [Double], _ gradient: inout [Double]
        ) {
            let n = count
            let scales = fit.layout.scaleCount
            var (amplitude, noise, byTrend) = (0.0, 0.0, 0.0)
            var pull = inverse
            let hasTrend = kernel.trend > 0
            pull.withUnsafeMutableBufferPointer { pull in
                for i in 0..<n {
                    let own = weights[i] * weights[i] - pull[i * n + i]
                    amplitude += 0.5 * own * kernel.amplitude
                    if hasTrend { byTrend += 0.5 * own * trend[i * n + i] }
                    noise += 0.5 * own * kernel.noise
                    for j in 0..<i {
                        let pair = weights[i] * weights[j] - pull[i * n + j]
                        let part = hasTrend ? trend[i * n + j] : 0
                        amplitude += pair * (matrix[i * n + j] - kernel.trend * part)
                        byTrend += pair * part
                        pull[i * n + j] = pair * slopes[i * n + j]
                    }
                }
            }
            if hasTrend { gradient[gradient.count - 1] += byTrend * kernel.trend }
            gradient[scales] += amplitude
            gradient[scales + 1] += noise
            pull.withUnsafeBufferPointer { pull in
                columns.withUnsafeBufferPointer { columns in
                    for (index, feature) in fit.layout.features.enumerated() {
                        let weight = feature.weight * kernel.scales[feature.scale]
                        let column = UnsafeBufferPointer(rebasing: columns[index * n..<(index + 1) * n])
                        var sum = 0.0
                        if feature.kind == .level {
                            for i in 0..<n {
                                for j in 0..<i where column[i] != column[j] { sum += pull[i * n + j] }
                            }
                        } else if let warp = feature.warp {
                            // By each point's coordinate, for the exponents of the warp.
                            var byPoint = [Double](repeating: 0, count: n)
                            for i in 0..<n {
                                for j in 0..<i {
                                    let difference = column[i] - column[j]
                                    let share = pull[i * n + j] * difference
                                    sum += share * difference
                                    byPoint[i] += 2 * share
                                    byPoint[j] -= 2 * share
                                }
                            }
                            addWarp(kernel.warps[warp], byPoint, weight, feature: index, at: scales + 2 + 2 * warp, &gradient)
                        } else {
                            for i in 0..<n {
                                let x = column[i]
                                let line = pull.baseAddress.map { $0 + i * n }
                                guard let line, let column = column.baseAddress else { continue }
                                sum += Self.weightedSquares(line, column, x, i)
                            }
                        }
                        gradient[feature.scale] += weight * sum
                    }
                }
            }
        }

        @inline(__always)
        private static func weightedSquares(_ weights: UnsafePointer<Double>, _ column: UnsafePointer<Double>, _ x: Double, _ count: Int) -> Double {
            var (even, odd) = (0.0, 0.0)
            var j = 0
            while j + 1 < count {
                let (d, e) = (column[j] - x, column[j + 1] - x)
                even += weights[j] * d * d
                odd += weights[j + 1] * e * e
                j += 2
            }
            if j < count { even += weights[j] * (column[j] - x) * (column[j] - x) }
            return even + odd
        }

        /// ∂w/∂log a = b (1 − xᵃ)^(b−1) xᵃ log x · a and ∂w/∂log b = −(1 − xᵃ)ᵇ log(1 − xᵃ) · b for w = 1 − (1 − xᵃ)ᵇ.
        private func addWarp(
            _ exponents: (a: Double, b: Double), _ byPoint: [Double], _ weight: Double, feature: Int, at position: Int,
            _ gradient: inout [Double]
        ) {
            let (a, b) = exponents
            for k in 0..<count {
                let x = MaternKernel.inside(fit.columns[feature * count + k])
                let power = pow(x, a)
                let rest = max(1 - power, 1e-300)
                gradient[position] += weight * byPoint[k] * b * pow(rest, b - 1) * power * log(x) * a
                gradient[position + 1] += weight * byPoint[k] * -pow(rest, b) * log(rest) * b
            }
        }

        /// λ: −0.1/λ − 0.1 λ; amplitude: Gamma(2, 1); noise: Gamma(1.1, 30); exponents of a warp: log-normal(0, 0.5).
        static func logPrior(_ kernel: MaternKernel) -> (value: Double, slopes: [Double]) {
            var sum = 0.0
            var slopes: [Double] = []
            for scale in kernel.scales {
                sum -= 0.1 / scale + 0.1 * scale
                slopes.append(0.1 / scale - 0.1 * scale)
            }
            sum += log(kernel.amplitude) - kernel.amplitude
            slopes.append(1 - kernel.amplitude)
            sum += 0.1 * log(kernel.noise) - 30 * kernel.noise
            slopes.append(0.1 - 30 * kernel.noise)
            for warp in kernel.warps {
                let (a, b) = (log(warp.a), log(warp.b))
                sum -= (a * a + b * b) / (2 * warpVariance)
                slopes += [-a / warpVariance, -b / warpVariance]
            }
            if kernel.trend > 0 { slopes.append(0) }
            return (sum, slopes)
        }

        private static let warpVariance = 0.25
    }
}
