/// A front that was chosen on some data, seen again on data that had no part in the choice.
///
/// The members of a front are those that were lucky as well as good, so the front promises more than it keeps (Karl et al. 2022,
/// Multi-Objective Hyperparameter Optimization; Feurer et al. 2023, Mind the Gap). Both fronts are measured with one reference point.
public struct HeldOutFront: Sendable, Hashable {
    /// Where the members chosen stand among the candidates, by the first data.
    public let members: [Int]
    /// Those of them that are still on the front of the members by the new data.
    public let survivors: [Int]
    /// Those that another member dominates now.
    public let dominated: [Int]
    /// Candidates that were not chosen and that no member covers on the new data: what the choice missed.
    public let missed: [Int]
    /// Hypervolume of the members by the data they were chosen on.
    public let promised: Double
    /// Hypervolume of the members by the new data.
    public let kept: Double
    /// Hypervolume of all candidates by the new data: the most that a choice could have kept.
    public let possible: Double
    /// What the hypervolumes are measured to.
    public let reference: [Double]
    /// By how much each objective came out worse than it looked, on average over the members; NaN without finite ones.
    public let shift: [Double]

    /// The share of the promised volume that is gone; negative where there is more now. 0 where nothing was promised.
    public var lost: Double { promised > 0 ? 1 - kept / promised : 0 }

    /// - Parameters:
    ///   - chosenBy: `[candidates][objectives]`: the losses that decide who is on the front.
    ///   - heldOut: `[candidates][objectives]`: the same candidates on the new data.
    ///   - reference: What the hypervolumes are measured to; the nadir of both fronts and a tenth of the range when nil.
    public init(chosenBy losses: [[Double]], heldOut: [[Double]], reference: [Double]? = nil) {
        precondition(losses.count == heldOut.count, "every candidate needs losses on both data")
        let members = Front.members(losses)
        let again = members.map { heldOut[$0] }
        let survivors = Front.members(again).map { members[$0] }
        let chosen = members.map { losses[$0] }
        let reference = reference ?? FrontScale.covering(chosen + again).reference()
        let isMember = Set(members)
        self.members = members
        self.survivors = survivors
        dominated = members.filter { !survivors.contains($0) }
        missed = Front.members(heldOut).filter { candidate in
            !isMember.contains(candidate) && !again.contains { member in zip(member, heldOut[candidate]).allSatisfy { $0 <= $1 } }
        }
        promised = Hypervolume.of(chosen, reference: reference)
        kept = Hypervolume.of(again, reference: reference)
        possible = Hypervolume.of(heldOut, reference: reference)
        self.reference = reference
        shift = reference.indices.map { objective in
            let changes = zip(chosen, again).map { $1[objective] - $0[objective] }.filter(\.isFinite)
            return changes.isEmpty ? .nan : changes.reduce(0, +) / Double(changes.count)
        }
    }
}

extension FrontScale {
    /// From the lowest to the highest finite loss of each objective, dominated points included.
    static func covering(_ points: [[Double]]) -> FrontScale {
        let objectives = points.first?.count ?? 0
        func column(_ objective: Int) -> [Double] { points.map { $0[objective] }.filter(\.isFinite) }
        return FrontScale(ideal: (0..<objectives).map { column($0).min() ?? 0 }, nadir: (0..<objectives).map { column($0).max() ?? 1 })
    }
}
