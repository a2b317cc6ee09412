/// Members of a front that stand out: where a little more in one objective would cost much of another.
public enum KneePoints {
    /// How far each member of a front lies below the plane through the ends of the axes, on the front's own scale: the largest is the
    /// knee. 0 on the plane, negative where the front bulges outwards.
    ///
    /// Source: Das 1999, On Characterizing the "Knee" of the Pareto Curve Based on Normal-Boundary Intersection; ours takes the ideal and
    /// nadir points for the ends, which is the same with two objectives.
    public static func depths(_ front: [[Double]]) -> [Double] {
        guard let objectives = front.first?.count, objectives > 0 else { return [] }
        return FrontScale(of: [front]).scaled(front).map { (1 - $0.reduce(0, +)) / Double(objectives).squareRoot() }
    }

    /// The position of the deepest member, the first where several are; nil where no member is finite.
    public static func deepest(_ front: [[Double]]) -> Int? {
        let depths = depths(front)
        return depths.indices.filter { depths[$0].isFinite }.max { (depths[$0], $1) < (depths[$1], $0) }
    }

    /// The least that each member asks for what it gives: over all other members, the smallest ratio of what going there would lose to
    /// what it would gain, both summed over the scaled objectives. High where every move away is a bad bargain; infinite for a member
    /// that is better than all others in everything.
    ///
    /// Source: Rachmawati and Srinivasan 2009, Multiobjective Evolutionary Algorithm With Controllable Focus on the Knees; ours looks at
    /// all members, not at neighbours only. Cost: members² · objectives.
    public static func tradeOffs(_ front: [[Double]]) -> [Double] {
        let points = FrontScale(of: [front]).scaled(front)
        return points.indices.map { own in
            var smallest = Double.infinity
            for other in points.indices where other != own {
                var (lost, gained) = (0.0, 0.0)
                for objective in points[own].indices {
                    let change = points[other][objective] - points[own][objective]
                    if change > 0 { lost += change } else { gained -= change }
                }
                if gained > 0, lost.isFinite { smallest = min(smallest, lost / gained) }
            }
            return smallest
        }
    }
}
