import Foundation

extension SearchSpace {
    /// The one-exchange neighbourhood: configurations that differ from this one in exactly one active parameter, in random order.
    ///
    /// A categorical takes each of its other values, an ordinal the one or two adjacent ranks, a number up to `draws` different values
    /// from a normal distribution around its own, in unit space and rejected outside [0, 1]; a whole number with no more than
    /// `draws` other values takes them all. Activity follows: what becomes active takes its default, what becomes inactive is
    /// left out. Forbidden neighbours are dropped, so the list may be empty.
    ///
    /// - Parameters:
    ///   - deviation: The standard deviation in unit space; widened towards 1 where too few values are met.
    ///   - draws: The most neighbours per number.
    ///
    /// Source: Hutter, Hoos and Leyton-Brown 2011, Sequential Model-Based Optimization for General Algorithm Configuration, section
    /// 4.3; constants of ConfigSpace 1.2. A forbidden neighbour is not drawn again here.
    package func neighbours(
        of configuration: Configuration, deviation: Double = 0.2, draws: Int = 4, using generator: inout some RandomNumberGenerator
    ) -> [Configuration] {
        var neighbours: [Configuration] = []
        for parameter in parameters {
            guard let value = configuration[parameter.name] else { continue }
            for other in parameter.domain.neighbours(of: value, deviation: deviation, draws: draws, using: &generator) {
                let neighbour = resolve { $0.name == parameter.name ? other : configuration[$0.name] }
                if !isForbidden(neighbour) { neighbours.append(neighbour) }
            }
        }
        neighbours.shuffle(using: &generator)
        return neighbours
    }
}

extension Domain {
    /// The values next to `value`, all different from it and from each other; none for a value outside the domain.
    package func neighbours(
        of value: ParameterValue, deviation: Double, draws: Int, using generator: inout some RandomNumberGenerator
    ) -> [ParameterValue] {
        guard let centre = unit(of: value), count != 1 else { return [] }
        switch self {
        case .constant: return []
        case .categorical(let values): return values.filter { $0 != value }
        case .ordinal(let ranks):
            guard let rank = ranks.firstIndex(of: value) else { return [] }
            return [rank - 1, rank + 1].filter(ranks.indices.contains).map { ranks[$0] }
        case .float, .integer:
            if let count, count - 1 <= draws { return (0..<count).compactMap(self.value(atCell:)).filter { $0 != value } }
            return draw(around: centre, except: value, deviation: deviation, draws: draws, using: &generator)
        }
    }

    /// Normal draws, `draws` of them where the domain is wide enough.
    private func draw(
        around centre: Double, except value: ParameterValue, deviation: Double, draws: Int, using generator: inout some RandomNumberGenerator
    ) -> [ParameterValue] {
        var found: [ParameterValue] = []
        var seen: Set<ParameterValue> = [value]
        for round in 0...Self.wideningRounds {
            let width = deviation + (max(deviation, 1) - deviation) * Double(round) / Double(Self.wideningRounds)
            for _ in 0..<(draws * Self.drawsPerRound) {
                guard found.count < draws else { return found }
                let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
                let unit = centre + width * radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
                guard (0...1).contains(unit) else { continue }
                let other = self.value(atUnit: unit)
                if seen.insert(other).inserted { found.append(other) }
            }
        }
        return found
    }

    private static var wideningRounds: Int { 8 }
    private static var drawsPerRound: Int { 4 }

    /// The value of a discrete domain by its place in it; nil for a continuous range or a place beyond the end.
    package func value(atCell cell: Int) -> ParameterValue? {
        guard let count, cell >= 0, cell < count else { return nil }
        switch self {
        case .float(let low, let high, _, let step): return .float(min(low + Double(cell) * (step ?? 0), high))
        case .integer(let low, _, _, let step): return .integer(low + cell * step)
        case .categorical(let values), .ordinal(let values): return values[cell]
        case .constant(let value): return value
        }
    }
}
