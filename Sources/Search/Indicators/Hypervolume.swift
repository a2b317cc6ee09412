/// The volume that points dominate inside the box below a reference point: the one indicator of a front that never prefers a worse one.
///
/// Losses are `[points][objectives]`, lower is better. A point that is not below the reference in every objective, or has a NaN,
/// counts for nothing. A loss of −∞ counts as the lowest finite one of its objective, so that one stray point does not make every
/// volume infinite. With a reference that is not finite the volume is NaN.
public enum Hypervolume {
    /// The dominated volume, exact in any number of objectives.
    ///
    /// Cost: points · log points for two objectives, about as much for three, points² · log points for four, and exponential in the
    /// objectives beyond. Dominated and equal points do no harm.
    ///
    /// Source: for three objectives the sweep of Beume, Fonseca et al. 2009 (On the Complexity of Computing the Hypervolume Indicator),
    /// with a sorted array for its tree; for more While, Bradstreet and Barone 2012 (A Fast Way of Calculating Exact Hypervolumes),
    /// which ends here in the sweep.
    public static func of(_ losses: [[Double]], reference: [Double]) -> Double {
        guard reference.allSatisfy(\.isFinite) else { return .nan }
        var box = DominatedBox(losses, reference: reference)
        return box.volume()
    }

    /// What each point adds to the volume of all the others; 0 where another point is as good in every objective.
    ///
    /// Cost: points · log points for two objectives, else points times that of ``of(_:reference:)``.
    public static func contributions(_ losses: [[Double]], reference: [Double]) -> [Double] {
        guard reference.allSatisfy(\.isFinite) else { return losses.map { _ in .nan } }
        var contributions = [Double](repeating: 0, count: losses.count)
        let box = DominatedBox(losses, reference: reference)
        if box.objectives == 2 {
            for (row, contribution) in zip(box.positions, box.planeContributions()) { contributions[row] = contribution }
        } else {
            for row in box.positions.indices { contributions[box.positions[row]] = box.exclusive(row, besides: box.positions.indices) }
        }
        return contributions
    }

    /// The positions of `count` points whose common volume is large, in the order in which they were chosen; all where there are fewer.
    ///
    /// Greedy: the point that adds most comes next, ties by position; at least 1 − 1/e of the best possible volume (Guerreiro, Fonseca
    /// and Paquete 2016, Greedy Hypervolume Subset Selection). What a point adds can only shrink, so most additions are not computed
    /// anew. Points that add nothing come last, by position.
    public static func subset(_ count: Int, of losses: [[Double]], reference: [Double]) -> [Int] {
        let wanted = min(max(count, 0), losses.count)
        guard reference.allSatisfy(\.isFinite) else { return Array(0..<wanted) }
        let box = DominatedBox(losses, reference: reference)
        let chosen = (box.objectives == 2 ? box.greedyStairs(wanted) : greedy(wanted, box)).map { box.positions[$0] }
        guard chosen.count < wanted else { return chosen }
        let taken = Set(chosen)
        return chosen + losses.indices.lazy.filter { !taken.contains($0) }.prefix(wanted - chosen.count)
    }

    /// The rows of a box in the order in which a greedy choice takes them; those that add nothing are left out.
    private static func greedy(_ wanted: Int, _ box: DominatedBox) -> [Int] {
        var chosen: [Int] = []
        // What each row added when it was last looked at, and how many rows had been chosen then.
        var gains = box.positions.indices.map { box.exclusive($0, besides: 0..<0) }
        var ages = [Int](repeating: 0, count: gains.count)
        while chosen.count < wanted {
            var best = -1
            for row in gains.indices where gains[row] > (best < 0 ? 0 : gains[best]) { best = row }
            guard best >= 0 else { break }
            if ages[best] == chosen.count {
                chosen.append(best)
                gains[best] = 0
            } else {
                gains[best] = box.exclusive(best, besides: chosen)
                ages[best] = chosen.count
            }
        }
        return chosen
    }

    /// A reference point a little worse than the worst finite loss in each objective: max(1.1 w, 0.9 w), as MOTPE takes it (Ozaki et al.
    /// 2022); a hair above a worst loss of 0.
    public static func referencePoint(of losses: [[Double]]) -> [Double] {
        guard let objectives = losses.first?.count else { return [] }
        return (0..<objectives).map { objective in
            let finite = losses.lazy.map { $0[objective] }.filter(\.isFinite)
            guard let worst = finite.max() else { return 1 }
            return worst == 0 ? 1e-12 : max(1.1 * worst, 0.9 * worst)
        }
    }
}
