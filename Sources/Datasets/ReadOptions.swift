/// How a file is read where the defaults do not fit.
public struct ReadOptions: Sendable, Codable, Hashable {
    /// What the target is to be.
    public enum TargetTask: String, Sendable, Codable, Hashable, CaseIterable {
        case classification
        case regression
    }

    /// Column to predict; taken out of the features. For images the labels are found by themselves.
    public var target: String?
    /// Says what a target is that could be either, such as a numeric one with few values. nil: decided as ``TargetRule`` documents.
    public var task: TargetTask?
    /// Kinds of columns for which the inferred kind is wrong.
    public var kinds: [String: ColumnKind]
    /// Columns not to read, such as identifiers.
    public var excluded: Set<String>
    /// Delimiter of a CSV file, one ASCII character; nil: found out (comma, tab or semicolon).
    public var delimiter: String?
    /// Spellings of a missing value. An empty cell is always missing.
    public var missing: Set<String>

    /// Spellings that count as missing unless told otherwise. `None` and `none` are not among them: they are categories in many tables.
    public static let defaultMissing: Set<String> = [
        "", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "-nan", "null", "Null", "NULL", "?",
    ]

    public init(
        target: String? = nil, task: TargetTask? = nil, kinds: [String: ColumnKind] = [:], excluded: Set<String> = [],
        delimiter: String? = nil, missing: Set<String> = defaultMissing
    ) {
        self.target = target
        self.task = task
        self.kinds = kinds
        self.excluded = excluded
        self.delimiter = delimiter
        self.missing = missing
    }
}

/// What happened while data was read that its user should know.
public struct ReadReport: Sendable, Codable, Hashable {
    /// Sentences for people, in the order they came up.
    public var notes: [String] = []
    /// Rows left out because their target is missing.
    public var droppedRowCount = 0
    /// Columns left out because every cell is missing.
    public var emptyColumns: [String] = []
    /// Cells per column with a level that the model's schema does not have; read as missing.
    public var unseenLevelCounts: [String: Int] = [:]
    /// For folders of images: the files, in the order of the rows.
    public var files: [String] = []

    public init() {}
}
