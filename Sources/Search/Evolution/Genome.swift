import Foundation
import SearchSpaces

/// A space as a string of genes: one coordinate in [0, 1] per parameter, NaN where it does not matter.
struct Genome: Sendable {
    enum Gene: Sendable {
        /// One value only.
        case fixed
        /// A continuous number.
        case number
        /// A number or rank of a few.
        case discrete(DiscreteScale)
        /// A choice without an order among so many.
        case choice(Int)

        var isFree: Bool {
            if case .fixed = self { return false }
            return true
        }
    }

    let space: SearchSpace
    let genes: [Gene]
    /// Positions of the genes that can vary.
    let free: [Int]

    init(_ space: SearchSpace) {
        self.space = space
        let genes: [Gene] = space.parameters.map { parameter in
            switch (parameter.domain, parameter.domain.count) {
            case (_, 1): .fixed
            case (.categorical, let count?): .choice(count)
            case (let domain, _): DiscreteScale(domain).map { .discrete($0) } ?? .number
            }
        }
        self.genes = genes
        free = genes.indices.filter { genes[$0].isFree }
    }

    /// The child of two parents and the genes that mutate.
    ///
    /// Numbers: simulated binary crossover and polynomial mutation in their bounded forms (Deb and Agrawal 1995; Deb and Goyal 1996). Choices
    /// come from either parent and are redrawn. Of a gene that only one parent has, its value; of one that none has, a new draw.
    func child(_ mother: [Double], _ father: [Double], _ operators: GeneticOperators, _ generator: inout TrialGenerator) -> [Double] {
        var child = mother
        let crosses = generator.uniform() < operators.crossoverProbability
        // Of the two children that the operators make, one.
        let second = generator.uniform() < 0.5
        if second { child = father }
        for position in free {
            let (left, right) = (mother[position], father[position])
            if left.isNaN || right.isNaN {
                child[position] = left.isNaN ? right : left
                continue
            }
            guard crosses, generator.uniform() < 0.5, left != right else { continue }
            switch genes[position] {
            case .fixed: continue
            case .choice: child[position] = generator.uniform() < 0.5 ? left : right
            case .number, .discrete:
                let pair = operators.crossed(min(left, right), max(left, right), generator.uniform())
                child[position] = generator.uniform() < 0.5 ? pair.low : pair.high
            }
        }
        mutate(&child, operators, &generator)
        return child
    }

    /// A point moved by the difference of two others, and the genes that mutate (Storn and Price 1997, with a random factor).
    ///
    /// A number that would leave the range stays between where it was and the border. A choice on which the two differ becomes that of
    /// `target`, and so does a gene that only `target` has.
    func moved(_ base: [Double], from origin: [Double], to target: [Double], _ operators: GeneticOperators, _ generator: inout TrialGenerator) -> [Double] {
        var child = base
        for position in free where child[position].isNaN { child[position] = target[position] }
        let factor = 0.25 + 0.5 * generator.uniform()
        for position in free where !child[position].isNaN && origin[position] != target[position] {
            let (from, to) = (origin[position], target[position])
            guard !from.isNaN, !to.isNaN else { continue }
            switch genes[position] {
            case .fixed: continue
            case .choice: child[position] = to
            case .number, .discrete:
                let (old, new) = (child[position], child[position] + factor * (to - from))
                child[position] = new < 0 ? old * generator.uniform() : new > 1 ? 1 - (1 - old) * generator.uniform() : new
            }
        }
        mutate(&child, operators, &generator)
        return child
    }

    /// Changes each gene with a small probability, and draws those that are lacking.
    private func mutate(_ child: inout [Double], _ operators: GeneticOperators, _ generator: inout TrialGenerator) {
        let active = free.count { !child[$0].isNaN }
        let probability = operators.mutationProbability ?? 1 / Double(max(active, 1))
        for position in free where !child[position].isNaN && generator.uniform() < probability {
            mutate(&child, position, &generator) { operators.mutated($0, $1) }
        }
        fill(&child, &generator)
    }

    /// Changes one gene: a number by `move`, which gets the coordinate and a draw in [0, 1), and by at least one step where it has steps.
    func mutate(_ point: inout [Double], _ position: Int, _ generator: inout TrialGenerator, move: (Double, Double) -> Double) {
        switch genes[position] {
        case .fixed: return
        case .number: point[position] = move(point[position], generator.uniform())
        case .choice(let count):
            let old = min(Int(point[position] * Double(count)), count - 1)
            let other = Int(generator.next() % UInt64(count - 1))
            point[position] = (Double(other < old ? other : other + 1) + 0.5) / Double(count)
        case .discrete(let scale):
            let moved = move(point[position], generator.uniform())
            let (old, new) = (scale.cell(of: point[position]), scale.cell(of: moved))
            let up = moved == point[position] ? generator.uniform() < 0.5 : moved > point[position]
            let neighbour = old == 0 ? 1 : old == scale.count - 1 ? old - 1 : up ? old + 1 : old - 1
            point[position] = scale.centre(of: new == old ? neighbour : new)
        }
    }

    /// Draws the genes that a point lacks.
    func fill(_ point: inout [Double], _ generator: inout TrialGenerator) {
        for position in free where point[position].isNaN { point[position] = generator.uniform() }
    }

    /// The first configuration that a draw gives which is neither forbidden nor among `known`; the last one that is not forbidden where all
    /// are known; a random one where all are forbidden.
    ///
    /// - Parameter known: Points as `SearchSpace.encode` gives them.
    /// - Throws: `SearchSpaceError` (`forbidden`) when random draws are forbidden as well.
    func configuration(
        unlike known: [[Double]], _ generator: inout TrialGenerator, _ draw: (inout TrialGenerator) -> [Double]
    ) throws -> Configuration {
        var last: Configuration?
        for _ in 0..<Self.attempts {
            let configuration = space.decode(draw(&generator))
            if space.isForbidden(configuration) { continue }
            last = configuration
            let point = space.encode(configuration)
            if !known.contains(where: { Self.isSame($0, point) }) { return configuration }
        }
        return try last ?? space.randomConfiguration(using: &generator)
    }

    private static var attempts: Int { 20 }

    static func isSame(_ left: [Double], _ right: [Double]) -> Bool {
        guard left.count == right.count else { return false }
        // Mostly the same storage: points are remembered.
        if left.withUnsafeBufferPointer({ a in right.withUnsafeBufferPointer { a.baseAddress == $0.baseAddress } }) { return true }
        for position in left.indices where left[position] != right[position] && !(left[position].isNaN && right[position].isNaN) { return false }
        return true
    }
}

/// Simulated binary crossover and polynomial mutation on [0, 1].
struct GeneticOperators: Sendable, Hashable {
    /// How close children stay to their parents: larger is closer.
    var crossoverIndex = 20.0
    var crossoverProbability = 0.9
    /// How many of the children are members moved by differences instead.
    var differenceShare = 0.0
    /// How small mutations are: larger is smaller.
    var mutationIndex = 20.0
    /// Of each gene; one in the number of active genes when nil.
    var mutationProbability: Double?

    /// The two children of `low` < `high`, by a draw in [0, 1).
    func crossed(_ low: Double, _ high: Double, _ draw: Double) -> (low: Double, high: Double) {
        let (sum, gap) = (low + high, high - low)
        guard gap > 1e-14 else { return (low, high) }
        func spread(_ room: Double) -> Double {
            let alpha = 2 - pow(1 + 2 * room / gap, -(crossoverIndex + 1))
            let power = 1 / (crossoverIndex + 1)
            return draw <= 1 / alpha ? pow(draw * alpha, power) : pow(1 / (2 - draw * alpha), power)
        }
        let first = 0.5 * (sum - spread(low) * gap)
        let second = 0.5 * (sum + spread(1 - high) * gap)
        return (min(max(first, 0), 1), min(max(second, 0), 1))
    }

    /// A coordinate mutated by a draw in [0, 1).
    func mutated(_ value: Double, _ draw: Double) -> Double {
        let value = min(max(value, 0), 1)
        let power = mutationIndex + 1
        let change: Double
        if draw < 0.5 {
            change = pow(2 * draw + (1 - 2 * draw) * pow(1 - value, power), 1 / power) - 1
        } else {
            change = 1 - pow(2 * (1 - draw) + (2 * draw - 1) * pow(value, power), 1 / power)
        }
        return min(max(value + change, 0), 1)
    }
}
