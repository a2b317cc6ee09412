/// Decides what is to be predicted, from the values of the target column.
///
/// Without ``ReadOptions/task``: names and booleans are classes. Numbers are values to predict, except when they look like coded classes:
/// two distinct values; or the integers 0…k−1 or 1…k without a gap, k at most 20, and five rows of each on average. (Counts and ratings
/// can look
/// the same; then say `task: .regression`. An ARFF file that declares its target numeric means values.)
enum TargetRule {
    static let maximumCodedClasses = 20
    static let rowsPerCodedClass = 5

    /// `[rows]` target of a table, and notes.
    /// - Throws: ``DatasetError`` with code `.badTarget` or `.badCell`.
    static func target(_ cells: CellColumn, options: ReadOptions) throws -> (target: Dataset.Target, notes: [String]) {
        let name = cells.table.names[cells.index]
        let asked: ColumnKind? =
            switch options.task {
            case .classification: options.kinds[name] == .boolean ? .boolean : .category
            case .regression: .number
            case nil: options.kinds[name]
            }
        var inference = try ColumnInference(cells, kind: asked)
        if inference.isEmpty { throw error(cells, "every cell of the target is missing; there is nothing to learn from") }
        var notes: [String] = []
        if asked == nil, cells.table.declaredKinds[name] != .number, case .numbers(let values) = inference.column.values,
            inference.column.kind == .number, areCodes(values)
        {
            inference = try ColumnInference(cells, kind: .category)
            notes.append("the numbers of the target '\(name)' are taken as classes; say that the task is regression if they are amounts")
        }
        switch (inference.column.kind, inference.column.values) {
        case (.number, .numbers(let values)): return (.values(values.map { $0.isFinite ? $0 : .nan }), notes)
        case (.category, .codes(let codes, let levels)), (.boolean, .codes(let codes, let levels)):
            let target = occurring(codes, levels)
            guard target.names.count > 1 else {
                throw error(cells, "the target has one class only (\(DatasetError.list(target.names))); two or more are needed")
            }
            return (.classes(target.codes, names: target.names), notes)
        case (let kind, _):
            throw error(cells, "the target is read as \(kind.rawValue); a category, a boolean or a number can be predicted")
        }
    }

    static func areCodes(_ values: [Double]) -> Bool {
        var distinct: Set<Double> = []
        var present = 0
        for value in values where value.isFinite {
            present += 1
            distinct.insert(value)
            if distinct.count > maximumCodedClasses { return false }
        }
        guard let low = distinct.min(), let high = distinct.max(), distinct.count >= 2, present > distinct.count else { return false }
        if distinct.count == 2 { return true }
        return distinct.allSatisfy { $0 == $0.rounded() } && (low == 0 || low == 1) && Int(high - low) == distinct.count - 1
            && present >= rowsPerCodedClass * distinct.count
    }

    /// Leaves out names that no row has (ARFF files declare names that may not occur).
    private static func occurring(_ codes: [Int32], _ names: [String]) -> (codes: [Int32], names: [String]) {
        var occurs = [Bool](repeating: false, count: names.count)
        for code in codes where code >= 0 { occurs[Int(code)] = true }
        var map: [Int32] = []
        var kept: [String] = []
        for (index, name) in names.enumerated() {
            map.append(occurs[index] ? Int32(kept.count) : -1)
            if occurs[index] { kept.append(name) }
        }
        return (Levels.remap(codes, map), kept)
    }

    private static func error(_ cells: CellColumn, _ message: String) -> DatasetError {
        DatasetError(.badTarget, message, file: cells.table.file, column: cells.table.place(cells.index))
    }
}
