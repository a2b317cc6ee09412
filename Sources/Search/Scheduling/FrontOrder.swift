/// In which order the members of a Pareto front are taken.
public enum FrontOrder: String, Sendable, Hashable, CaseIterable {
    /// The less crowded first (NSGA-II).
    case crowding
    /// Each next one is the farthest from those taken, so that any prefix covers the front evenly.
    case epsilonNet = "epsilon-net"

    /// Positions from best to worst: fronts one after the other, each in this order.
    ///
    /// - Parameter losses: `[points, objectives]`, lower is better.
    func order(_ losses: [[Double]]) -> [Int] {
        guard self == .epsilonNet, (losses.first?.count ?? 1) > 1 else { return Front.order(losses) }
        let ranks = Front.ranks(losses)
        var order: [Int] = []
        for rank in 0...(ranks.max() ?? 0) {
            let members = losses.indices.filter { ranks[$0] == rank }
            order += Self.net(members.map { losses[$0] }).map { members[$0] }
        }
        return order
    }

    /// Farthest-point order, from the best in the first objective (Schmucker et al. 2021, section 3.2; Syne Tune). Objectives are scaled to
    /// the front's range, which is ours.
    private static func net(_ points: [[Double]]) -> [Int] {
        guard let objectives = points.first?.count else { return [] }
        var scaled = [[Double]](repeating: [], count: points.count)
        for objective in 0..<objectives {
            let finite = points.map { $0[objective] }.filter(\.isFinite)
            let (low, high) = (finite.min() ?? 0, finite.max() ?? 0)
            for (index, point) in points.enumerated() {
                let place = high > low ? (point[objective] - low) / (high - low) : 0
                // An infinite loss lies one range outside.
                scaled[index].append(place.isNaN ? 2 : min(max(place, -1), 2))
            }
        }
        var order: [Int] = []
        var distances = [Double](repeating: .infinity, count: points.count)
        var next = scaled.indices.min { (scaled[$0][0], $0) < (scaled[$1][0], $1) }
        while let taken = next {
            order.append(taken)
            distances[taken] = -1
            next = nil
            for index in scaled.indices where distances[index] >= 0 {
                let distance = zip(scaled[index], scaled[taken]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                distances[index] = min(distances[index], distance)
                if next.map({ distances[index] > distances[$0] }) ?? true { next = index }
            }
        }
        return order
    }
}
