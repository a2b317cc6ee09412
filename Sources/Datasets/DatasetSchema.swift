/// What a model has to know of the data that it was trained on, to read other data the same way.
public struct DatasetSchema: Codable, Sendable, Hashable {
    public enum Features: Codable, Sendable, Hashable {
        case table([ColumnSchema])
        case images(ImageShape)
    }

    public enum Target: Codable, Sendable, Hashable {
        /// Class names in the order of their indices, sorted.
        case classes([String])
        case values
    }

    public var features: Features
    public var targetName: String?
    public var target: Target?

    public init(features: Features, targetName: String? = nil, target: Target? = nil) {
        self.features = features
        self.targetName = targetName
        self.target = target
    }
}

extension Dataset {
    /// The schema that other data is read with for a model trained on this data.
    public var schema: DatasetSchema {
        let featureSchema: DatasetSchema.Features =
            switch features {
            case .table(let table): .table(table.schema)
            case .images(let images): .images(images.shape)
            }
        let targetSchema: DatasetSchema.Target? =
            switch target {
            case .classes(_, let names): .classes(names)
            case .values: .values
            case nil: nil
            }
        return DatasetSchema(features: featureSchema, targetName: targetName, target: targetSchema)
    }
}

/// Finds the code that a trained model's schema has for a name.
struct LevelMap {
    private let exact: [String: Int32]
    /// Filled where every level is a number: `1.0` in a new file is the level `1`.
    private var byNumber: [Double: Int32] = [:]
    /// Filled for booleans: `TRUE` is the level `true`.
    private var lowercased: [String: Int32] = [:]

    init(_ levels: [String], kind: ColumnKind = .category) {
        exact = Dictionary(levels.enumerated().map { ($1, Int32($0)) }, uniquingKeysWith: { first, _ in first })
        if kind == .boolean {
            lowercased = Dictionary(levels.enumerated().map { ($1.lowercased(), Int32($0)) }, uniquingKeysWith: { first, _ in first })
        }
        let numbers = levels.map { NumberParser.parse($0) }
        if numbers.allSatisfy({ $0?.isFinite ?? false }) {
            byNumber = Dictionary(numbers.enumerated().map { ($1 ?? 0, Int32($0)) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// -1 where the schema does not have it.
    func code(of name: String) -> Int32 {
        if let code = exact[name] { return code }
        if !byNumber.isEmpty, let value = NumberParser.parse(name), let code = byNumber[value] { return code }
        return lowercased[name.lowercased()] ?? -1
    }
}
