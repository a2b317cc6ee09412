/// Parameters in LightGBM's own names and spellings: `["objective": "binary", "num_leaves": "31"]`.
public typealias Parameters = [String: String]

extension Parameters {
    /// The one-line form that the library takes. Silent by default (`verbosity=-1`): messages for information cost time.
    /// - Throws: ``LightGBMError`` with code `.invalidArgument` for a name or value with white space or an equals sign, which would be
    ///   read as something else.
    func line() throws -> String {
        var words: [String] = []
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, !(name + value).contains(where: { $0.isWhitespace || $0 == "=" || $0 == "\0" }) else {
                throw LightGBMError(.invalidArgument, "the parameter '\(name)' = '\(value)' may not have white space, '=' or a zero byte")
            }
            words.append("\(name)=\(value)")
        }
        if self["verbosity"] == nil, self["verbose"] == nil { words.append("verbosity=-1") }
        return words.joined(separator: " ")
    }
}

/// A table of numbers in memory of the caller: what LightGBM trains on and predicts for. NaN is a missing value.
///
/// Use Float32: a served model gets Float32, so that a Double table trains on numbers that serving never sees.
public struct MatrixView {
    /// `LGBM_FLOAT32` or `LGBM_FLOAT64`.
    let type: Int32
    let address: UnsafeRawPointer?
    public let rowCount: Int
    public let columnCount: Int
    /// Whether rows lie behind one another; else columns do.
    public let isRowMajor: Bool

    /// A table of Float32, `rowCount` times `columnCount` of them.
    /// - Throws: ``LightGBMError`` with code `.invalidArgument` when the sizes do not fit.
    public init(_ values: UnsafeBufferPointer<Float>, rowCount: Int, columnCount: Int, isRowMajor: Bool = true) throws {
        try MatrixView.check(values.count, rowCount, columnCount)
        self.init(type: 0, UnsafeRawPointer(values.baseAddress), rowCount, columnCount, isRowMajor)
    }

    /// A table of Float64, `rowCount` times `columnCount` of them.
    /// - Throws: ``LightGBMError`` with code `.invalidArgument` when the sizes do not fit.
    public init(_ values: UnsafeBufferPointer<Double>, rowCount: Int, columnCount: Int, isRowMajor: Bool = true) throws {
        try MatrixView.check(values.count, rowCount, columnCount)
        self.init(type: 1, UnsafeRawPointer(values.baseAddress), rowCount, columnCount, isRowMajor)
    }

    private init(type: Int32, _ address: UnsafeRawPointer?, _ rowCount: Int, _ columnCount: Int, _ isRowMajor: Bool) {
        self.type = type
        self.address = address
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.isRowMajor = isRowMajor
    }

    private static func check(_ count: Int, _ rowCount: Int, _ columnCount: Int) throws {
        // The library counts in 32 bits.
        guard rowCount >= 0, columnCount > 0, rowCount <= Int32.max, columnCount <= Int32.max, rowCount * columnCount == count else {
            throw LightGBMError(.invalidArgument, "a table of \(rowCount) rows and \(columnCount) columns does not have \(count) numbers")
        }
    }
}
