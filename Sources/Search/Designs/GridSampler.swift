public import SearchSpaces

/// All combinations of a few values of each parameter, each once, in random order: an interrupted grid is a sample of it.
///
/// Numbers have equidistant values on their (log) scale, both ends among them, or all of their values where these are no more.
/// Combinations that differ only in inactive parameters are one. Where the parameters on which others depend have more than ten thousand
/// combinations, or the grid more points than an `Int` counts, points are drawn with replacement.
public struct GridSampler: Sampler {
    public static let card = SamplerCard(
        id: "grid", name: "Grid search", summary: "All combinations of a few values of each parameter, in random order.",
        abilities: [.conditional, .multiFidelity, .multiObjective, .parallel], source: "Bischl et al. 2023, Hyperparameter Optimization, section 4.1",
        options: [AlgorithmOption("resolution", "most values of a numeric parameter; 1 to 100000", standard: GridSampler().resolution)]
    ) { options in try GridSampler(resolution: options.integer("resolution", default: GridSampler().resolution)) }

    /// How many values a numeric parameter has at most.
    public let resolution: Int

    public init() { resolution = 5 }

    /// - Throws: `SearchError` (`invalidOption`) when it is not positive.
    public init(resolution: Int) throws {
        guard (1...100_000).contains(resolution) else {
            throw SearchError(.invalidOption, "A grid has 1 to 100000 values of a parameter, got a resolution of \(resolution).")
        }
        self.resolution = resolution
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        let space = context.space
        let values = space.parameters.map { GridSampler.values(of: $0.domain, resolution: resolution) }
        guard let blocks = GridBlock.all(of: space, values) else {
            var generator = context.generator
            let levels = Dictionary(zip(space.names, values), uniquingKeysWith: { first, _ in first })
            let point = try? space.notForbidden { space.resolve { levels[$0.name]?.randomElement(using: &generator) } }
            return Proposal(try point ?? space.randomConfiguration(using: &generator))
        }
        let count = blocks.last?.end ?? 0
        let order = RandomOrder(count: count, seed: context.seed)
        var index = (context.trials.lazy.reversed().compactMap { $0.notedNumber(.index) }.first ?? -1) + 1
        while index < count {
            let place = order.element(at: index)
            var (low, high) = (0, blocks.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if blocks[middle].end > place { high = middle } else { low = middle + 1 }
            }
            let configuration = blocks[low].configuration(at: place, values, space)
            if !space.isForbidden(configuration) { return Proposal(configuration, notes: [NoteKey.index.name: .integer(index)]) }
            index += 1
        }
        return nil
    }

    /// The values of a domain that are tried, in order.
    static func values(of domain: Domain, resolution: Int) -> [ParameterValue] {
        if let choices = domain.choices { return choices }
        if let count = domain.count, count <= resolution {
            return (0..<count).map { index in domain.value(atUnit: domain.centre(ofCell: index, of: count)) }
        }
        guard resolution > 1, let first = domain.unit(of: domain.value(atUnit: 0)), let last = domain.unit(of: domain.value(atUnit: 1)) else {
            return [domain.middle]
        }
        var values: [ParameterValue] = []
        for step in 0..<resolution {
            let value = domain.value(atUnit: first + (last - first) * Double(step) / Double(resolution - 1))
            if values.last != value { values.append(value) }
        }
        return values
    }
}

/// The points of a grid that agree in the parameters on which others depend.
private struct GridBlock {
    /// The values of those parameters that are active.
    var parents: Configuration
    /// Positions of the other active parameters.
    var others: [Int]
    /// The points of this block and of those before it.
    var end: Int
    var count: Int

    private static let parentLimit = 10_000

    /// Nil when there are too many.
    static func all(of space: SearchSpace, _ values: [[ParameterValue]]) -> [GridBlock]? {
        let positions = Dictionary(zip(space.names, space.parameters.indices), uniquingKeysWith: { first, _ in first })
        let parentNames = space.parameters.reduce(into: Set<String>()) { $0.formUnion($1.condition?.parents ?? []) }
        var partial = [Configuration()]
        for parameter in space.parametersInTopologicalOrder where parentNames.contains(parameter.name) {
            partial = partial.flatMap { configuration -> [Configuration] in
                guard space.isActive(parameter, given: configuration), let position = positions[parameter.name] else { return [configuration] }
                return values[position].map { value in
                    var copy = configuration
                    copy[parameter.name] = value
                    return copy
                }
            }
            guard partial.count <= parentLimit else { return nil }
        }
        var end = 0
        var blocks: [GridBlock] = []
        for parents in partial {
            let others = space.parameters.indices.filter { position in
                let parameter = space.parameters[position]
                return !parentNames.contains(parameter.name) && space.isActive(parameter, given: parents)
            }
            var count = 1
            for position in others {
                let (product, overflow) = count.multipliedReportingOverflow(by: values[position].count)
                guard !overflow, product < 1 << 60 else { return nil }
                count = product
            }
            end += count
            guard end < 1 << 60 else { return nil }
            blocks.append(GridBlock(parents: parents, others: others, end: end, count: count))
        }
        return blocks
    }

    func configuration(at place: Int, _ values: [[ParameterValue]], _ space: SearchSpace) -> Configuration {
        var rest = place - (end - count)
        var configuration = parents
        for position in others {
            let levels = values[position]
            configuration[space.parameters[position].name] = levels[rest % levels.count]
            rest /= levels.count
        }
        return space.ordered(configuration)
    }
}

/// The numbers below a count in a random order, any place of it at once.
///
/// A Feistel network over the next power of four, walked until it lands below the count (Black and Rogaway 2002, Ciphers with Arbitrary
/// Finite Domains).
struct RandomOrder: Sendable {
    let count: Int
    private let halfBits: UInt64
    private let keys: [UInt64]

    init(count: Int, seed: UInt64) {
        self.count = count
        let bits = UInt64(Int.bitWidth - max(count - 1, 1).leadingZeroBitCount)
        halfBits = (bits + 1) / 2
        var generator = TrialGenerator(seed: seed)
        keys = (0..<6).map { _ in generator.next() }
    }

    func element(at place: Int) -> Int {
        var value = UInt64(place)
        repeat { value = permuted(value) } while value >= UInt64(count)
        return Int(value)
    }

    private func permuted(_ value: UInt64) -> UInt64 {
        let mask = UInt64(1) << halfBits - 1
        var (left, right) = (value >> halfBits, value & mask)
        for key in keys {
            var round = TrialGenerator(seed: key, trial: Int(right))
            (left, right) = (right, left ^ round.next() & mask)
        }
        return left << halfBits | right
    }
}
