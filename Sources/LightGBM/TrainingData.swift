import CLightGBM

/// A table in LightGBM's own form: numbers sorted into bins, with target values. Made once, used by any number of boosters.
///
/// The numbers are copied, so the table that it was made of may go. Owned by a native handle that is released with the last reference;
/// a ``Booster`` keeps the data it trains on.
public final class TrainingData: @unchecked Sendable {
    public let rowCount: Int
    public let columnCount: Int
    let functions: Functions
    let native: DatasetHandle

    /// Sorts a table into bins.
    /// - Parameters:
    ///   - matrix: features `[rows, columns]`.
    ///   - labels: target values, `[rows]`: numbers, or classes counted from 0.
    ///   - weights: how much each row counts, `[rows]`.
    ///   - initialScores: scores to start from, `[rows, classes]` in row-major order, as ``Booster/predict(_:_:iterations:threads:)``
    ///     of kind `.raw` returns them.
    ///   - featureNames: one for each column; LightGBM's own (`Column_0` …) when nil.
    ///   - categorical: columns whose numbers are categories: whole numbers from 0 on, NaN or negative where unknown.
    ///   - reference: data whose bins are to be used, the training data of a validation set.
    ///   - parameters: those of LightGBM for data (`max_bin`, `min_data_in_bin`, `num_threads` …). Give a booster the same ones.
    /// - Throws: ``LightGBMError``: sizes that do not fit, or LightGBM's reason; `NativeLibraryError` where the library is missing.
    public init(
        _ matrix: MatrixView, labels: [Float], weights: [Float]? = nil, initialScores: [Double]? = nil, featureNames: [String]? = nil,
        categorical: [Int] = [], reference: TrainingData? = nil, parameters: Parameters = [:]
    ) throws {
        functions = try Functions.shared()
        rowCount = matrix.rowCount
        columnCount = matrix.columnCount
        guard let address = matrix.address, matrix.rowCount > 0 else {
            throw LightGBMError(.invalidArgument, "training data needs at least one row")
        }
        guard categorical.allSatisfy({ (0..<matrix.columnCount).contains($0) }) else {
            throw LightGBMError(.invalidArgument, "categorical columns \(categorical) are not all within 0..<\(matrix.columnCount)")
        }
        var parameters = parameters
        if !categorical.isEmpty { parameters["categorical_feature"] = categorical.map(String.init).joined(separator: ",") }
        let line = try parameters.line()
        var created: DatasetHandle?
        let functions = functions
        try functions.call("sorting \(matrix.rowCount) rows into bins") {
            functions.datasetCreateFromMat(
                address, matrix.type, Int32(matrix.rowCount), Int32(matrix.columnCount), matrix.isRowMajor ? 1 : 0, line,
                reference?.native, &created)
        }
        guard let created else { throw LightGBMError(.failed, "LightGBM returned no data set and no reason") }
        native = created
        // From here on `deinit` releases the handle, also when an error is thrown.
        try setField("label", labels, LGBM_FLOAT32, expected: rowCount)
        if let weights { try setField("weight", weights, LGBM_FLOAT32, expected: rowCount) }
        if let initialScores { try setInitialScores(initialScores) }
        if let featureNames { try setFeatureNames(featureNames) }
    }

    deinit { _ = functions.datasetFree(native) }

    private func setField<Element>(_ name: String, _ values: [Element], _ type: some BinaryInteger, expected: Int) throws {
        guard values.count == expected else {
            throw LightGBMError(
                .invalidArgument, "\(values.count) values were given as '\(name)' of \(rowCount) rows; \(expected) are needed")
        }
        try values.withUnsafeBytes { bytes in
            try functions.call("setting '\(name)'") {
                functions.datasetSetField(native, name, bytes.baseAddress, Int32(clamping: values.count), Int32(type))
            }
        }
    }

    /// LightGBM keeps scores class by class; the other functions here row by row.
    private func setInitialScores(_ scores: [Double]) throws {
        let classes = scores.count / rowCount
        guard classes > 0, classes * rowCount == scores.count, scores.count <= Int32.max else {
            throw LightGBMError(.invalidArgument, "\(scores.count) initial scores do not belong to \(rowCount) rows")
        }
        if classes == 1 { return try setField("init_score", scores, LGBM_FLOAT64, expected: rowCount) }
        var byClass = [Double](repeating: 0, count: scores.count)
        for row in 0..<rowCount {
            for index in 0..<classes { byClass[index * rowCount + row] = scores[row * classes + index] }
        }
        try setField("init_score", byClass, LGBM_FLOAT64, expected: scores.count)
    }

    private func setFeatureNames(_ names: [String]) throws {
        guard names.count == columnCount else {
            throw LightGBMError(.invalidArgument, "\(names.count) names were given for \(columnCount) columns")
        }
        try withCStrings(names) { pointers in
            try functions.call("naming the features") { functions.datasetSetFeatureNames(native, &pointers, Int32(names.count)) }
        }
    }
}

/// Calls `body` with the texts as C strings.
private func withCStrings(_ texts: [String], _ body: (inout [UnsafePointer<CChar>?]) throws -> Void) rethrows {
    var storage: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(storage.count)
        storage.append(contentsOf: text.utf8CString)
    }
    try storage.withUnsafeBufferPointer { buffer in
        var pointers = starts.map { buffer.baseAddress?.advanced(by: $0) }
        try body(&pointers)
    }
}
