/// Densities that say where good values are expected; they multiply the acquisition and count the less the more is known.
///
/// Source: Hvarfner et al. 2022, πBO: Augmenting Acquisition Functions with User Beliefs, equation 4: the acquisition times
/// density^(β/t) after t trials with a model.
struct Belief: Sendable {
    /// The logarithm of the density over the unit interval, one per feature; nil where nothing is believed.
    let logDensities: [(@Sendable (Double) -> Double)?]
    /// β/t
    let exponent: Double

    /// How many trials the belief is worth.
    static let strength = 10.0
    private static let step = 1e-4

    func value(at features: [Double]) -> Double {
        var sum = 0.0
        for (index, logDensity) in logDensities.enumerated() {
            if let logDensity { sum += exponent * logDensity(features[index]) }
        }
        return sum
    }

    /// By differences: densities are given as functions only, and cost nothing beside the processes.
    func addGradient(at features: [Double], to gradient: inout [Double]) {
        for (index, logDensity) in logDensities.enumerated() {
            guard let logDensity else { continue }
            let (low, high) = (max(features[index] - Self.step, 0), min(features[index] + Self.step, 1))
            let slope = (logDensity(high) - logDensity(low)) / (high - low)
            if slope.isFinite { gradient[index] += exponent * slope }
        }
    }
}
