/// What the values of a column are.
public enum ColumnKind: String, Codable, Sendable, Hashable, CaseIterable {
    case number
    /// One of a set of names.
    case category
    /// Two names that mean yes and no; kept as a category with two levels.
    case boolean
    /// A day, or a day and a time, kept as seconds since 1970-01-01 00:00 UTC.
    case date
    /// Free text. Read, and reported as not supported by any learner.
    case text
}

/// One named, typed column of a table.
public struct Column: Sendable, Hashable {
    public enum Values: Sendable, Hashable {
        /// `[rows]`; missing is NaN. For `.number` and `.date`.
        case numbers([Double])
        /// `[rows]` indices into `levels`; missing is -1. For `.category`, `.boolean` and `.text`.
        case codes([Int32], levels: [String])

        public var count: Int {
            switch self {
            case .numbers(let values): values.count
            case .codes(let codes, _): codes.count
            }
        }
    }

    public var name: String
    public var kind: ColumnKind
    public var values: Values

    public init(name: String, kind: ColumnKind, values: Values) {
        self.name = name
        self.kind = kind
        self.values = values
    }

    public var schema: ColumnSchema {
        switch values {
        case .numbers: ColumnSchema(name: name, kind: kind)
        case .codes(_, let levels): ColumnSchema(name: name, kind: kind, levels: levels)
        }
    }
}

/// Name, kind and (for categories) the levels of a column: what a model has to know of the data it was made for.
public struct ColumnSchema: Codable, Sendable, Hashable {
    public var name: String
    public var kind: ColumnKind
    /// Levels in the order of their codes, sorted; empty for numbers and dates.
    public var levels: [String]

    public init(name: String, kind: ColumnKind, levels: [String] = []) {
        self.name = name
        self.kind = kind
        self.levels = levels
    }
}

/// Columns of equal length.
public struct Table: Sendable, Hashable {
    public private(set) var columns: [Column]
    public let rowCount: Int

    /// - Precondition: every column has `rowCount` values, and names are unique.
    public init(columns: [Column], rowCount: Int) {
        precondition(columns.allSatisfy { $0.values.count == rowCount }, "columns of unequal length")
        self.columns = columns
        self.rowCount = rowCount
    }

    public subscript(name: String) -> Column? { columns.first { $0.name == name } }

    /// The table without one of its columns.
    public func removing(column name: String) -> Table { Table(columns: columns.filter { $0.name != name }, rowCount: rowCount) }

    public var schema: [ColumnSchema] { columns.map(\.schema) }
}

/// Images of one size.
public struct ImageSet: Sendable, Hashable {
    public var shape: ImageShape
    public var count: Int
    /// `[count, height, width, channels]`, row-major.
    public var pixels: [UInt8]

    /// - Precondition: `pixels.count == count * shape.valueCount`.
    public init(shape: ImageShape, count: Int, pixels: [UInt8]) {
        precondition(pixels.count == count * shape.valueCount, "pixels do not fill the images")
        self.shape = shape
        self.count = count
        self.pixels = pixels
    }
}

public struct ImageShape: Codable, Sendable, Hashable {
    public var height: Int
    public var width: Int
    /// 1 for grey, 3 for RGB.
    public var channels: Int

    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// Values in one image: height × width × channels.
    public var valueCount: Int { height * width * channels }
}
