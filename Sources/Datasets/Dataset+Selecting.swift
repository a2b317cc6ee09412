extension Dataset {
    /// The rows at the given indices, in their order; an index may come twice. Levels and class names stay as they are.
    /// - Precondition: every index is a row.
    public func selecting(rows: [Int]) -> Dataset {
        var result = self
        switch features {
        case .table(let table): result.features = .table(table.selecting(rows: rows))
        case .images(let images): result.features = .images(images.selecting(rows))
        }
        // Both parts are set before anyone reads the result; their lengths agree again.
        result.target = target?.selecting(rows: rows)
        return result
    }
}

extension Dataset.Target {
    /// The targets at the given indices, in their order.
    /// - Precondition: every index is a row.
    public func selecting(rows: [Int]) -> Dataset.Target {
        switch self {
        case .classes(let codes, let names): .classes(rows.map { codes[$0] }, names: names)
        case .values(let values): .values(rows.map { values[$0] })
        }
    }
}

extension Table {
    /// The rows at the given indices, in their order.
    /// - Precondition: every index is a row.
    public func selecting(rows: [Int]) -> Table {
        let selected = columns.map { column in
            let values: Column.Values =
                switch column.values {
                case .numbers(let values): .numbers(rows.map { values[$0] })
                case .codes(let codes, let levels): .codes(rows.map { codes[$0] }, levels: levels)
                }
            return Column(name: column.name, kind: column.kind, values: values)
        }
        return Table(columns: selected, rowCount: rows.count)
    }

    /// Values of number columns that are neither finite nor missing. They are kept as read; learners treat them as missing.
    public var infinityCount: Int { columns.reduce(0) { $0 + $1.infinityCount } }
}

extension Column {
    /// Infinite values; 0 for columns of names.
    public var infinityCount: Int {
        guard case .numbers(let values) = values else { return 0 }
        return values.reduce(0) { $0 + ($1.isInfinite ? 1 : 0) }
    }

    /// Cells without a value.
    public var missingCount: Int {
        switch values {
        case .numbers(let values): values.reduce(0) { $0 + ($1.isNaN ? 1 : 0) }
        case .codes(let codes, _): codes.reduce(0) { $0 + ($1 < 0 ? 1 : 0) }
        }
    }
}

extension ImageSet {
    /// The images at the given indices, in their order.
    /// - Precondition: every index is an image.
    public func selecting(_ rows: [Int]) -> ImageSet {
        let size = shape.valueCount
        var selected: [UInt8] = []
        selected.reserveCapacity(rows.count * size)
        for row in rows { selected += pixels[(row * size)..<((row + 1) * size)] }
        return ImageSet(shape: shape, count: rows.count, pixels: selected)
    }
}
