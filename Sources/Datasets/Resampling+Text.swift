/// As people write it: `holdout:0.2`, `cv:5`, `cv:10x3`, `grouped:5`, `time:4`.
extension Resampling: CustomStringConvertible, Codable {
    public static let forms = "holdout:0.2, cv:5, cv:10x3, grouped:5 or time:4"

    public var description: String {
        switch self {
        case .holdout(let share): "holdout:\(share)"
        case .crossValidation(let folds, let repeats): "cv:\(folds)" + (repeats > 1 ? "x\(repeats)" : "")
        case .grouped(let folds): "grouped:\(folds)"
        case .timeOrdered(let folds): "time:\(folds)"
        }
    }

    /// For sentences: "5-fold cross-validation".
    public var title: String {
        switch self {
        case .holdout: "one part held out"
        case .crossValidation(let folds, 1): "\(folds)-fold cross-validation"
        case .crossValidation(let folds, let repeats): "\(folds)-fold cross-validation, \(repeats) times"
        case .grouped(let folds): "\(folds)-fold cross-validation by groups"
        case .timeOrdered(let folds): "\(folds) parts in the order of time"
        }
    }

    /// - Throws: ``DatasetError`` `.badOption` that shows the forms.
    public init(parsing text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let number = parts.count > 1 ? parts[1] : nil
        let counts = number?.split(separator: "x").map { Int($0) } ?? []
        switch (parts.first, counts.count) {
        case ("holdout", _):
            guard let share = number.flatMap(Double.init), share > 0, share < 1 else { throw Self.unreadable(text) }
            self = .holdout(share: share)
        case ("cv", 1), ("cv", 2):
            guard let folds = counts[0], let repeats = counts.count == 2 ? counts[1] : 1, folds >= 2, repeats >= 1 else { throw Self.unreadable(text) }
            self = .crossValidation(folds: folds, repeats: repeats)
        case ("grouped", 1):
            guard let folds = counts[0], folds >= 2 else { throw Self.unreadable(text) }
            self = .grouped(folds: folds)
        case ("time", 1):
            guard let folds = counts[0], folds >= 2 else { throw Self.unreadable(text) }
            self = .timeOrdered(folds: folds)
        default: throw Self.unreadable(text)
        }
    }

    private static func unreadable(_ text: String) -> DatasetError {
        DatasetError(.badOption, "got the resampling '\(text)'; write \(forms), with a share between 0 and 1, 2 parts or more, 1 repeat or more")
    }

    public init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
