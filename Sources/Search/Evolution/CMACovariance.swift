/// The shape of a normal distribution: a covariance matrix with its root, or a diagonal one where there are too many dimensions for that.
struct CMACovariance: Sendable {
    let dimensions: Int
    let isDiagonal: Bool
    /// `[dimensions, dimensions]`, or the diagonal.
    private var matrix: [Double]
    /// Eigenvectors, one per row; empty for a diagonal.
    private var axes: [Double] = []
    /// Roots of the eigenvalues, one per axis.
    private(set) var lengths: [Double]

    /// The unit matrix.
    init(dimensions: Int, isDiagonal: Bool) {
        self.dimensions = dimensions
        self.isDiagonal = isDiagonal
        lengths = [Double](repeating: 1, count: dimensions)
        matrix = isDiagonal ? lengths : [Double](repeating: 0, count: dimensions * dimensions)
        guard !isDiagonal else { return }
        for i in 0..<dimensions { matrix[i * dimensions + i] = 1 }
        axes = matrix
    }

    func variance(_ dimension: Int) -> Double { isDiagonal ? matrix[dimension] : matrix[dimension * dimensions + dimension] }

    /// An axis times its length.
    func axis(_ index: Int) -> [Double] {
        if isDiagonal { return (0..<dimensions).map { $0 == index ? lengths[index] : 0 } }
        return (0..<dimensions).map { axes[index * dimensions + $0] * lengths[index] }
    }

    /// A draw of the distribution from one of the standard normal.
    func shaped(_ z: [Double]) -> [Double] {
        guard !isDiagonal else { return zip(z, lengths).map { $0 * $1 } }
        var y = [Double](repeating: 0, count: dimensions)
        for k in 0..<dimensions {
            let scale = z[k] * lengths[k]
            for i in 0..<dimensions { y[i] += scale * axes[k * dimensions + i] }
        }
        return y
    }

    /// The inverse root of the matrix times a vector.
    func whitened(_ y: [Double]) -> [Double] {
        guard !isDiagonal else { return zip(y, lengths).map { $0 / $1 } }
        var z = [Double](repeating: 0, count: dimensions)
        for k in 0..<dimensions {
            var product = 0.0
            for i in 0..<dimensions { product += axes[k * dimensions + i] * y[i] }
            product /= lengths[k]
            for i in 0..<dimensions { z[i] += product * axes[k * dimensions + i] }
        }
        return z
    }

    /// The matrix times `keep` plus the weighted squares of vectors; then its root anew.
    mutating func update(keep: Double, _ weights: [Double], _ vectors: [[Double]]) {
        for i in matrix.indices { matrix[i] *= keep }
        for (weight, y) in zip(weights, vectors) {
            for i in 0..<dimensions {
                let factor = weight * y[i]
                if isDiagonal {
                    matrix[i] += factor * y[i]
                } else {
                    for j in 0..<dimensions { matrix[i * dimensions + j] += factor * y[j] }
                }
            }
        }
        var values = matrix
        if !isDiagonal {
            let eigen = SymmetricEigen(matrix, size: dimensions)
            (values, axes) = (eigen.values, eigen.vectors)
        }
        let floor = max((values.max() ?? 1) * 1e-18, 1e-300)
        lengths = values.map { max($0, floor).squareRoot() }
    }
}
