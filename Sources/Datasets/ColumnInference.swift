/// Finds out what the values of a column are.
///
/// The rules, in this order; missing cells are passed over:
/// 1. every cell is a number → ``ColumnKind/number`` (also integers with few values: whether they are codes, only the user knows);
/// 2. every cell is an ISO 8601 date → ``ColumnKind/date``;
/// 3. two values that say yes and no (`true/false`, `yes/no`, `t/f`, `y/n`, `on/off`) → ``ColumnKind/boolean``;
/// 4. over 20 distinct values, over half of the cells distinct, and 20 bytes long on average → ``ColumnKind/text``;
/// 5. anything else → ``ColumnKind/category``.
struct ColumnInference {
    static let textMinimumDistinct = 20
    static let textMinimumMeanBytes = 20

    private static let booleans: [Set<String>] = [["true", "false"], ["yes", "no"], ["t", "f"], ["y", "n"], ["on", "off"]]

    var column: Column
    /// Whether no cell has a value.
    var isEmpty: Bool
    var notes: [String] = []

    /// Reads a column, as `kind` where it is given.
    /// - Throws: ``DatasetError`` with code `.badCell` where a cell is not of the kind that was asked for.
    init(_ cells: CellColumn, kind: ColumnKind?) throws {
        let name = cells.table.names[cells.index]
        let asked = kind ?? cells.table.declaredKinds[name]
        if asked == nil || asked == .number {
            switch cells.numbers() {
            case .values(let values, let present):
                column = Column(name: name, kind: .number, values: .numbers(values))
                isEmpty = present == 0
                return
            case .failed(let row):
                if asked == .number {
                    throw cells.error(.badCell, row: row, expected: "a number, or an empty cell for a missing value")
                }
            }
        }
        if asked == nil || asked == .date {
            switch cells.dates() {
            case .values(let values, let present):
                column = Column(name: name, kind: .date, values: .numbers(values))
                isEmpty = present == 0
                return
            case .failed(let row):
                if asked == .date {
                    let format = cells.table.dateFormats[name]?.pattern ?? "yyyy-mm-dd, with a time behind it or not"
                    throw cells.error(.badCell, row: row, expected: "a date (\(format)), or an empty cell for a missing value")
                }
            }
        }
        let declared = cells.table.declaredLevels[name] ?? []
        var levels = Levels(cells, declared: declared)
        if !declared.isEmpty && kind == nil { try Self.checkDeclared(levels, declared, cells) }
        levels.mergeEqualNumbers()
        isEmpty = !levels.codes.contains { $0 >= 0 }
        let inferred = asked ?? Self.kind(of: levels)
        if inferred == .boolean && levels.names.count > 2 {
            throw DatasetError(
                .badCell, "got \(levels.names.count) values (\(DatasetError.list(levels.names, limit: 4))), a boolean column has two",
                file: cells.table.file, column: cells.table.place(cells.index)
            )
        }
        if asked == nil, let note = Self.numberNote(levels.names, name) { notes.append(note) }
        column = Column(name: name, kind: inferred, values: .codes(levels.codes, levels: levels.names))
    }

    private static func checkDeclared(_ levels: Levels, _ declared: [String], _ cells: CellColumn) throws {
        let allowed = Set(declared)
        guard let extra = levels.names.firstIndex(where: { !allowed.contains($0) }),
            let row = levels.codes.firstIndex(of: Int32(extra))
        else { return }
        throw cells.error(.badCell, row: row, expected: "one of the declared values \(DatasetError.list(declared))")
    }

    static func isBoolean(_ names: [String]) -> Bool { names.count == 2 && booleans.contains(Set(names.map { $0.lowercased() })) }

    private static func kind(of levels: Levels) -> ColumnKind {
        if isBoolean(levels.names) { return .boolean }
        guard levels.names.count > textMinimumDistinct else { return .category }
        let present = levels.codes.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        guard levels.names.count * 2 > present else { return .category }
        let bytes = levels.names.reduce(0) { $0 + $1.utf8.count }
        return bytes >= textMinimumMeanBytes * levels.names.count ? .text : .category
    }

    /// A column of numbers in which a word stands for "unknown" is the commonest slip; it is said, not repaired.
    private static func numberNote(_ levels: [String], _ name: String) -> String? {
        guard levels.count >= 10 else { return nil }
        let others = levels.filter { NumberParser.parse($0) == nil }
        guard others.count * 5 <= levels.count else { return nil }
        return "column '\(name)' is read as a category: most of its values are numbers, but not \(DatasetError.list(others, limit: 5)); "
            + "if these mean a missing value, list them as missing"
    }
}
