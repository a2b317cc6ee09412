import Foundation
import SearchSpaces

/// A search space as a forest sees it: one feature per parameter that varies, rows of plain numbers, conditions compiled to tests of them.
///
/// An ordered feature is the coordinate in [0, 1], at the centre of its cell where the domain is discrete; a categorical one is the index of
/// its level. What is inactive is -1, or one past the last level, as in SMAC.
struct FeatureSpace: Sendable {
    struct Feature: Sendable {
        /// Its position among the parameters of the space.
        var parameter: Int
        var domain: Domain
        /// How many levels a categorical one has; 0 of an ordered one.
        var categories = 0
        /// The values that an ordered, discrete one takes, rising; empty where there are too many to list.
        var centres: [Double] = []
        /// Where the cells of `centres` end.
        var edges: [Double] = []
        /// The value of the default.
        var start: Double
        /// When it is active; always when nil.
        var rule: FeatureRule?
        var prior: UnitPrior

        var inactive: Double { categories > 0 ? Double(categories) : -1 }
        /// As `RegressionForest.levels` counts them.
        var levels: Int { categories > 0 ? categories + 1 : 0 }
        /// How many values there are; nil where they are not listed.
        var count: Int? { categories > 0 ? categories : centres.isEmpty ? nil : centres.count }
    }

    let space: SearchSpace
    let features: [Feature]
    /// Positions of the features, parents before children.
    let order: [Int]
    let forbidden: [FeatureRule]
    let hasConditions: Bool
    let hasPriors: Bool

    var width: Int { features.count }
    /// By feature, as a forest wants them.
    var levels: [Int] { features.map(\.levels) }

    /// Discrete domains with more values than this count as continuous.
    private static let listedValues = 256

    init(_ space: SearchSpace) {
        self.space = space
        var features: [Feature] = []
        var positions: [String: Int] = [:]
        for (index, parameter) in space.parameters.enumerated() where parameter.domain.count != 1 {
            positions[parameter.name] = features.count
            features.append(Self.feature(index, parameter))
        }
        let compiler = FeatureRule.Compiler(space: space, positions: positions)
        for position in features.indices {
            let parameter = space.parameters[features[position].parameter]
            features[position].rule = compiler.activity(of: parameter)
        }
        self.features = features
        order = space.parametersInTopologicalOrder.compactMap { positions[$0.name] }
        forbidden = space.forbidden.map { compiler.rule($0) }
        hasConditions = features.contains { $0.rule != nil }
        hasPriors = features.contains { !$0.prior.isFlat }
    }

    private static func feature(_ index: Int, _ parameter: Parameter) -> Feature {
        let domain = parameter.domain
        let unit = domain.unit(of: parameter.startValue) ?? 0.5
        if case .categorical(let values) = domain {
            return Feature(
                parameter: index, domain: domain, categories: values.count, start: Double(values.count) * unit - 0.5, prior: parameter.unitPrior)
        }
        var feature = Feature(parameter: index, domain: domain, start: unit, prior: parameter.unitPrior)
        guard let count = domain.count, count <= listedValues else { return feature }
        feature.centres = (0..<count).compactMap { domain.unit(of: value($0, of: domain)) }
        feature.edges = (0..<count).map { edge($0, of: domain, count) }
        return feature
    }

    private static func value(_ index: Int, of domain: Domain) -> ParameterValue {
        switch domain {
        case .float(let low, let high, _, let step): .float(min(low + Double(index) * (step ?? 0), high))
        case .integer(let low, _, _, let step): .integer(low + index * step)
        case .categorical(let values), .ordinal(let values): values[index]
        case .constant(let value): value
        }
    }

    private static func edge(_ index: Int, of domain: Domain, _ count: Int) -> Double {
        guard case .integer(let low, _, true, _) = domain, let bounds = domain.scaledBounds, bounds.high > bounds.low else {
            return Double(index + 1) / Double(count)
        }
        return (Foundation.log(Double(low + index) + 0.5) - bounds.low) / (bounds.high - bounds.low)
    }
}

// MARK: - Rows

extension FeatureSpace {
    /// The row of a point of the unit cube, NaN where a parameter is inactive.
    func row(_ point: [Double]) -> [Double] {
        features.map { feature in
            let unit = feature.parameter < point.count ? point[feature.parameter] : .nan
            if unit.isNaN { return feature.inactive }
            guard feature.categories > 0 else { return unit }
            return min((unit * Double(feature.categories)).rounded(.down), Double(feature.categories - 1))
        }
    }

    /// The configuration of a row.
    func configuration(_ row: UnsafePointer<Double>) -> Configuration {
        var point = [Double](repeating: .nan, count: space.parameters.count)
        for (index, feature) in features.enumerated() where row[index] != feature.inactive {
            point[feature.parameter] = feature.categories > 0 ? (row[index] + 0.5) / Double(feature.categories) : row[index]
        }
        return space.decode(point)
    }

    /// Fills a row with a draw that is uniform on the scales of the parameters, also of those that turn out inactive.
    ///
    /// - Parameter believing: Whether it is drawn from the priors instead.
    /// - Returns: Whether the row is allowed.
    func draw(into row: UnsafeMutablePointer<Double>, believing: Bool = false, _ generator: inout TrialGenerator) -> Bool {
        for index in features.indices {
            let unit = generator.uniform()
            row[index] = features[index].value(at: believing ? features[index].prior.quantile(unit) : unit)
        }
        return settle(row)
    }

    /// The logarithm of the priors' density at a row, over what is active.
    func logPrior(_ row: UnsafePointer<Double>) -> Double {
        var sum = 0.0
        for index in 0..<width where !features[index].prior.isFlat && row[index] != features[index].inactive {
            let feature = features[index]
            sum += Belief.logDensity(feature.prior, feature.categories > 0 ? (row[index] + 0.5) / Double(feature.categories) : row[index])
        }
        return sum
    }

    /// Makes what is inactive so, parents first. What has become active takes its default.
    ///
    /// - Returns: Whether the row is allowed.
    func settle(_ row: UnsafeMutablePointer<Double>) -> Bool {
        if hasConditions {
            for index in order {
                guard let rule = features[index].rule else { continue }
                let inactive = features[index].inactive
                if !rule.holds(row) {
                    row[index] = inactive
                } else if row[index] == inactive {
                    row[index] = features[index].start
                }
            }
        }
        return !forbidden.contains { $0.holds(row) }
    }

    /// The same for equal rows; different ones differ but for an accident.
    func hash(_ row: UnsafePointer<Double>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<width {
            hash ^= row[index].bitPattern
            hash = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 32
        }
        return hash
    }
}

extension FeatureSpace.Feature {
    /// The value whose cell holds a coordinate of [0, 1).
    @inline(__always)
    func value(at unit: Double) -> Double {
        if categories > 0 { return Double(min(Int(unit * Double(categories)), categories - 1)) }
        if centres.isEmpty { return unit }
        return centres[index(at: unit)]
    }

    /// The position among `centres` of the cell that holds a coordinate.
    func index(at unit: Double) -> Int {
        var (low, high) = (0, centres.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if unit < edges[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
