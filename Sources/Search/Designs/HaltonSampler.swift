public import SearchSpaces

/// The points of a scrambled Halton sequence, one after another.
///
/// Source: Halton 1960, On the Efficiency of Certain Quasi-Random Sequences; random linear scrambling of the digits as in Matoušek 1998.
public struct HaltonSampler: Sampler {
    public static let card = SamplerCard(
        id: "halton", name: "Halton sequence", summary: "Quasi-random points with a prime base for each parameter; best for few parameters.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel],
        source: "Halton 1960, On the Efficiency of Certain Quasi-Random Sequences of Points; scrambled"
    ) { _ in HaltonSampler() }

    public init() {}

    public func sample(_ context: SamplingContext) throws -> Configuration? { try propose(context)?.configuration }

    public func propose(_ context: SamplingContext) throws -> Proposal? {
        let walk = SharedSequence(context)
        let sequence = HaltonSequence(dimensions: walk.dimensions, seed: context.seed)
        return try walk.next { sequence.point(at: $0) }
    }
}

/// A Halton sequence: the digits of the index in a prime base for each dimension, mirrored behind the point.
struct HaltonSequence: Sendable {
    let bases: [Int]
    let seed: UInt64?

    /// - Parameter seed: The seed of the scrambling; not scrambled when nil.
    init(dimensions: Int, seed: UInt64?) {
        bases = Self.primes(dimensions)
        self.seed = seed
    }

    /// Each coordinate in [0, 1).
    func point(at index: Int) -> [Double] {
        bases.indices.map { dimension in
            let base = UInt64(bases[dimension])
            var generator = seed.map { TrialGenerator(seed: $0, trial: dimension) }
            var (rest, weight, sum) = (UInt64(max(index, 0)), 1.0, 0.0)
            // A scrambled zero digit counts, so the digits go on to the end of the precision.
            while weight > 0x1p-53, rest > 0 || generator != nil {
                var digit = rest % base
                rest /= base
                if var source = generator {
                    let (factor, offset) = (1 + source.next() % (base - 1), source.next() % base)
                    digit = (digit * factor + offset) % base
                    generator = source
                }
                weight /= Double(base)
                sum += Double(digit) * weight
            }
            return min(sum, 1 - 0x1p-53)
        }
    }

    private static func primes(_ count: Int) -> [Int] {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < count {
            if primes.prefix(while: { $0 * $0 <= candidate }).allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }
}
