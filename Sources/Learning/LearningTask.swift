public import Datasets

/// What is to be learned: the kind of prediction, its classes, and what one row of input looks like.
///
/// It is fixed once from the training data, stored with the run, and every later stage reads data in its terms.
public struct LearningTask: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        case binary, multiclass, regression
    }

    /// What a model is given.
    public enum Input: Codable, Sendable, Hashable {
        case table([ColumnSchema])
        case images(ImageShape)

        public var kind: InputKind {
            switch self {
            case .table: .table
            case .images: .images
            }
        }
    }

    public var kind: Kind
    /// Name of the column that is predicted; "label" for images.
    public var target: String
    /// Class names, sorted, in the order of the probability columns; empty for regression.
    public var classes: [String]
    public var input: Input

    public init(kind: Kind, target: String, classes: [String] = [], input: Input) {
        self.kind = kind
        self.target = target
        self.classes = classes
        self.input = input
    }

    /// Numbers that a model gives for one row: one probability per class, or one value.
    public var outputWidth: Int { kind == .regression ? 1 : classes.count }

    /// The task that a training data set poses.
    /// - Throws: ``LearningError`` `.badData` where the data has no target.
    public init(posedBy data: Dataset) throws {
        guard let target = data.target, let name = data.targetName else {
            throw LearningError(.badData, "'\(data.name)' has no target to learn; name its column with --target")
        }
        let input: Input =
            switch data.features {
            case .table(let table): .table(table.schema)
            case .images(let images): .images(images.shape)
            }
        switch target {
        case .classes(_, let names):
            self.init(kind: names.count == 2 ? .binary : .multiclass, target: name, classes: names, input: input)
        case .values:
            self.init(kind: .regression, target: name, input: input)
        }
    }
}

public enum InputKind: String, Codable, Sendable, Hashable, CaseIterable {
    case table, images
}
