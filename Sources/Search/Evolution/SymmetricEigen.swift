/// Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations: short, and exact for small eigenvalues beside large ones.
///
/// Source: Golub and Van Loan, Matrix Computations, section 8.5. Cost: about 7 · size³ rotations' worth of products for the sizes of search
/// spaces.
struct SymmetricEigen: Sendable {
    private(set) var values: [Double]
    /// One per row.
    private(set) var vectors: [Double]

    /// - Parameter matrix: `[size, size]`.
    init(_ matrix: [Double], size: Int) {
        var a = matrix
        var v = [Double](repeating: 0, count: size * size)
        for i in 0..<size { v[i * size + i] = 1 }
        a.withUnsafeMutableBufferPointer { a in
            v.withUnsafeMutableBufferPointer { v in
                for _ in 0..<Self.sweepLimit {
                    var rotated = false
                    for p in 0..<max(size - 1, 0) {
                        for q in (p + 1)..<size { rotated = Self.rotate(a, v, p, q, size) || rotated }
                    }
                    if !rotated { return }
                }
            }
        }
        values = (0..<size).map { a[$0 * size + $0] }
        vectors = v
    }

    private static var sweepLimit: Int { 40 }

    /// Makes one pair of elements zero, if it is not yet as good as zero.
    private static func rotate(
        _ a: UnsafeMutableBufferPointer<Double>, _ v: UnsafeMutableBufferPointer<Double>, _ p: Int, _ q: Int, _ size: Int
    ) -> Bool {
        let (rowP, rowQ) = (p * size, q * size)
        let off = a[rowP + q]
        let (app, aqq) = (a[rowP + p], a[rowQ + q])
        guard off * off > 1e-32 * abs(app * aqq), abs(off) > 1e-300 else { return false }
        let theta = (aqq - app) / (2 * off)
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<size {
            let (x, y) = (a[rowP + k], a[rowQ + k])
            a[rowP + k] = c * x - s * y
            a[rowQ + k] = s * x + c * y
            let (left, right) = (v[rowP + k], v[rowQ + k])
            v[rowP + k] = c * left - s * right
            v[rowQ + k] = s * left + c * right
        }
        for k in 0..<size {
            a[k * size + p] = a[rowP + k]
            a[k * size + q] = a[rowQ + k]
        }
        a[rowP + p] = app - t * off
        a[rowQ + q] = aqq + t * off
        a[rowP + q] = 0
        a[rowQ + p] = 0
        return true
    }
}
