/// Minimises a smooth function in a box: limited-memory quasi-Newton steps over the coordinates that are free to move.
///
/// Source: Nocedal and Wright 2006, Numerical Optimization, algorithms 7.4 and 7.5; bounds by projection, as in Bertsekas 1982,
/// Projected Newton Methods: coordinates at a bound whose gradient points outwards stay there. The line search only asks for descent
/// (Armijo); pairs without positive curvature are left out.
struct LBFGS: Sendable {
    var lower: [Double]
    var upper: [Double]
    var maximumIterations = 200
    /// Ends when no coordinate of the projected gradient is larger.
    var gradientTolerance = 1e-5
    /// Ends when a step lowers the value by less.
    var valueTolerance = 1e-10
    /// The length of the first step, before anything is known of the curvature.
    var firstStep = 1.0

    /// How many steps the curvature is remembered for.
    private static let memory = 8
    /// How often a step is shortened.
    private static let maximumHalvings = 20

    /// - Parameters:
    ///   - start: Where to begin; moved into the box.
    ///   - function: The value at a point; fills in the gradient. A value that is not finite counts as too high.
    /// - Returns: The lowest point met.
    func minimize(from start: [Double], _ function: (_ point: [Double], _ gradient: inout [Double]) -> Double) -> (point: [Double], value: Double) {
        let count = start.count
        var point = (0..<count).map { min(max(start[$0], lower[$0]), upper[$0]) }
        var gradient = [Double](repeating: 0, count: count)
        var value = function(point, &gradient)
        guard count > 0, value.isFinite else { return (point, value) }
        var steps: [[Double]] = []
        var changes: [[Double]] = []
        for _ in 0..<maximumIterations {
            let free = (0..<count).map { i in
                !(point[i] <= lower[i] && gradient[i] > 0) && !(point[i] >= upper[i] && gradient[i] < 0)
            }
            var largest = 0.0
            for i in 0..<count where free[i] { largest = max(largest, abs(gradient[i])) }
            guard largest > gradientTolerance else { break }
            var direction = Self.direction(gradient, free, steps, changes)
            if Self.dot(direction, gradient) >= 0 {
                steps.removeAll()
                changes.removeAll()
                for i in 0..<count { direction[i] = free[i] ? -gradient[i] : 0 }
            }
            var length = 1.0
            if steps.isEmpty { length = firstStep / max(Self.dot(direction, direction).squareRoot(), 1e-300) }
            var next = point
            var nextGradient = gradient
            var nextValue = Double.infinity
            var accepted = false
            for _ in 0..<Self.maximumHalvings {
                var descent = 0.0
                for i in 0..<count {
                    next[i] = min(max(point[i] + length * direction[i], lower[i]), upper[i])
                    descent += gradient[i] * (next[i] - point[i])
                }
                nextValue = function(next, &nextGradient)
                if nextValue.isFinite, nextValue <= value + 1e-4 * descent {
                    accepted = true
                    break
                }
                // The minimum of the parabola through the two values and the slope, kept within a tenth and a half of the step.
                let parabola = nextValue.isFinite ? -descent / (2 * (nextValue - value - descent)) : 0.1
                length *= min(max(parabola.isFinite ? parabola : 0.1, 0.1), 0.5)
            }
            guard accepted else { break }
            let step = (0..<count).map { next[$0] - point[$0] }
            let change = (0..<count).map { nextGradient[$0] - gradient[$0] }
            let gain = value - nextValue
            (point, gradient, value) = (next, nextGradient, nextValue)
            if Self.dot(step, change) > 1e-10 * Self.dot(change, change) {
                steps.append(step)
                changes.append(change)
                if steps.count > Self.memory {
                    steps.removeFirst()
                    changes.removeFirst()
                }
            }
            guard gain > valueTolerance else { break }
        }
        return (point, value)
    }

    /// The two-loop recursion over the free coordinates.
    private static func direction(_ gradient: [Double], _ free: [Bool], _ steps: [[Double]], _ changes: [[Double]]) -> [Double] {
        let count = gradient.count
        var q = gradient
        for i in 0..<count where !free[i] { q[i] = 0 }
        func dot(_ a: [Double], _ b: [Double]) -> Double {
            var sum = 0.0
            for i in 0..<count where free[i] { sum += a[i] * b[i] }
            return sum
        }
        var shares = [Double](repeating: 0, count: steps.count)
        var curvatures = shares
        for k in steps.indices.reversed() {
            curvatures[k] = dot(steps[k], changes[k])
            guard curvatures[k] > 0 else { continue }
            shares[k] = dot(steps[k], q) / curvatures[k]
            for i in 0..<count where free[i] { q[i] -= shares[k] * changes[k][i] }
        }
        if let last = steps.indices.last, curvatures[last] > 0 {
            let scale = curvatures[last] / max(dot(changes[last], changes[last]), 1e-300)
            for i in 0..<count { q[i] *= scale }
        }
        for k in steps.indices where curvatures[k] > 0 {
            let correction = shares[k] - dot(changes[k], q) / curvatures[k]
            for i in 0..<count where free[i] { q[i] += correction * steps[k][i] }
        }
        return q.map { -$0 }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }
}
