public import Datasets

/// How a run divides its rows to judge models, and which columns say so.
public struct ResamplingPlan: Codable, Sendable, Hashable {
    public var resampling: Resampling
    /// Column of groups whose rows stay together. It is not learned from.
    public var groupColumn: String?
    /// Column that orders the rows in time; the order of the file where nil. It is learned from like any other.
    public var timeColumn: String?

    public init(_ resampling: Resampling, groupColumn: String? = nil, timeColumn: String? = nil) {
        self.resampling = resampling
        self.groupColumn = groupColumn
        self.timeColumn = timeColumn
    }

    /// What is done where nothing else is asked for: by groups or in time where a column says so, else as the review advises for the rows.
    static func standard(for data: Dataset, groupColumn: String?, timeColumn: String?) -> ResamplingPlan {
        let rows = data.rowCount
        if groupColumn != nil { return ResamplingPlan(.grouped(folds: 5), groupColumn: groupColumn, timeColumn: timeColumn) }
        if timeColumn != nil { return ResamplingPlan(.timeOrdered(folds: 4), timeColumn: timeColumn) }
        // Images train for minutes: one part is held out, however few there are.
        if case .images = data.features { return ResamplingPlan(.advisedHoldout(rowCount: rows)) }
        return ResamplingPlan(.advised(rowCount: rows))
    }

    /// - Throws: ``TuttiError`` `.usage` where a column and the resampling do not go together.
    func check() throws {
        switch (resampling, groupColumn, timeColumn) {
        case (.grouped, nil, _): throw TuttiError(.usage, "the resampling \(resampling) needs the column of the groups: name it with --groups")
        case (.grouped, _?, _), (.timeOrdered, nil, _), (_, nil, nil): break
        case (_, _?, _): throw TuttiError(.usage, "--groups goes with the resampling grouped:FOLDS, not with \(resampling)")
        case (_, nil, _?): throw TuttiError(.usage, "--order goes with the resampling time:PARTS, not with \(resampling)")
        }
    }

    /// The data without the column of the groups, and what the columns say: a number for the group of each row, a time for each.
    /// - Throws: ``TuttiError`` `.usage` where there is no such column.
    func applied(to data: Dataset) throws -> (data: Dataset, groups: [Int]?, times: [Double]?) {
        var data = data
        let times = try timeColumn.map { name in
            guard case .numbers(let values) = try column(name, of: data, option: "--order").values else {
                throw TuttiError(.usage, "the column '\(name)' of --order holds names; give one of numbers or dates")
            }
            return values
        }
        guard let groupColumn else { return (data, nil, times) }
        let groups = Self.groups(try column(groupColumn, of: data, option: "--groups"))
        if case .table(let table) = data.features { data.features = .table(table.removing(column: groupColumn)) }
        return (data, groups, times)
    }

    private func column(_ name: String, of data: Dataset, option: String) throws -> Column {
        guard case .table(let table) = data.features else { throw TuttiError(.usage, "\(option) names a column, but '\(data.name)' are images") }
        guard let column = table[name] else {
            throw TuttiError(
                .usage,
                "there is no column '\(name)' for \(option); '\(data.name)' has \(table.columns.prefix(20).map { "'\($0.name)'" }.joined(separator: ", "))")
        }
        return column
    }

    /// Rows without a group are groups of their own.
    private static func groups(_ column: Column) -> [Int] {
        var known: [Double: Int] = [:]
        var count = 0
        func next() -> Int {
            count += 1
            return count - 1
        }
        func group(of value: Double?) -> Int {
            guard let value else { return next() }
            if let group = known[value] { return group }
            let group = next()
            known[value] = group
            return group
        }
        return switch column.values {
        case .numbers(let values): values.map { group(of: $0.isNaN ? nil : $0) }
        case .codes(let codes, _): codes.map { group(of: $0 < 0 ? nil : Double($0)) }
        }
    }
}
