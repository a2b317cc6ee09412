/// Turns cut text tables into data sets.
enum TableReader {
    /// Reads with inferred kinds, for training.
    static func read(_ raw: RawTable, name: String, options: ReadOptions) throws -> (dataset: Dataset, report: ReadReport) {
        try check(options, raw)
        var report = ReadReport()
        report.notes = raw.notes
        let missing = missing(raw, options)
        var target: Dataset.Target?
        if let targetName = options.target, let index = raw.names.firstIndex(of: targetName) {
            let (values, notes) = try TargetRule.target(CellColumn(raw, index, missing: missing), options: options)
            target = values
            report.notes += notes
        }
        var columns: [Column] = []
        for (index, columnName) in raw.names.enumerated() where columnName != options.target && !options.excluded.contains(columnName) {
            let inference = try ColumnInference(CellColumn(raw, index, missing: missing), kind: options.kinds[columnName])
            report.notes += inference.notes
            if inference.isEmpty {
                report.emptyColumns.append(columnName)
                report.notes.append("column '\(columnName)' is left out: every cell is missing")
            } else {
                columns.append(inference.column)
            }
        }
        guard !columns.isEmpty else {
            throw DatasetError(.tooSmall, "there is no column to learn from beside the target", file: raw.file)
        }
        var dataset = Dataset(
            name: name, features: .table(Table(columns: columns, rowCount: raw.rowCount)), targetName: options.target, target: target
        )
        dataset = dropUnlabelled(dataset, &report)
        return (dataset, report)
    }

    /// Reads as a trained model's schema says, for prediction and evaluation. Every row stays.
    static func read(
        _ raw: RawTable, name: String, schema: DatasetSchema, columns wanted: [ColumnSchema], options: ReadOptions
    ) throws -> (dataset: Dataset, report: ReadReport) {
        var report = ReadReport()
        let missing = missing(raw, options)
        let places = Dictionary(uniqueKeysWithValues: raw.names.enumerated().map { ($1, $0) })
        let absent = wanted.map(\.name).filter { places[$0] == nil }
        if let first = absent.first {
            let what =
                absent.count == 1
                ? "column '\(first)' is missing" : "\(absent.count) columns are missing: \(DatasetError.list(absent))"
            let hint = NearestNames.hint(for: first, among: raw.names)
            throw DatasetError(.schemaMismatch, "\(what); the model was trained with it; \(hint)", file: raw.file)
        }
        var columns: [Column] = []
        for columnSchema in wanted {
            guard let index = places[columnSchema.name] else { continue }
            columns.append(try column(CellColumn(raw, index, missing: missing), columnSchema, &report))
        }
        var target: Dataset.Target?
        if let targetName = schema.targetName, let kind = schema.target, let index = raw.names.firstIndex(of: targetName) {
            target = try self.target(CellColumn(raw, index, missing: missing), kind, &report)
        }
        let table = Table(columns: columns, rowCount: raw.rowCount)
        let dataset = Dataset(name: name, features: .table(table), targetName: target == nil ? nil : schema.targetName, target: target)
        return (dataset, report)
    }

    private static func column(_ cells: CellColumn, _ schema: ColumnSchema, _ report: inout ReadReport) throws -> Column {
        switch schema.kind {
        case .number, .date:
            let reading = schema.kind == .number ? cells.numbers() : cells.dates()
            switch reading {
            case .values(let values, _): return Column(name: schema.name, kind: schema.kind, values: .numbers(values))
            case .failed(let row):
                let what = schema.kind == .number ? "a number" : "a date (yyyy-mm-dd, with a time behind it or not)"
                throw cells.error(.badCell, row: row, expected: "\(what) as in the training data, or an empty cell for a missing value")
            }
        case .category, .boolean:
            let codes = codes(cells, LevelMap(schema.levels, kind: schema.kind), &report)
            return Column(name: schema.name, kind: schema.kind, values: .codes(codes, levels: schema.levels))
        case .text:
            let levels = Levels(cells)
            return Column(name: schema.name, kind: .text, values: .codes(levels.codes, levels: levels.names))
        }
    }

    private static func target(_ cells: CellColumn, _ kind: DatasetSchema.Target, _ report: inout ReadReport) throws -> Dataset.Target? {
        switch kind {
        case .classes(let names):
            let (codes, spans) = cells.interned()
            // A file to predict for may have the column and no value in it.
            if spans.isEmpty { return nil }
            let map = LevelMap(names, kind: ColumnInference.isBoolean(names) ? .boolean : .category)
            return .classes(mapped(cells, codes, spans, map, &report), names: names)
        case .values:
            switch cells.numbers() {
            case .values(let values, let present): return present == 0 ? nil : .values(values.map { $0.isFinite ? $0 : .nan })
            case .failed(let row): throw cells.error(.badCell, row: row, expected: "a number: the target that the model was trained for")
            }
        }
    }

    private static func codes(_ cells: CellColumn, _ map: LevelMap, _ report: inout ReadReport) -> [Int32] {
        let (codes, spans) = cells.interned()
        return mapped(cells, codes, spans, map, &report)
    }

    private static func mapped(
        _ cells: CellColumn, _ codes: [Int32], _ spans: [CellSpan], _ map: LevelMap, _ report: inout ReadReport
    ) -> [Int32] {
        let names = spans.map { cells.table.text($0) }
        let table = names.map { map.code(of: $0) }
        let unseen = names.indices.filter { table[$0] < 0 }
        let result = Levels.remap(codes, table)
        if !unseen.isEmpty {
            let name = cells.table.names[cells.index]
            let count = zip(codes, result).reduce(0) { $0 + ($1.0 >= 0 && $1.1 < 0 ? 1 : 0) }
            report.unseenLevelCounts[name] = count
            let levels = DatasetError.list(unseen.map { names[$0] }, limit: 5)
            report.notes.append("column '\(name)': \(count) cells have values new to the model (\(levels)); read as missing")
        }
        return result
    }

    private static func dropUnlabelled(_ dataset: Dataset, _ report: inout ReadReport) -> Dataset {
        guard let target = dataset.target else { return dataset }
        let kept: [Int] =
            switch target {
            case .classes(let codes, _): codes.indices.filter { codes[$0] >= 0 }
            case .values(let values): values.indices.filter { !values[$0].isNaN }
            }
        guard kept.count < dataset.rowCount else { return dataset }
        report.droppedRowCount = dataset.rowCount - kept.count
        report.notes.append("\(report.droppedRowCount) rows are left out: their target is missing")
        return dataset.selecting(rows: kept)
    }

    private static func missing(_ raw: RawTable, _ options: ReadOptions) -> MissingSpellings {
        let isDefault = options.missing == ReadOptions.defaultMissing
        return MissingSpellings(isDefault ? raw.missing ?? options.missing : options.missing)
    }

    private static func check(_ options: ReadOptions, _ raw: RawTable) throws {
        let asked = [options.target].compactMap { $0 } + options.kinds.keys.sorted() + options.excluded.sorted()
        for name in asked where !raw.names.contains(name) {
            let what = name == options.target ? "the target column" : "a column"
            let hint = NearestNames.hint(for: name, among: raw.names)
            let header = raw.names.allSatisfy { NumberParser.parse($0) != nil } ? "; is the line with the column names missing?" : ""
            throw DatasetError(.unknownColumn, "there is no column '\(name)' (asked for as \(what)); \(hint)\(header)", file: raw.file)
        }
    }
}
