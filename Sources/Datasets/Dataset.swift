/// Examples to learn from or to predict for: features, and what is to be predicted where it is known.
public struct Dataset: Sendable, Hashable {
    public enum Features: Sendable, Hashable {
        case table(Table)
        case images(ImageSet)

        public var rowCount: Int {
            switch self {
            case .table(let table): table.rowCount
            case .images(let images): images.count
            }
        }
    }

    /// `[rows]` each.
    public enum Target: Sendable, Hashable {
        /// Indices into `names`, which are sorted; -1 where the class is missing or not among them.
        case classes([Int32], names: [String])
        /// Values to predict; NaN where missing.
        case values([Double])

        public var count: Int {
            switch self {
            case .classes(let labels, _): labels.count
            case .values(let values): values.count
            }
        }
    }

    /// Shown in reports: the file's or folder's name.
    public var name: String
    public var features: Features
    /// Column name of the target; "label" for images.
    public var targetName: String?
    public var target: Target?

    public var rowCount: Int { features.rowCount }

    public init(name: String, features: Features, targetName: String? = nil, target: Target? = nil) {
        precondition(target.map { $0.count == features.rowCount } ?? true, "target and features differ in length")
        self.name = name
        self.features = features
        self.targetName = targetName
        self.target = target
    }
}
