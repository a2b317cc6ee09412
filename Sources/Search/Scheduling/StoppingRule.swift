/// A scheduler that starts every trial at the highest fidelity and may stop it after a report.
public protocol StoppingRule: TrialScheduler {}

extension StoppingRule {
    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        context.mayStart ? .start(fidelity: maximumFidelity) : context.idle
    }
}

/// One reported value, lower is better.
struct Report {
    var step: Int
    var loss: Double
}

extension Trial {
    /// The first objective by rising step; what is not a number counts as the worst.
    func reports(_ direction: Direction, through last: Int = .max) -> [Report] {
        intermediateValues.lazy.filter { $0.key <= last }.map { Report(step: $0.key, loss: $0.value.isNaN ? .infinity : direction.loss($0.value)) }
            .sorted { $0.step < $1.step }
    }

    /// The loss reported at a step.
    func loss(_ direction: Direction, at step: Int) -> Double? {
        intermediateValues[step].map { $0.isNaN ? .infinity : direction.loss($0) }
    }
}

extension SchedulingContext {
    /// The direction of the first objective, which reports are about.
    var reported: Direction { directions.first ?? .minimize }
}

/// Quantiles of a sample.
enum Quantile {
    /// Linear interpolation between the order statistics, as NumPy does; nil of nothing.
    static func of(_ values: [Double], at share: Double) -> Double? {
        let sorted = values.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        let place = min(max(share, 0), 1) * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        let (low, high) = (sorted[index], sorted[index + 1])
        guard low.isFinite, high.isFinite else { return place == 0 ? first : (place == Double(index) ? low : high) }
        return low + (place - Double(index)) * (high - low)
    }
}

extension Double {
    /// - Throws: `SearchError` (`invalidOption`) when the number is not in the range.
    static func checked(_ value: Double, in range: ClosedRange<Double>, _ option: String) throws -> Double {
        guard range.contains(value) else {
            throw SearchError(.invalidOption, "\(option) must be from \(range.lowerBound) to \(range.upperBound), got \(value).")
        }
        return value
    }
}

extension Int {
    /// - Throws: `SearchError` (`invalidOption`) when the number is below the least.
    static func checked(_ value: Int, atLeast least: Int, _ option: String) throws -> Int {
        guard value >= least else { throw SearchError(.invalidOption, "\(option) must be at least \(least), got \(value).") }
        return value
    }
}
