import Foundation

/// The strategy parameters of CMA-ES.
///
/// Source: Hansen 2016, The CMA Evolution Strategy: A Tutorial, table 1; with a diagonal covariance the learning rates are those of Ros and
/// Hansen 2008.
struct CMAConstants: Sendable {
    /// Numeric parameters.
    let dimensions: Int
    /// λ
    let population: Int
    /// Of the ranked members, best first: positive ones sum to 1.
    let weights: [Double]
    /// How many weights are positive.
    let parents: Int
    let effectiveParents: Double
    let rankOneRate: Double
    let rankMuRate: Double
    let pathRate: Double
    let stepRate: Double
    let stepDamping: Double
    /// The expected length of a standard normal vector.
    let normalLength: Double

    init(dimensions: Int, population: Int, isDiagonal: Bool) {
        let d = Double(max(dimensions, 1))
        let parents = population / 2
        let raw = (1...population).map { log(Double(population + 1) / 2) - log(Double($0)) }
        func effective(_ part: ArraySlice<Double>) -> Double {
            let (sum, squares) = (part.reduce(0, +), part.reduce(0) { $0 + $1 * $1 })
            return squares > 0 ? sum * sum / squares : 0
        }
        let (plus, minus) = (effective(raw[..<parents]), effective(raw[parents...]))
        let speedUp = isDiagonal ? (d + 2) / 3 : 1
        let c1 = min(speedUp * 2 / ((d + 1.3) * (d + 1.3) + plus), 0.5)
        let cMu = min(1 - c1, speedUp * 2 * (plus - 2 + 1 / plus) / ((d + 2) * (d + 2) + plus))
        let negativeSum = min(1 + c1 / cMu, 1 + 2 * minus / (plus + 2), (1 - c1 - cMu) / (d * cMu))
        let positiveTotal = raw.filter { $0 > 0 }.reduce(0, +)
        let negativeTotal = -raw.filter { $0 < 0 }.reduce(0, +)
        self.dimensions = dimensions
        self.population = population
        self.parents = parents
        weights = raw.map { $0 >= 0 ? $0 / positiveTotal : $0 * negativeSum / negativeTotal }
        effectiveParents = plus
        rankOneRate = c1
        rankMuRate = cMu
        pathRate = (4 + plus / d) / (d + 4 + 2 * plus / d)
        stepRate = (plus + 2) / (d + plus + 5)
        stepDamping = 1 + 2 * max(0, ((plus - 1) / (d + 1)).squareRoot() - 1) + stepRate
        normalLength = d.squareRoot() * (1 - 1 / (4 * d) + 1 / (21 * d * d))
    }
}
