import CLightGBM

extension Booster {
    /// What a prediction is.
    public enum PredictionKind: Sendable, Hashable {
        /// Probabilities, or values: raw scores through the objective's own function.
        case normal
        /// Sums of the trees' leaves.
        case raw
    }

    /// Predictions for every row of a table.
    /// - Parameters:
    ///   - iterations: how many of the first iterations to use; all when nil.
    ///   - threads: for this call; see ``LightGBM`` on values that differ.
    /// - Returns: `[rows, classes]` in row-major order, one column for two classes and for numbers.
    /// - Throws: ``LightGBMError``: another number of columns than the model has, or LightGBM's text.
    public func predict(
        _ matrix: MatrixView, _ kind: PredictionKind = .normal, iterations: Int? = nil, threads: Int = 1
    ) throws -> [Double] {
        let columns = try featureCount
        guard matrix.columnCount == columns else {
            throw LightGBMError(.invalidArgument, "the table has \(matrix.columnCount) columns, the model has \(columns) features")
        }
        let total = try classCount * matrix.rowCount
        guard let address = matrix.address, total > 0 else { return [] }
        var values = [Double](repeating: 0, count: total)
        var count: Int64 = 0
        try functions.call("predicting") {
            functions.boosterPredictForMat(
                native, address, matrix.type, Int32(matrix.rowCount), Int32(matrix.columnCount), matrix.isRowMajor ? 1 : 0,
                Int32(kind == .raw ? LGBM_PREDICT_RAW : LGBM_PREDICT_NORMAL), 0, Int32(clamping: iterations ?? -1),
                "num_threads=\(max(1, threads)) verbosity=-1", &count, &values)
        }
        guard count == Int64(total) else {
            throw LightGBMError(.failed, "LightGBM wrote \(count) predictions where \(total) were expected")
        }
        return values
    }

    /// Total gain of the splits on each feature, `[features]`.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    public func featureGains() throws -> [Double] {
        var values = [Double](repeating: 0, count: try featureCount)
        try functions.call("summing gains") { functions.boosterFeatureImportance(native, -1, 1, &values) }
        return values
    }

    /// The model as LightGBM's own text, which keeps every number exactly.
    /// - Parameter iterations: how many of the first iterations to write; all when nil.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    public func modelText(iterations: Int? = nil) throws -> String {
        try text("writing the model", functions.boosterSaveModelToString, iterations)
    }

    /// The model as JSON. For people and other programs; ``TreeModel`` reads the text, which is exact and shorter.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    public func modelJSON(iterations: Int? = nil) throws -> String {
        try text("writing the model", functions.boosterDumpModel, iterations)
    }

    /// The trees as values.
    /// - Throws: ``LightGBMError`` with LightGBM's text, or code `.invalidModel` for a form of text that is not known here.
    public func treeModel(iterations: Int? = nil) throws -> TreeModel { try TreeModel(modelText: modelText(iterations: iterations)) }

    private func text(_ action: String, _ function: BoosterSaveModelToStringFunction, _ iterations: Int?) throws -> String {
        var capacity: Int64 = 1 << 20
        while true {
            var needed: Int64 = 0
            var buffer = [UInt8](repeating: 0, count: Int(capacity))
            try functions.call(action) {
                buffer.withUnsafeMutableBytes { bytes in
                    let target = bytes.bindMemory(to: CChar.self).baseAddress
                    return function(native, 0, Int32(clamping: iterations ?? -1), 0, capacity, &needed, target)
                }
            }
            // The size counts the closing zero byte.
            if needed <= capacity { return String(decoding: buffer[..<max(0, Int(needed) - 1)], as: UTF8.self) }
            capacity = needed
        }
    }
}
