import Foundation

/// What is to be maximised over the space: the logarithm of what a point promises, times the probability that it is feasible.
struct Acquisition: Sendable {
    /// What a point promises.
    enum Promise: Sendable {
        /// Nothing: while no feasible point is known, only feasibility counts.
        case none
        /// How far the value is expected below the lowest, one lowest value per draw (Ament et al. 2023: the logarithm; averaged over
        /// fantasies as in Snoek et al. 2012, section 3.2).
        case improvement(below: [Double])
        /// How low the mean is: what is already known is made the most of.
        case mean
        /// By how much the dominated volume is expected to grow.
        case hypervolume(HypervolumeImprovement)
    }

    var promise: Promise
    /// One per objective.
    var objectives: [GaussianProcess]
    /// A point is feasible where all are below their limits.
    var constraints: [(process: GaussianProcess, limit: Double)]
    /// What is believed about good values beforehand.
    var belief: Belief?

    var isExploiting: Bool { if case .mean = promise { true } else { false } }

    /// The values at points given by their features.
    func values(at points: [[Double]]) -> [Double] {
        let objectiveMoments = objectives.map { $0.moments(at: points) }
        let constraintMoments = constraints.map { $0.process.moments(at: points) }
        return points.indices.map { index in
            var sum = promised(objectiveMoments.map { ($0.means[index], $0.variances[index]) }).value
            for (moments, constraint) in zip(constraintMoments, constraints) {
                let z = (constraint.limit - moments.means[index][0]) / moments.variances[index].squareRoot()
                sum += NormalTails.logCumulative(z).value
            }
            return sum + (belief?.value(at: points[index]) ?? 0)
        }
    }

    /// The value at one point and its gradient by the features.
    func value(at point: [Double]) -> (value: Double, gradient: [Double]) {
        var gradient = [Double](repeating: 0, count: point.count)
        let moments = objectives.map { $0.moments(at: point) }
        let promised = promised(moments.map { ($0.means, $0.variance) })
        var sum = promised.value
        for (index, process) in objectives.enumerated() where !promised.byMeans.isEmpty {
            process.addGradient(moments[index], byMeans: promised.byMeans[index], byVariance: promised.byVariances[index], to: &gradient)
        }
        for (process, limit) in constraints {
            let moments = process.moments(at: point)
            let deviation = moments.variance.squareRoot()
            let z = (limit - moments.means[0]) / deviation
            let (value, slope) = NormalTails.logCumulative(z)
            sum += value
            process.addGradient(moments, byMeans: [-slope / deviation], byVariance: -slope * z / (2 * moments.variance), to: &gradient)
        }
        if let belief {
            sum += belief.value(at: point)
            belief.addGradient(at: point, to: &gradient)
        }
        return (sum, gradient)
    }

    private typealias Promised = (value: Double, byMeans: [[Double]], byVariances: [Double])

    /// The promise with its derivatives by the means `[objectives][draws]` and the variances.
    private func promised(_ moments: [(means: [Double], variance: Double)]) -> Promised {
        switch promise {
        case .none: return (0, [], [])
        case .improvement(let lowest):
            guard let first = moments.first else { return (0, [], []) }
            return improvement(first.means, first.variance, below: lowest)
        case .mean:
            guard let first = moments.first else { return (0, [], []) }
            let share = 1 / Double(first.means.count)
            return (-first.means.reduce(0, +) * share, [first.means.map { _ in -share }], [0])
        case .hypervolume(let improvement):
            let found = improvement.logExpected(moments.map { ($0.means[0], $0.variance) })
            return (found.value, found.byMeans.map { [$0] }, found.byVariances)
        }
    }

    private func improvement(_ means: [Double], _ variance: Double, below lowest: [Double]) -> Promised {
        let deviation = variance.squareRoot()
        var logs = [Double](repeating: 0, count: means.count)
        var slopes = logs
        var largest = -Double.infinity
        for draw in means.indices {
            (logs[draw], slopes[draw]) = NormalTails.logExcess((lowest[draw] - means[draw]) / deviation)
            largest = max(largest, logs[draw])
        }
        var total = 0.0
        for draw in means.indices {
            logs[draw] = exp(logs[draw] - largest)
            total += logs[draw]
        }
        var byMeans = logs
        var byDeviation = 1 / deviation
        for draw in means.indices {
            let share = logs[draw] / total * slopes[draw] / deviation
            byMeans[draw] = -share
            byDeviation -= share * (lowest[draw] - means[draw]) / deviation
        }
        let value = largest + log(total / Double(means.count)) + log(deviation)
        return (value, [byMeans], [byDeviation / (2 * deviation)])
    }
}
