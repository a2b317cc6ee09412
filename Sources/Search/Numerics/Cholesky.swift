import Foundation

/// The lower triangular factor L of a symmetric positive definite matrix K = L Lᵀ, and what is solved with it.
///
/// Row-major, so that every step is a product of two stretches of rows. Cost of factoring: n³/6 multiplications.
struct Cholesky: Sendable {
    /// Rows and columns.
    let count: Int
    /// `[count, count]`; what lies above the diagonal has no meaning.
    private let storage: [Double]

    /// Factors a matrix of which only the lower triangle is read.
    ///
    /// - Parameter matrix: `[count, count]`, row-major.
    /// - Returns: Nil when the matrix is not positive definite to working precision.
    init?(_ matrix: [Double], count: Int) {
        precondition(matrix.count == count * count, "a matrix of \(count) rows has \(count * count) entries, not \(matrix.count)")
        var storage = matrix
        let succeeded = storage.withUnsafeMutableBufferPointer { buffer -> Bool in
            guard let base = buffer.baseAddress else { return true }
            return Self.factor(base, count)
        }
        guard succeeded else { return nil }
        self.count = count
        self.storage = storage
    }

    /// The logarithm of the determinant of K.
    var logDeterminant: Double {
        var sum = 0.0
        for row in 0..<count { sum += log(storage[row * count + row]) }
        return 2 * sum
    }

    /// The entry of L in a row and column of the lower triangle.
    func entry(_ row: Int, _ column: Int) -> Double { storage[row * count + column] }

    /// Replaces each row b by L⁻¹ b.
    ///
    /// - Parameter rows: `[any, count]`, row-major.
    func solveForward(rows: inout [Double]) {
        guard count > 0 else { return }
        let rowCount = rows.count / count
        rows.withUnsafeMutableBufferPointer { rows in
            storage.withUnsafeBufferPointer { factor in
                guard let rows = rows.baseAddress, let factor = factor.baseAddress else { return }
                Self.solveForward(rows, rowCount: rowCount, factor: factor, stride: count, from: 0, to: count)
            }
        }
    }

    /// Replaces b by L⁻ᵀ b; after ``solveForward(rows:)`` of one row this is K⁻¹ b.
    func solveBackward(_ vector: inout [Double]) {
        vector.withUnsafeMutableBufferPointer { vector in
            storage.withUnsafeBufferPointer { factor in
                guard let x = vector.baseAddress, let factor = factor.baseAddress else { return }
                for row in stride(from: count - 1, through: 0, by: -1) {
                    let line = factor + row * count
                    let value = x[row] / line[row]
                    x[row] = value
                    for column in 0..<row { x[column] -= value * line[column] }
                }
            }
        }
    }

    /// The lower triangle of K⁻¹, `[count, count]`.
    func inverse() -> [Double] {
        let n = count
        // Row r holds column r of L⁻¹, which begins at r.
        var transposed = [Double](repeating: 0, count: n * n)
        var inverse = [Double](repeating: 0, count: n * n)
        transposed.withUnsafeMutableBufferPointer { transposed in
            inverse.withUnsafeMutableBufferPointer { inverse in
                storage.withUnsafeBufferPointer { factor in
                    guard let t = transposed.baseAddress, let out = inverse.baseAddress, let factor = factor.baseAddress else { return }
                    for row in 0..<n { t[row * n + row] = 1 }
                    for row in stride(from: 0, to: n, by: 4) {
                        Self.solveForward(t + row * n, rowCount: min(4, n - row), factor: factor, stride: n, from: row, to: n)
                    }
                    for row in stride(from: 0, to: n, by: 4) {
                        let rows = min(4, n - row)
                        var column = 0
                        while column < row + rows {
                            if rows == 4, column + 2 <= row {
                                let sums = DotProducts.fourByTwo(
                                    t + row * n, stride: n, t + column * n, t + (column + 1) * n, from: row, to: n)
                                for k in 0..<4 {
                                    out[(row + k) * n + column] = sums.withB[k]
                                    out[(row + k) * n + column + 1] = sums.withC[k]
                                }
                                column += 2
                            } else {
                                for k in row..<row + rows where column <= k {
                                    out[k * n + column] = DotProducts.one(t + k * n, t + column * n, from: k, to: n)
                                }
                                column += 1
                            }
                        }
                    }
                }
            }
        }
        return inverse
    }

    private static func factor(_ a: UnsafeMutablePointer<Double>, _ n: Int) -> Bool {
        for row in stride(from: 0, to: n, by: 4) {
            let rows = min(4, n - row)
            solveForward(a + row * n, rowCount: rows, factor: a, stride: n, from: 0, to: row)
            for i in row..<row + rows {
                for j in row...i {
                    let rest = a[i * n + j] - DotProducts.one(a + i * n, a + j * n, to: j)
                    if i == j {
                        guard rest > 0, rest.isFinite else { return false }
                        a[i * n + i] = rest.squareRoot()
                    } else {
                        a[i * n + j] = rest / a[j * n + j]
                    }
                }
            }
        }
        return true
    }

    /// Forward substitution of rows in place. What lies before `start` in the rows is known to be zero, or `start` is 0.
    private static func solveForward(
        _ rows: UnsafeMutablePointer<Double>, rowCount: Int, factor: UnsafePointer<Double>, stride: Int, from start: Int, to end: Int
    ) {
        for group in Swift.stride(from: 0, to: rowCount, by: 4) {
            let x = rows + group * stride
            var column = start
            if rowCount - group >= 4 {
                while column + 2 <= end {
                    let (upper, lower) = (factor + column * stride, factor + (column + 1) * stride)
                    let sums = DotProducts.fourByTwo(x, stride: stride, upper, lower, from: start, to: column)
                    for k in 0..<4 {
                        let row = x + k * stride
                        row[column] = (row[column] - sums.withB[k]) / upper[column]
                        row[column + 1] = (row[column + 1] - sums.withC[k] - row[column] * lower[column]) / lower[column + 1]
                    }
                    column += 2
                }
            }
            for k in 0..<min(4, rowCount - group) {
                let row = x + k * stride
                for column in column..<max(column, end) {
                    let line = factor + column * stride
                    row[column] = (row[column] - DotProducts.one(row, line, from: start, to: column)) / line[column]
                }
            }
        }
    }
}
