/// The values that conditions compare parameters with: between two neighbours of them, no condition tells values apart.
struct ComparisonPoints {
    private var bounds: [String: Set<Double>] = [:]
    /// Groups of parameters that are compared with each other share their bounds.
    private var related: [String: Set<String>] = [:]

    init(_ conditions: [Condition], _ parameters: [Parameter]) {
        conditions.forEach { collect($0) }
        // A chain of relations has at most as many links as there are parameters.
        for _ in parameters.indices {
            let before = bounds
            for parameter in parameters where isRelated(parameter.name) {
                if let (low, high) = parameter.domain.numericEnds { bounds[parameter.name, default: []].formUnion([low, high]) }
                for other in related[parameter.name] ?? [] { bounds[other, default: []].formUnion(bounds[parameter.name] ?? []) }
            }
            if bounds == before { break }
        }
    }

    func isRelated(_ name: String) -> Bool { related[name] != nil }

    /// Values to try, in random order.
    func candidates(for parameter: Parameter, using generator: inout some RandomNumberGenerator) -> [ParameterValue] {
        let domain = parameter.domain
        var values: [ParameterValue]
        if let count = domain.count, count <= CombinationSearch.completeLimit || domain.choices != nil {
            values = (0..<count).compactMap(domain.value(atCell:))
            if case .weights(let weights)? = parameter.prior { values = zip(values, weights).filter { $1 > 0 }.map(\.0) }
        } else {
            values = around(parameter, using: &generator)
        }
        values.shuffle(using: &generator)
        return values
    }

    /// The bounds themselves, their neighbours, and random values between each two of them.
    private func around(_ parameter: Parameter, using generator: inout some RandomNumberGenerator) -> [ParameterValue] {
        let domain = parameter.domain
        guard let (low, high) = domain.numericEnds else { return [] }
        let inner = (bounds[parameter.name] ?? []).filter { $0 > low && $0 < high }
        let ends = [low] + inner.sorted() + [high]
        var values = Set(ends.compactMap(domain.value(nearest:)))
        let draws = isRelated(parameter.name) ? CombinationSearch.relationDraws : 1
        let prior = parameter.unitPrior
        for (left, right) in zip(ends, ends.dropFirst()) {
            guard let first = domain.coordinate(of: left), let last = domain.coordinate(of: right), first < last else { continue }
            for _ in 0..<draws {
                let unit = first + (last - first) * Double.random(in: 0..<1, using: &generator)
                values.insert(domain.value(atUnit: unit))
            }
            // Discrete values just inside, should the draws have missed a narrow gap.
            if let step = domain.step {
                values.formUnion([left + step, right - step].filter { $0 > left && $0 < right }.compactMap(domain.value(nearest:)))
            }
        }
        if !isRelated(parameter.name) || values.count < 64 {
            values.insert(domain.value(atUnit: prior.quantile(Double.random(in: 0..<1, using: &generator))))
        }
        // Sets have no order of their own; chance must come from the generator alone.
        return values.sorted { ($0.number ?? 0) < ($1.number ?? 0) }
    }

    private mutating func collect(_ condition: Condition) {
        switch condition {
        case .all(let parts), .any(let parts): parts.forEach { collect($0) }
        case .parameter(let name, let test): bounds[name, default: []].formUnion(test.operands.compactMap(\.number))
        case .relation(let left, _, let right):
            related[left, default: []].insert(right)
            related[right, default: []].insert(left)
        }
    }
}

extension Domain {
    /// The least and the greatest number; nil where there are choices.
    package var numericEnds: (low: Double, high: Double)? {
        switch self {
        case .float(let low, let high, _, let step):
            guard let step, let count else { return (low, high) }
            return (low, min(low + Double(count - 1) * step, high))
        case .integer(let low, _, _, let step): return (Double(low), Double(low + ((count ?? 1) - 1) * step))
        case .categorical, .ordinal, .constant: return nil
        }
    }

    /// The distance of neighbouring values; nil for a continuous range and for choices.
    package var step: Double? {
        switch self {
        case .float(_, _, _, let step): step
        case .integer(_, _, _, let step): Double(step)
        case .categorical, .ordinal, .constant: nil
        }
    }

    /// The place of a number on the unit interval, whether or not it is a value of the domain.
    fileprivate func coordinate(of number: Double) -> Double? {
        guard let (low, high) = scaledBounds, high > low else { return nil }
        return min(max((scaled(number) - low) / (high - low), 0), 1)
    }

    fileprivate func value(nearest number: Double) -> ParameterValue? {
        // Exactly, where it is a value: the way over the unit interval rounds.
        canonical(.float(number)) ?? coordinate(of: number).map(value(atUnit:))
    }
}
