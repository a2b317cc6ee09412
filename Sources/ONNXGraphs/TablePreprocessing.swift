/// How the columns of a table become what a network reads: standardised numbers, and one index per category.
///
/// It is fitted on the training rows, kept with the model, applied by a trainer (`TablePreprocessing+Encoding.swift`) and written into the
/// exported graph. Both do the same arithmetic in the same precision.
///
/// Features come in this order: numbers (dates among them) as in ``numbers``; then, for those with an indicator, 1 where the value is
/// missing and 0 elsewhere. Indices come in the order of ``categories``.
public struct TablePreprocessing: Codable, Sendable, Hashable {
    /// A column of numbers or dates: (x − center) / scale, after missing values are replaced. NaN and infinities are missing.
    public struct Number: Codable, Sendable, Hashable {
        /// The column's name, which is the name of the graph's input.
        public var name: String
        /// Dates are given as seconds in double precision, numbers in single precision.
        public var isDate: Bool
        public var center: Double
        /// Above zero.
        public var scale: Double
        /// What stands for a missing value, before standardisation.
        public var replacement: Double
        public var hasIndicator: Bool

        public init(name: String, isDate: Bool = false, center: Double, scale: Double, replacement: Double, hasIndicator: Bool) {
            self.name = name
            self.isDate = isDate
            self.center = center
            self.scale = scale
            self.replacement = replacement
            self.hasIndicator = hasIndicator
        }
    }

    /// A column of names: level i has index i + 1; index 0 stands for a missing or unknown level.
    public struct Category: Codable, Sendable, Hashable {
        public var name: String
        public var levels: [String]

        public init(name: String, levels: [String]) {
            self.name = name
            self.levels = levels
        }

        /// Indices that can come out, and so rows of an embedding: one more than levels.
        public var indexCount: Int { levels.count + 1 }
    }

    /// What happens to standardised values far from zero.
    public enum Clipping: Codable, Sendable, Hashable {
        /// Nothing: a value near the largest float can then leave the range of floats, and the model's answer is NaN.
        case none
        /// Cut off at ±limit.
        case hard(limit: Double)
        /// z / √(1 + (z / limit)²): bends towards ±limit and keeps the order (Holzmüller et al. 2024, RealMLP, with limit 3).
        case smooth(limit: Double)
    }

    public var numbers: [Number]
    public var categories: [Category]
    public var clipping: Clipping

    public init(numbers: [Number], categories: [Category], clipping: Clipping = .smooth(limit: 3)) {
        self.numbers = numbers
        self.categories = categories
        self.clipping = clipping
    }

    /// Width of the vector of numbers, indicators included.
    public var featureCount: Int { numbers.count + numbers.lazy.filter(\.hasIndicator).count }

    /// Checks what a file could have spoilt.
    /// - Throws: ``ONNXError`` `.badValue` where a scale or limit is not positive, a number not finite, or levels repeat.
    public func validate() throws {
        for number in numbers {
            guard number.scale > 0, number.scale.isFinite, number.center.isFinite, number.replacement.isFinite else {
                throw ONNXError(
                    .badValue,
                    "column '\(number.name)': center, scale and replacement must be finite and the scale positive; got "
                        + "\(number.center), \(number.scale) and \(number.replacement)")
            }
        }
        for category in categories where Set(category.levels).count != category.levels.count {
            throw ONNXError(.badValue, "column '\(category.name)': its levels repeat")
        }
        switch clipping {
        case .none: break
        case .hard(let limit), .smooth(let limit):
            guard limit > 0, limit.isFinite else { throw ONNXError(.badValue, "a clipping limit must be positive; got \(limit)") }
        }
    }
}

extension TablePreprocessing.Number {
    /// How center and scale are found.
    public enum Fit: String, Codable, Sendable, Hashable, CaseIterable {
        /// Mean and standard deviation.
        case moments
        /// Median and the distance of the quartiles; half the range where the quartiles meet. Outliers do not matter.
        case quartiles
    }

    /// Fits a column to its training values, missing ones as NaN. They are replaced by the center and have an indicator where there
    /// are any. A column of one value, or of none, has scale 1.
    public init(name: String, isDate: Bool = false, fitting values: [Double], by fit: Fit) {
        let present = values.filter { isDate ? $0.isFinite : Float($0).isFinite }
        let (center, scale) = fit == .moments ? Self.moments(present) : Self.quartiles(present)
        // A scale below the resolution of the values would only magnify rounding.
        let usable = scale.isFinite && scale > abs(center) * 1e-7 && Float(1 / scale).isFinite
        self.init(
            name: name, isDate: isDate, center: center, scale: usable ? scale : 1, replacement: center,
            hasIndicator: present.count < values.count)
    }

    private static func moments(_ values: [Double]) -> (center: Double, scale: Double) {
        guard !values.isEmpty else { return (0, 1) }
        let count = Double(values.count)
        let mean = values.reduce(0) { $0 + $1 / count }
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
        return (mean, variance.squareRoot())
    }

    private static func quartiles(_ values: [Double]) -> (center: Double, scale: Double) {
        let sorted = values.sorted()
        guard let least = sorted.first, let most = sorted.last else { return (0, 1) }
        func quantile(_ share: Double) -> Double {
            let position = share * Double(sorted.count - 1)
            let below = Int(position)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
        }
        let distance = quantile(0.75) - quantile(0.25)
        return (quantile(0.5), distance > 0 ? distance : (most - least) / 2)
    }
}
