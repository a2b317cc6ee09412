import SearchSpaces

/// A search space as a Gaussian process sees it: what may vary as numbers, and back.
///
/// Numbers keep their place in the unit cube, choices are compared as equal or not. An inactive number lies in the middle and differs from
/// every active one by an indicator, an inactive choice is a level of its own; so configurations that differ only in what is inactive
/// are the same point, and the kernel stays one of a Euclidean space.
struct ModelInputs {
    /// A parameter with more than one value.
    struct Dimension: Sendable {
        /// Its position in the space.
        var position: Int
        var domain: Domain
        /// The coordinates of the values, where they are few or have no order: tried one by one.
        var levels: [Double]?
        /// Whether there are gaps between the values.
        var isDiscrete: Bool
        /// The feature that says whether the parameter is active, where that is a question.
        var indicator: Int?
        var prior: UnitPrior
    }

    let space: SearchSpace
    let dimensions: [Dimension]
    private(set) var layout: KernelLayout
    /// The feature of the fidelity, where trials differ in it.
    let fidelityFeature: Int?
    private let activities: ActivityMemory

    /// Numbers with at most as many values are searched value by value, as are all choices.
    private static let fewLevels = 16
    /// What an active number and an inactive one differ by, in squares of the range.
    private static let indicatorWeight = 0.5

    init(_ space: SearchSpace, inputWarping: Bool = false, fidelities: Bool = false) {
        self.space = space
        var dimensions: [Dimension] = []
        var features: [KernelLayout.Feature] = []
        var warps = 0
        for (position, parameter) in space.parameters.enumerated() where parameter.domain.count != 1 {
            var isChoice = false
            if case .categorical = parameter.domain { isChoice = true }
            let count = parameter.domain.count
            var levels: [Double]?
            if let choices = parameter.domain.choices {
                levels = choices.indices.map { (Double($0) + 0.5) / Double(choices.count) }
            } else if let count, count <= Self.fewLevels {
                levels = Self.levels(parameter.domain, count)
            }
            let warp = inputWarping && !isChoice ? warps : nil
            if warp != nil { warps += 1 }
            features.append(KernelLayout.Feature(kind: isChoice ? .level : .number, scale: dimensions.count, warp: warp))
            dimensions.append(Dimension(position: position, domain: parameter.domain, levels: levels, isDiscrete: count != nil, prior: parameter.unitPrior))
        }
        for index in dimensions.indices where space.parameters[dimensions[index].position].condition != nil && features[index].kind == .number {
            dimensions[index].indicator = features.count
            features.append(KernelLayout.Feature(kind: .level, scale: index, weight: Self.indicatorWeight))
        }
        if fidelities { features.append(KernelLayout.Feature(kind: .number, scale: dimensions.count)) }
        fidelityFeature = fidelities ? features.count - 1 : nil
        self.dimensions = dimensions
        activities = ActivityMemory(space, dimensions)
        layout = KernelLayout(features: features, scaleCount: dimensions.count + (fidelities ? 1 : 0), warpCount: warps)
        // A warped scale is no place for a polynomial, and along a few values there is nothing to extrapolate.
        if warps == 0 { layout.trendFeatures = dimensions.indices.filter { !dimensions[$0].isDiscrete } }
    }

    private static func levels(_ domain: Domain, _ count: Int) -> [Double]? {
        guard case .integer(let low, _, _, let step) = domain else {
            return (0..<count).map { (Double($0) + 0.5) / Double(count) }
        }
        return (0..<count).compactMap { domain.unit(of: .integer(low + $0 * step)) }
    }

    /// The features of a point of the unit cube as `SearchSpace.encode` gives it.
    ///
    /// - Parameter fidelity: From 0 for the lowest to 1 for the highest.
    func features(encoded: [Double], fidelity: Double = 1) -> [Double] {
        var features = [Double](repeating: 0, count: layout.features.count)
        for (index, dimension) in dimensions.enumerated() {
            let unit = encoded[dimension.position]
            if unit.isNaN {
                features[index] = inactive(index)
            } else {
                features[index] = unit
                if let indicator = dimension.indicator { features[indicator] = 1 }
            }
        }
        if let fidelityFeature { features[fidelityFeature] = fidelity }
        return features
    }

    /// The features at the highest fidelity of coordinates, one per dimension; nil where the combination is forbidden.
    ///
    /// Discrete coordinates must be those of a value; see ``snapped(_:)``.
    func features(_ units: [Double]) -> [Double]? {
        var features = units
        if layout.features.count > units.count {
            features += [Double](repeating: 0, count: layout.features.count - units.count)
        }
        if activities.isNeeded {
            guard let active = activities.active(at: units, configuration) else { return nil }
            for (index, dimension) in dimensions.enumerated() {
                if !active[index] { features[index] = inactive(index) }
                if active[index], let indicator = dimension.indicator { features[indicator] = 1 }
            }
        }
        if let fidelityFeature { features[fidelityFeature] = 1 }
        return features
    }

    /// Where an inactive parameter lies: a level of its own, or the middle of the numbers.
    private func inactive(_ index: Int) -> Double { layout.features[index].kind == .level ? -1 : 0.5 }

    /// The configuration at coordinates, one per dimension.
    func configuration(_ units: [Double]) -> Configuration {
        var point = [Double](repeating: 0.5, count: space.parameters.count)
        for (dimension, unit) in zip(dimensions, units) { point[dimension.position] = unit }
        return space.decode(point)
    }

    /// Coordinates, one per dimension, of a point as `SearchSpace.encode` gives it; inactive parameters at their defaults.
    func units(encoded: [Double]) -> [Double] {
        dimensions.map { dimension in
            let unit = encoded[dimension.position]
            return unit.isNaN ? dimension.domain.unit(of: space.parameters[dimension.position].startValue) ?? 0.5 : unit
        }
    }

    /// What is believed of good values after some trials with a model; nil where no parameter has a prior.
    func belief(after trials: Int) -> Belief? {
        let terms = dimensions.indices.filter { !dimensions[$0].prior.isFlat }.map { index in
            Belief.Term(feature: index, indicator: dimensions[index].indicator, prior: dimensions[index].prior)
        }
        return terms.isEmpty ? nil : Belief(terms: terms, exponent: Belief.exponent(after: trials))
    }

    /// Uniform coordinates, one per dimension, as draws from the priors.
    func believed(_ units: [Double]) -> [Double] { zip(dimensions, units).map { $0.prior.quantile($1) } }

    /// The coordinates of the nearest values.
    func snapped(_ units: [Double]) -> [Double] {
        zip(dimensions, units).map { $0.snapped($1) }
    }
}

extension ModelInputs.Dimension {
    func snapped(_ unit: Double) -> Double { isDiscrete ? domain.unit(of: domain.value(atUnit: unit)) ?? 0.5 : min(max(unit, 0), 1) }

    /// Coordinates of the values around one, for discrete numbers with many.
    func neighbours(of unit: Double) -> [Double] {
        guard case .integer(let low, let high, _, let step) = domain, case .integer(let value) = domain.value(atUnit: unit) else {
            guard let count = domain.count else { return [] }
            return [-2, -1, 1, 2].map { unit + $0 / Double(count) }.filter { $0 > 0 && $0 < 1 }.map { snapped($0) }
        }
        return [-2, -1, 1, 2].map { value + $0 * step }.filter { $0 >= low && $0 <= high }.compactMap { domain.unit(of: .integer($0)) }
    }
}

/// Which dimensions are active at coordinates. Looked up where that only depends on parameters with few values: going through a
/// configuration for every candidate would be the larger part of a suggestion.
private final class ActivityMemory {
    /// Whether there are conditions or forbidden combinations at all.
    let isNeeded: Bool
    private let space: SearchSpace
    private let dimensions: [ModelInputs.Dimension]
    /// The dimensions that others depend on.
    private let parents: [Int]
    private let isMemorable: Bool
    /// By the coordinates of the parents; nil where the combination is forbidden.
    private var known: [[Double]: [Bool]?] = [:]

    init(_ space: SearchSpace, _ dimensions: [ModelInputs.Dimension]) {
        self.space = space
        self.dimensions = dimensions
        let names = (space.parameters.compactMap(\.condition) + space.forbidden).reduce(into: Set<String>()) { $0.formUnion($1.parents) }
        isNeeded = !names.isEmpty
        parents = dimensions.indices.filter { names.contains(space.parameters[dimensions[$0].position].name) }
        isMemorable = parents.allSatisfy { dimensions[$0].levels != nil }
    }

    func active(at units: [Double], _ configuration: ([Double]) -> Configuration) -> [Bool]? {
        let key = isMemorable ? parents.map { units[$0] } : []
        if isMemorable, let found = known[key] { return found }
        let configuration = configuration(units)
        let active: [Bool]? =
            space.isForbidden(configuration)
            ? nil : dimensions.map { configuration[space.parameters[$0.position].name] != nil }
        if isMemorable { known.updateValue(active, forKey: key) }
        return active
    }
}
