/// A data set in numbers, for people and for `--json`.
public struct DatasetSummary: Codable, Sendable, Hashable {
    public struct ColumnSummary: Codable, Sendable, Hashable {
        public var name: String
        public var kind: ColumnKind
        public var missing: Int
        /// Levels of a column of names.
        public var levels: Int?
        /// Infinite values of a column of numbers.
        public var infinities: Int?
        /// Over the finite values of a column of numbers; dates in seconds since 1970-01-01 UTC.
        public var minimum: Double?
        public var maximum: Double?
        public var mean: Double?
    }

    public struct ClassCount: Codable, Sendable, Hashable {
        public var name: String
        public var rows: Int
    }

    public var name: String
    public var rows: Int
    /// Columns of a table in the order of the file, without the target; nil for images.
    public var columns: [ColumnSummary]?
    public var images: ImageShape?
    public var missingCells: Int
    public var infinities: Int
    public var targetName: String?
    /// Classes in the order of their indices; nil for values.
    public var classes: [ClassCount]?
    /// Of a target of values.
    public var targetSummary: ColumnSummary?
    public var fingerprint: String
    /// Sentences on what may make learning fail or mislead.
    public var warnings: [String]

    /// Number of columns of each kind.
    public var columnsByKind: [ColumnKind: Int] { Dictionary(grouping: columns ?? [], by: \.kind).mapValues(\.count) }
}

extension Dataset {
    /// More levels than this and most of them are seen too seldom to learn anything.
    static let manyLevels = 1000

    /// The data set in numbers. Goes over all values once or twice.
    public func describe() -> DatasetSummary {
        var warnings: [String] = []
        var columns: [DatasetSummary.ColumnSummary]?
        var shape: ImageShape?
        switch features {
        case .table(let table):
            columns = table.columns.map { DatasetSummary.ColumnSummary($0) }
            for column in table.columns { warnings += Self.warnings(column, rowCount: rowCount) }
        case .images(let images): shape = images.shape
        }
        var classes: [DatasetSummary.ClassCount]?
        var targetSummary: DatasetSummary.ColumnSummary?
        switch target {
        case .classes(let codes, let names):
            let counts = Self.counts(codes, names.count)
            classes = zip(names, counts).map { DatasetSummary.ClassCount(name: $0, rows: $1) }
            warnings += Self.warnings(classes: names, counts)
        case .values(let values):
            targetSummary = DatasetSummary.ColumnSummary(Column(name: targetName ?? "target", kind: .number, values: .numbers(values)))
        case nil: break
        }
        return DatasetSummary(
            name: name, rows: rowCount, columns: columns, images: shape, missingCells: columns?.reduce(0) { $0 + $1.missing } ?? 0,
            infinities: columns?.reduce(0) { $0 + ($1.infinities ?? 0) } ?? 0, targetName: targetName, classes: classes,
            targetSummary: targetSummary, fingerprint: fingerprint, warnings: warnings
        )
    }

    static func counts(_ codes: [Int32], _ count: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        return counts
    }

    private static func warnings(_ column: Column, rowCount: Int) -> [String] {
        var warnings: [String] = []
        let present = rowCount - column.missingCount
        switch column.values {
        case .numbers(let values):
            let infinities = column.infinityCount
            if infinities > 0 { warnings.append("column '\(column.name)' has \(infinities) infinite values; they are learned as missing") }
            if let first = values.first(where: { !$0.isNaN }), values.allSatisfy({ $0.isNaN || $0 == first }) {
                warnings.append("column '\(column.name)' has one value only and tells nothing")
            } else if rowCount > 20, let first = values.first, values.indices.allSatisfy({ values[$0] == first + Double($0) }) {
                warnings.append("column '\(column.name)' counts the rows; consider leaving it out")
            }
        case .codes(_, let levels):
            if column.kind == .text {
                warnings.append("column '\(column.name)' is free text, which no learner reads")
            } else if levels.count == present && present > 20 {
                warnings.append("column '\(column.name)' has another value in every row, as an identifier has; consider leaving it out")
            } else if levels.count > manyLevels {
                warnings.append("column '\(column.name)' has \(levels.count) categories; most of them are too rare to learn from")
            } else if levels.count == 1 {
                warnings.append("column '\(column.name)' has one value only and tells nothing")
            }
        }
        if present * 2 < rowCount { warnings.append("column '\(column.name)' is missing in \(rowCount - present) of \(rowCount) rows") }
        return warnings
    }

    private static func warnings(classes names: [String], _ counts: [Int]) -> [String] {
        let single = names.indices.filter { counts[$0] == 1 }.map { names[$0] }
        var warnings: [String] = []
        if !single.isEmpty { warnings.append("\(single.count) classes have one row only: \(DatasetError.list(single, limit: 5))") }
        let total = counts.reduce(0, +)
        if names.count > 20 && names.count * 5 > total {
            warnings.append("the target has \(names.count) classes in \(total) rows; is it an identifier or a number?")
        }
        return warnings
    }
}

extension DatasetSummary.ColumnSummary {
    init(_ column: Column) {
        self.init(name: column.name, kind: column.kind, missing: column.missingCount)
        switch column.values {
        case .codes(_, let names): levels = names.count
        case .numbers(let values):
            infinities = column.infinityCount
            var low = Double.infinity
            var high = -Double.infinity
            var sum = 0.0
            var count = 0
            for value in values where value.isFinite {
                low = min(low, value)
                high = max(high, value)
                // A running mean cannot overflow as a sum of huge values can.
                count += 1
                sum += (value - sum) / Double(count)
            }
            if count > 0 { (minimum, maximum, mean) = (low, high, sum) }
        }
    }
}
