import Foundation

/// A Gaussian process after its observations, also after what running trials may bring.
///
/// Running trials are fantasies: their values are drawn jointly from the process and observed as if they were real, several times. The
/// variance is the same under all draws, the mean is not.
struct GaussianProcess: Sendable {
    let kernel: MaternKernel
    /// Observations and running points.
    let count: Int
    /// How many sets of fantasies there are, 1 where nothing runs.
    let drawCount: Int
    /// Warped, `[features, count]`.
    private let columns: [Double]
    private let factor: Cholesky
    /// K⁻¹ y, `[draws][count]`.
    private let weights: [[Double]]
    /// Its mean far from all points.
    private let centre: Double
    /// The lowest mean at an eligible or running point, per draw.
    let lowestMeans: [Double]

    /// - Parameters:
    ///   - points: Features of the observations, then of the running points.
    ///   - values: Standardised, one per observation.
    ///   - eligible: Which observations may be called the best so far; all of them when empty.
    ///   - draws: Standard normal numbers, `[draws][running]`; a row of zeros takes the mean for the result.
    /// - Returns: Nil when the covariance cannot be factored even with more noise.
    init?(_ kernel: MaternKernel, points: [[Double]], values: [Double], eligible: [Bool] = [], draws: [[Double]] = []) {
        var kernel = kernel
        let n = points.count
        let columns = kernel.warped(kernel.layout.columns(points), count: n)
        var matrix = [Double](repeating: 0, count: n * n)
        var variances = [Double](repeating: 0, count: n)
        columns.withUnsafeBufferPointer { columns in
            matrix.withUnsafeMutableBufferPointer { matrix in
                guard let c = columns.baseAddress, let m = matrix.baseAddress else { return }
                for i in 0..<n {
                    kernel.row(c + i, pointStride: n, c, stride: n, count: i, kernel: m + i * n, slope: nil)
                    kernel.addTrend(c + i, pointStride: n, c, stride: n, count: i, kernel: m + i * n)
                    variances[i] = kernel.variance(c + i, pointStride: n)
                }
            }
        }
        var found: Cholesky?
        for _ in 0..<Self.maximumAttempts where found == nil {
            for i in 0..<n { matrix[i * n + i] = variances[i] + kernel.noise }
            found = Cholesky(matrix, count: n)
            if found == nil { kernel.noise = max(10 * kernel.noise, 1e-9 * kernel.amplitude) }
        }
        guard let factor = found else { return nil }
        self.kernel = kernel
        self.factor = factor
        self.columns = columns
        count = n
        // The forward half of the observations; a fantasy continues it with its own standard normal number.
        let running = n - values.count
        var forward = [Double](repeating: 0, count: n)
        for i in values.indices { forward[i] = values[i] }
        factor.solveForward(rows: &forward)
        let centre = Self.centre(&forward, factor, observed: values.count)
        self.centre = centre
        let draws = running == 0 || draws.isEmpty ? [[Double](repeating: 0, count: running)] : draws
        drawCount = draws.count
        let noise = kernel.noise
        var weights: [[Double]] = []
        var lowest: [Double] = []
        for draw in draws {
            var solved = forward
            for k in 0..<running { solved[values.count + k] = draw[k] }
            var fantasies = [Double](repeating: centre, count: running)
            for k in 0..<running {
                let row = values.count + k
                for column in 0...row { fantasies[k] += factor.entry(row, column) * solved[column] }
            }
            factor.solveBackward(&solved)
            var low = Double.infinity
            // The mean at an observed point is its value without the part that is taken for noise.
            for i in 0..<n where i >= eligible.count || eligible[i] {
                low = min(low, (i < values.count ? values[i] : fantasies[i - values.count]) - noise * solved[i])
            }
            weights.append(solved)
            lowest.append(low)
        }
        self.weights = weights
        lowestMeans = lowest
    }

    private static let maximumAttempts = 8

    /// The mean of the process, which has a standard normal prior, and takes its part out of L⁻¹ y.
    static func centre(_ forward: inout [Double], _ factor: Cholesky, observed: Int) -> Double {
        var ones = [Double](repeating: 0, count: forward.count)
        for i in 0..<observed { ones[i] = 1 }
        factor.solveForward(rows: &ones)
        let centre = DotProducts.one(ones, forward, to: observed) / (DotProducts.one(ones, ones, to: observed) + 1)
        for i in 0..<observed { forward[i] -= centre * ones[i] }
        return centre
    }

    /// Means `[points][draws]` and variances `[points]` of the function, without noise.
    func moments(at points: [[Double]]) -> (means: [[Double]], variances: [Double]) {
        let n = count
        var rows = [Double](repeating: 0, count: points.count * n)
        var ownVariances = [Double](repeating: kernel.amplitude, count: points.count)
        rows.withUnsafeMutableBufferPointer { rows in
            columns.withUnsafeBufferPointer { columns in
                guard let rows = rows.baseAddress, let columns = columns.baseAddress else { return }
                for (index, point) in points.enumerated() {
                    kernel.warped(point).values.withUnsafeBufferPointer { x in
                        guard let x = x.baseAddress else { return }
                        kernel.row(x, pointStride: 1, columns, stride: n, count: n, kernel: rows + index * n, slope: nil)
                        kernel.addTrend(x, pointStride: 1, columns, stride: n, count: n, kernel: rows + index * n)
                        ownVariances[index] = kernel.variance(x, pointStride: 1)
                    }
                }
            }
        }
        var means: [[Double]] = []
        means.reserveCapacity(points.count)
        rows.withUnsafeBufferPointer { rows in
            guard let rows = rows.baseAddress else { return }
            for index in points.indices { means.append(weights.map { centre + DotProducts.one(rows + index * n, $0, to: n) }) }
        }
        factor.solveForward(rows: &rows)
        var variances: [Double] = []
        variances.reserveCapacity(points.count)
        rows.withUnsafeBufferPointer { rows in
            guard let rows = rows.baseAddress else { return }
            for index in points.indices {
                variances.append(bounded(ownVariances[index] - DotProducts.one(rows + index * n, rows + index * n, to: n)))
            }
        }
        return (means, variances)
    }

    /// The moments at one point, and what is needed to take their gradient.
    func moments(at point: [Double]) -> PointMoments {
        let n = count
        let (x, slopes) = kernel.warped(point)
        var row = [Double](repeating: 0, count: n)
        var rowSlopes = row
        var products: [Double] = []
        if kernel.trend > 0 { products = row }
        var ownVariance = kernel.amplitude
        columns.withUnsafeBufferPointer { columns in
            row.withUnsafeMutableBufferPointer { row in
                rowSlopes.withUnsafeMutableBufferPointer { rowSlopes in
                    x.withUnsafeBufferPointer { x in
                        guard let x = x.baseAddress, let c = columns.baseAddress, let r = row.baseAddress else { return }
                        kernel.row(x, pointStride: 1, c, stride: n, count: n, kernel: r, slope: rowSlopes.baseAddress)
                        guard kernel.trend > 0 else { return }
                        ownVariance = kernel.variance(x, pointStride: 1)
                        products.withUnsafeMutableBufferPointer { products in
                            guard let p = products.baseAddress else { return }
                            kernel.trendProducts(x, pointStride: 1, c, stride: n, count: n, products: p)
                            for j in 0..<n { r[j] += kernel.trend * MaternKernel.trendShape(p[j]) }
                        }
                    }
                }
            }
        }
        let means = weights.map { centre + DotProducts.one(row, $0, to: n) }
        factor.solveForward(rows: &row)
        let variance = bounded(ownVariance - DotProducts.one(row, row, to: n))
        factor.solveBackward(&row)
        return PointMoments(means: means, variance: variance, point: x, slopes: slopes, rowSlopes: rowSlopes, products: products, solved: row)
    }

    /// Adds the gradient by the point's features of a function whose derivatives by the means and the variance are given.
    func addGradient(_ moments: PointMoments, byMeans: [Double], byVariance: Double, to gradient: inout [Double]) {
        let n = count
        var pull = moments.solved
        for j in 0..<n { pull[j] *= -2 * byVariance }
        for (share, weights) in zip(byMeans, weights) {
            for j in 0..<n { pull[j] += share * weights[j] }
        }
        if kernel.trend > 0 { addTrendGradient(moments, pull, byVariance: byVariance, to: &gradient) }
        for j in 0..<n { pull[j] *= moments.rowSlopes[j] }
        columns.withUnsafeBufferPointer { columns in
            pull.withUnsafeBufferPointer { pull in
                for (index, feature) in kernel.layout.features.enumerated() where feature.kind == .number {
                    let x = moments.point[index]
                    var sum = 0.0
                    for j in 0..<n { sum += pull[j] * (x - columns[index * n + j]) }
                    gradient[index] += 2 * feature.weight * kernel.scales[feature.scale] * sum * moments.slopes[index]
                }
            }
        }
    }

    /// ∂q((1 + p)² − 1)/∂x = 2 q (1 + p) ∂p/∂x for the rows, and the same of the point with itself.
    private func addTrendGradient(_ moments: PointMoments, _ pull: [Double], byVariance: Double, to gradient: inout [Double]) {
        let n = count
        var weights = pull
        for j in 0..<n { weights[j] *= 4 * kernel.trend * (1 + moments.products[j]) }
        var square = 0.0
        for index in kernel.layout.trendFeatures { square += (2 * moments.point[index] - 1) * (2 * moments.point[index] - 1) }
        columns.withUnsafeBufferPointer { columns in
            for index in kernel.layout.trendFeatures {
                var sum = 8 * kernel.trend * (1 + square) * byVariance * (2 * moments.point[index] - 1)
                for j in 0..<n { sum += weights[j] * (2 * columns[index * n + j] - 1) }
                gradient[index] += sum
            }
        }
    }

    /// Rounding may leave less than nothing beside an observation.
    private func bounded(_ variance: Double) -> Double { max(variance, 1e-12 * kernel.amplitude) }
}

/// The moments of a process at one point.
struct PointMoments {
    /// One per draw.
    let means: [Double]
    let variance: Double
    /// Warped features, and the slopes of their warps.
    fileprivate let point: [Double]
    fileprivate let slopes: [Double]
    /// The derivatives of the kernel row by the squared distances.
    fileprivate let rowSlopes: [Double]
    /// Those with the points in the numbers of the trend; empty without one.
    fileprivate let products: [Double]
    /// K⁻¹ k.
    fileprivate let solved: [Double]
}
