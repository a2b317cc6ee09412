/// Why data cannot be read or used.
public struct DatasetError: Error, CustomStringConvertible, Sendable {
    public struct Code: Hashable, Sendable {
        let name: String
        /// The file is not of a format that is read.
        public static let unknownFormat = Code(name: "unknownFormat")
        /// There is no header, or no rows below it.
        public static let empty = Code(name: "empty")
        /// Two columns have the same name.
        public static let duplicateColumn = Code(name: "duplicateColumn")
        /// A row has more or fewer cells than the header.
        public static let raggedRow = Code(name: "raggedRow")
        /// A quoted cell has no end, or text behind its end.
        public static let badQuotes = Code(name: "badQuotes")
        /// Bytes that are no UTF-8 text.
        public static let badEncoding = Code(name: "badEncoding")
        /// A line that the format does not allow.
        public static let badSyntax = Code(name: "badSyntax")
        /// A cell is not of its column's kind.
        public static let badCell = Code(name: "badCell")
        /// A column was named that is not there.
        public static let unknownColumn = Code(name: "unknownColumn")
        /// The target cannot be learned: one class only, free text, no values.
        public static let badTarget = Code(name: "badTarget")
        /// Too few rows or columns to learn from.
        public static let tooSmall = Code(name: "tooSmall")
        /// A file or folder of images is not as expected.
        public static let badImages = Code(name: "badImages")
        /// A resampling that the rows do not allow.
        public static let badOption = Code(name: "badOption")
        /// The data does not fit the schema of a trained model.
        public static let schemaMismatch = Code(name: "schemaMismatch")
    }

    public let code: Code
    /// What was got, what was expected, what to do.
    public let message: String
    /// File or folder.
    public var file: String?
    /// Line of the file, from 1.
    public var line: Int?
    /// Number (from 1) and name of the column.
    public var column: ColumnPlace?

    /// A column in a message.
    public struct ColumnPlace: Sendable, Hashable {
        /// From 1.
        public var number: Int
        public var name: String?

        public init(number: Int, name: String? = nil) {
            self.number = number
            self.name = name
        }
    }

    public init(_ code: Code, _ message: String, file: String? = nil, line: Int? = nil, column: ColumnPlace? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
        self.column = column
    }

    /// `data.csv, line 7, column 3 'age': 'abc' is not a number …`
    public var description: String {
        var place: [String] = []
        if let file { place.append(file) }
        if let line { place.append("line \(line)") }
        if let column { place.append("column \(column.number)" + (column.name.map { " '\($0)'" } ?? "")) }
        return place.isEmpty ? message : place.joined(separator: ", ") + ": " + message
    }

    /// Names as a message lists them: the first few, and how many more.
    static func list(_ names: some Collection<String>, limit: Int = 10) -> String {
        let shown = names.prefix(limit).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}
