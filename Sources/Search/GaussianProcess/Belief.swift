import SearchSpaces

/// The priors of the parameters, which multiply the acquisition and count the less the more is known.
///
/// Source: Hvarfner et al. 2022, πBO: Augmenting Acquisition Functions with User Beliefs, equation 4: the acquisition times
/// density^(β/t) after t trials with a model. Ours cuts densities off from below: what is all but excluded by a prior can still win.
struct Belief: Sendable {
    /// What is believed of one parameter.
    struct Term: Sendable {
        /// The feature that holds its coordinate.
        var feature: Int
        /// The feature that is 1 where it is active; nil where it always is, or an inactive one is below 0.
        var indicator: Int?
        var prior: UnitPrior

        /// Nothing is believed of what is inactive.
        func isActive(in features: [Double]) -> Bool { indicator.map { features[$0] == 1 } ?? (features[feature] >= 0) }
    }

    var terms: [Term]
    /// β/t
    var exponent: Double

    /// β: how many trials the belief is worth.
    static let strength = 10.0
    private static let lowestLog = -27.6
    private static let step = 1e-4

    /// β/t after some trials with a model.
    static func exponent(after trials: Int) -> Double { strength / Double(max(trials, 1)) }

    /// The logarithm of a density, cut off at that of 10⁻¹².
    static func logDensity(_ prior: UnitPrior, _ unit: Double) -> Double { max(prior.logDensity(at: unit), lowestLog) }

    func value(at features: [Double]) -> Double {
        var sum = 0.0
        for term in terms where term.isActive(in: features) { sum += Self.logDensity(term.prior, features[term.feature]) }
        return exponent * sum
    }

    /// By differences: densities cost nothing beside the processes.
    func addGradient(at features: [Double], to gradient: inout [Double]) {
        for term in terms where term.isActive(in: features) {
            let unit = features[term.feature]
            let (low, high) = (max(unit - Self.step, 0), min(unit + Self.step, 1))
            let slope = (Self.logDensity(term.prior, high) - Self.logDensity(term.prior, low)) / (high - low)
            if slope.isFinite { gradient[term.feature] += exponent * slope }
        }
    }
}
