/// Graph inputs for learners that read one plain matrix: trees, linear and kernel models.
public enum TableInputs {
    /// A column as such a learner reads it.
    public struct Column: Codable, Sendable, Hashable {
        public enum Kind: Codable, Sendable, Hashable {
            /// Input `float [N, 1]`, missing is NaN.
            case number
            /// Input `double [N, 1]`, seconds, missing is NaN.
            case date
            /// Input `string [N, 1]`; becomes the position of the level, or the code for what is missing or unknown.
            case category(levels: [String])
        }

        /// The column's name, which is the name of the input.
        public var name: String
        public var kind: Kind

        public init(name: String, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    /// Declares one input per column and joins them to a matrix, columns in the order given.
    /// - Parameters:
    ///   - unknown: code of a missing or unknown level.
    ///   - type: `.float`, or `.double` to keep the resolution of dates.
    /// - Returns: the name of the matrix `[N, columns]`.
    /// - Throws: ``ONNXError`` `.badName` where names repeat, `.badValue` where there is no column or the type is another.
    public static func features(
        _ builder: GraphBuilder, columns: [Column], unknown: Float = -1, type: ElementType = .float
    ) throws -> String {
        guard !columns.isEmpty, type == .float || type == .double else {
            throw ONNXError(.badValue, "a matrix of features needs columns, and type float or double; got \(columns.count) and \(type)")
        }
        for column in columns {
            switch column.kind {
            case .number: try builder.input(column.name, .float, ["N", 1])
            case .date: try builder.input(column.name, .double, ["N", 1])
            case .category: try builder.input(column.name, .string, ["N", 1])
            }
        }
        // Neighbours of one type are joined before they are converted: fewer nodes where there are many columns.
        var parts: [String] = []
        var start = 0
        while start < columns.count {
            var end = start + 1
            if let given = inputType(columns[start].kind) {
                while end < columns.count, inputType(columns[end].kind) == given { end += 1 }
                let joined = concatenated(columns[start..<end].map(\.name), in: builder)
                parts.append(converted(joined, from: given, to: type, in: builder))
            } else if case .category(let levels) = columns[start].kind {
                let codes = encoded(columns[start].name, levels: levels, unknown: unknown, in: builder)
                parts.append(converted(codes, from: .float, to: type, in: builder))
            }
            start = end
        }
        return concatenated(parts, in: builder)
    }

    private static func inputType(_ kind: Column.Kind) -> ElementType? {
        switch kind {
        case .number: .float
        case .date: .double
        case .category: nil
        }
    }

    private static func encoded(_ name: String, levels: [String], unknown: Float, in builder: GraphBuilder) -> String {
        // An encoder needs at least one key.
        let keys = levels.isEmpty ? [""] : levels
        let values = levels.isEmpty ? [unknown] : levels.indices.map { Float($0) }
        return builder.node(
            "LabelEncoder", [name], ["keys_strings": .strings(keys), "values_floats": .floats(values), "default_float": .float(unknown)],
            domain: GraphBuilder.learnersDomain, named: "\(name).code")
    }

    private static func converted(_ value: String, from: ElementType, to type: ElementType, in builder: GraphBuilder) -> String {
        from == type ? value : builder.node("Cast", [value], ["to": .int(Int(type.rawValue))])
    }

    private static func concatenated(_ parts: [String], in builder: GraphBuilder) -> String {
        parts.count == 1 ? parts[0] : builder.node("Concat", parts, ["axis": 1], named: "features")
    }
}
