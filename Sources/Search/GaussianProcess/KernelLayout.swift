import Foundation

/// What the coordinates of a modelled point mean to the kernel.
struct KernelLayout: Sendable {
    enum Kind: Sendable {
        /// Compared by squared difference.
        case number
        /// Compared as equal or not.
        case level
    }

    struct Feature: Sendable {
        var kind: Kind
        /// Features of one parameter share a length-scale.
        var scale: Int
        /// What a difference of 1 counts.
        var weight = 1.0
        /// The place of the feature's warp, where it has one.
        var warp: Int?
    }

    var features: [Feature]
    var scaleCount: Int
    var warpCount = 0
    /// The features that a quadratic trend is made of; none: there is no trend.
    var trendFeatures: [Int] = []

    /// Columns of a set of points: `[features, count]`, so that the loops over points run along memory.
    func columns(_ points: [[Double]]) -> [Double] {
        var columns = [Double](repeating: 0, count: features.count * points.count)
        for (index, point) in points.enumerated() {
            for feature in features.indices { columns[feature * points.count + index] = point[feature] }
        }
        return columns
    }
}

/// The kernel s · M(√Σ λᵢ δᵢ) with M(r) = (1 + √5 r + 5 r²/3) e^(−√5 r), Matérn 5/2 with a length-scale per parameter; δ is the squared
/// difference of numbers and 0 or 1 for levels. Where the layout has a trend, q · ((1 + z·z′)² − 1) is added, z being the trend's numbers
/// moved to [−1, 1]: the covariance of linear and quadratic polynomials with independent coefficients. Along a trend the process
/// extrapolates, and it knows directions that are not those of the parameters.
struct MaternKernel: Sendable {
    let layout: KernelLayout
    /// Per scale: λ, the inverse square of the length-scale.
    var scales: [Double]
    /// The variance of the function.
    var amplitude: Double
    /// The variance of an observation.
    var noise: Double
    /// Per warp: the exponents a and b of Kumaraswamy's distribution function 1 − (1 − xᵃ)ᵇ.
    var warps: [(a: Double, b: Double)]
    /// q, the variance of the coefficients of the trend; 0 where there is none.
    var trend = 0.0

    init(layout: KernelLayout) {
        self.layout = layout
        scales = [Double](repeating: 1, count: layout.scaleCount)
        amplitude = 1
        noise = 1e-3
        warps = [(a: Double, b: Double)](repeating: (1, 1), count: layout.warpCount)
    }

    /// The logarithms of all parameters in one vector: scales, amplitude, noise, warps, trend.
    init(layout: KernelLayout, logParameters: [Double]) {
        self.layout = layout
        let count = layout.scaleCount
        scales = logParameters[0..<count].map { exp($0) }
        amplitude = exp(logParameters[count])
        noise = exp(logParameters[count + 1])
        warps = (0..<layout.warpCount).map { (exp(logParameters[count + 2 + 2 * $0]), exp(logParameters[count + 3 + 2 * $0])) }
        if !layout.trendFeatures.isEmpty { trend = exp(logParameters[count + 2 + 2 * layout.warpCount]) }
    }

    static func parameterCount(_ layout: KernelLayout) -> Int {
        layout.scaleCount + 2 + 2 * layout.warpCount + (layout.trendFeatures.isEmpty ? 0 : 1)
    }

    /// The columns with their warps applied.
    func warped(_ columns: [Double], count: Int) -> [Double] {
        guard layout.warpCount > 0 else { return columns }
        var columns = columns
        for (index, feature) in layout.features.enumerated() {
            guard let warp = feature.warp else { continue }
            for k in index * count..<(index + 1) * count { columns[k] = Self.warp(columns[k], warps[warp]) }
        }
        return columns
    }

    /// The features of one point with their warps applied, and the slope of each.
    func warped(_ point: [Double]) -> (values: [Double], slopes: [Double]) {
        var slopes = [Double](repeating: 1, count: point.count)
        guard layout.warpCount > 0 else { return (point, slopes) }
        var values = point
        for (index, feature) in layout.features.enumerated() {
            guard let warp = feature.warp else { continue }
            let x = Self.inside(point[index])
            let (a, b) = warps[warp]
            values[index] = Self.warp(x, (a, b))
            slopes[index] = a * b * pow(x, a - 1) * pow(1 - pow(x, a), b - 1)
        }
        return (values, slopes)
    }

    static func warp(_ x: Double, _ exponents: (a: Double, b: Double)) -> Double { 1 - pow(1 - pow(inside(x), exponents.a), exponents.b) }

    /// Off the ends of the unit interval, where slopes would be infinite.
    static func inside(_ x: Double) -> Double { min(max(x, 1e-6), 1 - 1e-6) }

    /// The Matérn part of the kernel between one warped point and the first `count` warped points of columns, and its derivative by the
    /// squared distance.
    func row(
        _ point: UnsafePointer<Double>, pointStride: Int, _ columns: UnsafePointer<Double>, stride: Int, count: Int,
        kernel: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>?
    ) {
        for j in 0..<count { kernel[j] = 0 }
        for (index, feature) in layout.features.enumerated() {
            let x = point[index * pointStride]
            let weight = feature.weight * scales[feature.scale]
            let column = columns + index * stride
            if feature.kind == .number {
                for j in 0..<count {
                    let difference = column[j] - x
                    kernel[j] += weight * difference * difference
                }
            } else {
                for j in 0..<count where column[j] != x { kernel[j] += weight }
            }
        }
        Self.matern(kernel, slope, count, amplitude)
    }

    /// z·z′ between one warped point and the first `count` warped points of columns.
    func trendProducts(
        _ point: UnsafePointer<Double>, pointStride: Int, _ columns: UnsafePointer<Double>, stride: Int, count: Int,
        products: UnsafeMutablePointer<Double>
    ) {
        for j in 0..<count { products[j] = 0 }
        for index in layout.trendFeatures {
            let z = 2 * point[index * pointStride] - 1
            let column = columns + index * stride
            for j in 0..<count { products[j] += z * (2 * column[j] - 1) }
        }
    }

    /// (1 + p)² − 1
    @inline(__always)
    static func trendShape(_ product: Double) -> Double { product * (product + 2) }

    /// The variance of the function at a warped point.
    func variance(_ point: UnsafePointer<Double>, pointStride: Int) -> Double {
        guard trend > 0 else { return amplitude }
        var square = 0.0
        for index in layout.trendFeatures {
            let z = 2 * point[index * pointStride] - 1
            square += z * z
        }
        return amplitude + trend * Self.trendShape(square)
    }

    /// Adds the covariance of the trend to a row.
    func addTrend(
        _ point: UnsafePointer<Double>, pointStride: Int, _ columns: UnsafePointer<Double>, stride: Int, count: Int,
        kernel: UnsafeMutablePointer<Double>
    ) {
        guard trend > 0, count > 0 else { return }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { buffer in
            guard let products = buffer.baseAddress else { return }
            trendProducts(point, pointStride: pointStride, columns, stride: stride, count: count, products: products)
            for j in 0..<count { kernel[j] += trend * Self.trendShape(products[j]) }
        }
    }

    /// Turns squared distances into kernel values and slopes.
    private static func matern(_ kernel: UnsafeMutablePointer<Double>, _ slope: UnsafeMutablePointer<Double>?, _ count: Int, _ amplitude: Double) {
        let slopeFactor = -5.0 / 6 * amplitude
        if let slope {
            for j in 0..<count {
                let t = (5 * kernel[j]).squareRoot()
                let decay = exp(-t)
                slope[j] = slopeFactor * (1 + t) * decay
                kernel[j] = amplitude * (1 + t + t * t / 3) * decay
            }
        } else {
            for j in 0..<count {
                let t = (5 * kernel[j]).squareRoot()
                kernel[j] = amplitude * (1 + t + t * t / 3) * exp(-t)
            }
        }
    }
}
