/// What a model says of some rows: `[rows, width]`, row-major. Width is the number of classes (probabilities) or 1 (a value).
public struct Predictions: Sendable, Hashable {
    public let width: Int
    public var values: [Float]

    /// - Precondition: `values.count` is a multiple of `width`.
    public init(width: Int, values: [Float]) {
        precondition(width > 0 && values.count % width == 0, "predictions do not fill their rows")
        self.width = width
        self.values = values
    }

    public var rowCount: Int { values.count / width }

    /// The index of the largest probability in each row; the lower index wins a tie.
    public func mostProbableClasses() -> [Int32] {
        var result = [Int32](repeating: 0, count: rowCount)
        values.withUnsafeBufferPointer { values in
            for row in 0..<result.count {
                let start = row * width
                var best = 0
                for column in 1..<max(width, 1) where values[start + column] > values[start + best] { best = column }
                result[row] = Int32(best)
            }
        }
        return result
    }

    /// False where any value is NaN or infinite: such a model must not enter an ensemble.
    public var allFinite: Bool { values.allSatisfy(\.isFinite) }

    /// The weighted mean of several models' predictions for the same rows. Summed in the order given, in double precision.
    /// - Precondition: at least one member, all of one shape, weights with a positive sum.
    public static func weightedMean(_ members: [(weight: Double, predictions: Predictions)]) -> Predictions {
        precondition(!members.isEmpty, "a mean of no members")
        let total = members.reduce(0) { $0 + $1.weight }
        var sum = [Double](repeating: 0, count: members[0].predictions.values.count)
        for (weight, predictions) in members {
            precondition(predictions.values.count == sum.count, "members predict different rows")
            let share = weight / total
            predictions.values.withUnsafeBufferPointer { values in
                for index in 0..<values.count { sum[index] += share * Double(values[index]) }
            }
        }
        return Predictions(width: members[0].predictions.width, values: sum.map { Float($0) })
    }
}
