/// What is believed about a good value before anything was tried: a distribution over the domain, truncated to it. Without a prior
/// every value is equally likely on the parameter's scale.
///
/// Domains keep their map to the unit cube; a prior is a density over the unit interval (`UnitPrior`).
public enum Prior: Sendable, Hashable {
    /// A normal distribution over numbers: `mean` in the parameter's own units, `deviation` in them too, or in units of the natural
    /// logarithm on a log scale (a deviation of 1 is a factor of e).
    case normal(mean: Double, deviation: Double)
    /// A beta distribution over the range of numbers on its scale, 0 at the low end and 1 at the high one.
    case beta(alpha: Double, beta: Double)
    /// One weight per choice in their order; they need not sum to 1. A choice of weight 0 is never drawn, but is allowed.
    case weights([Double])

    /// - Throws: `SearchSpaceError` (`invalidPrior`) when the prior does not fit the domain.
    func validate(for domain: Domain, parameter: String) throws {
        func fail(_ message: String) -> SearchSpaceError {
            SearchSpaceError(.invalidPrior, "The prior of \"\(parameter)\" \(message)", parameter: parameter)
        }
        switch self {
        case .normal(let mean, let deviation):
            guard domain.scaledBounds != nil else { throw fail("is normal, but \"\(parameter)\" is \(domain); give weights instead.") }
            guard mean.isFinite, deviation.isFinite, deviation > 0 else {
                throw fail("must have a finite mean and a positive deviation, got \(mean) and \(deviation).")
            }
            if domain.isLogarithmic, mean <= 0 { throw fail("has the mean \(mean); on a log scale it must be above 0.") }
            guard let ends = UnitPrior.ends(mean: mean, deviation: deviation, of: domain), max(ends.low, -ends.high) < 30 else {
                throw fail("has its mean \(mean) more than 30 deviations outside the range; no value would be likely.")
            }
        case .beta(let alpha, let beta):
            guard domain.scaledBounds != nil else { throw fail("is beta, but \"\(parameter)\" is \(domain); give weights instead.") }
            guard alpha > 0, beta > 0, alpha <= 1e6, beta <= 1e6 else {
                throw fail("must have alpha and beta above 0 and up to 1e6, got \(alpha) and \(beta).")
            }
        case .weights(let weights):
            guard let choices = domain.choices else { throw fail("has weights, but \"\(parameter)\" is \(domain); use normal or beta.") }
            guard weights.count == choices.count else {
                throw fail("has \(weights.count) weights for \(choices.count) choices; give one each.")
            }
            guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }), weights.reduce(0, +) > 0, weights.reduce(0, +).isFinite else {
                throw fail("must have weights of at least 0, not all of them 0, got \(weights).")
            }
        }
    }
}

extension Domain {
    package var isLogarithmic: Bool {
        switch self {
        case .float(_, _, let log, _), .integer(_, _, let log, _): log
        case .categorical, .ordinal, .constant: false
        }
    }
}

extension Parameter {
    /// The same parameter with a prior.
    public func expecting(_ prior: Prior) -> Parameter {
        var copy = self
        copy.prior = prior
        return copy
    }

    /// The prior as a density over the unit interval; flat when there is none.
    public var unitPrior: UnitPrior { UnitPrior(prior, over: domain) }
}
