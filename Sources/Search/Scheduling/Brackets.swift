import SearchSpaces

/// One bracket of successive halving: how many configurations are trained at which fidelity.
public struct Bracket: Sendable, Hashable {
    /// One per rung, rising.
    public var fidelities: [Int]
    /// How many trials each rung has, falling.
    public var sizes: [Int]

    public init(fidelities: [Int], sizes: [Int]) {
        self.fidelities = fidelities
        self.sizes = sizes
    }
}

/// How many configurations the first rung of a Hyperband bracket has.
public enum BracketForm: String, Sendable, Hashable, CaseIterable {
    /// ⌊S/(s+1)⌋ · η^s, as HpBandSter and DEHB do.
    case floor
    /// ⌈S · η^s/(s+1)⌉, as in the paper and SMAC3.
    case ceil
}

extension Bracket {
    /// The brackets of one round of Hyperband, the one that starts lowest first; S of them, S being the number of fidelities.
    ///
    /// Source: Li et al. 2018, Hyperband, algorithm 1; the form `floor` is that of HpBandSter.
    static func hyperband(_ fidelities: [Int], eta: Int, form: BracketForm) -> [Bracket] {
        let count = fidelities.count
        return fidelities.indices.map { first in
            let halvings = count - 1 - first
            let power = power(eta, halvings)
            let size = form == .floor ? (count / (halvings + 1)).saturatingProduct(power) : ceilQuotient(count, power, halvings + 1)
            return halving(Array(fidelities[first...]), eta: eta, size: size)
        }
    }

    /// A bracket whose rungs shrink by η from a first size; no rung is empty.
    static func halving(_ fidelities: [Int], eta: Int, size: Int) -> Bracket {
        var sizes: [Int] = []
        var divisor = 1
        for _ in fidelities {
            sizes.append(max(size / divisor, 1))
            divisor = divisor.saturatingProduct(eta)
        }
        return Bracket(fidelities: fidelities, sizes: sizes)
    }

    /// Fidelities from the highest down by factors of η while they are not below the lowest, as in HpBandSter; rising.
    ///
    /// - Throws: `SearchError` (`invalidOption`) when the numbers leave none.
    static func fidelities(_ minimum: Int, _ maximum: Int, eta: Int) throws -> [Int] {
        guard minimum >= 1, maximum >= minimum else {
            throw SearchError(.invalidOption, "Fidelities must be at least 1 and not empty, got \(minimum) to \(maximum).")
        }
        guard eta >= 2 else { throw SearchError(.invalidOption, "The reduction factor eta must be at least 2, got \(eta).") }
        var fidelities = [maximum]
        var divisor = 1
        while divisor <= maximum / eta, maximum / (divisor * eta) >= minimum {
            divisor *= eta
            let fidelity = Int((Double(maximum) / Double(divisor)).rounded())
            guard let lowest = fidelities.last, fidelity < lowest else { break }
            fidelities.append(fidelity)
        }
        return fidelities.reversed()
    }

    static func power(_ base: Int, _ exponent: Int) -> Int {
        var result = 1
        for _ in 0..<exponent { result = result.saturatingProduct(base) }
        return result
    }

    private static func ceilQuotient(_ a: Int, _ b: Int, _ divisor: Int) -> Int {
        let product = a.saturatingProduct(b)
        return product / divisor + (product % divisor == 0 ? 0 : 1)
    }
}

extension Int {
    /// Far more trials than any study has, and no overflow.
    fileprivate func saturatingProduct(_ other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max >> 8 : Swift.min(product, .max >> 8)
    }
}
