/// The box that a comparison of fronts is made in: from the ideal to the nadir point of their union.
///
/// Indicators other than coverage depend on the units of the objectives, so fronts are scaled by one box before they are compared.
public struct FrontScale: Sendable, Hashable {
    /// The lowest loss of each objective.
    public let ideal: [Double]
    /// The highest loss of each objective on the front of the union.
    public let nadir: [Double]

    /// The box of some fronts together. Points with a loss that is not finite have no part in it.
    public init(of fronts: [[[Double]]]) {
        let points = fronts.joined().filter { $0.allSatisfy(\.isFinite) }
        let front = Front.members(points).map { points[$0] }
        let objectives = fronts.joined().first?.count ?? 0
        ideal = (0..<objectives).map { objective in front.lazy.map { $0[objective] }.min() ?? 0 }
        nadir = (0..<objectives).map { objective in front.lazy.map { $0[objective] }.max() ?? 1 }
    }

    public init(ideal: [Double], nadir: [Double]) {
        self.ideal = ideal
        self.nadir = nadir
    }

    /// The points with the ideal at 0 and the nadir at 1. An objective without a range is moved, not stretched.
    public func scaled(_ losses: [[Double]]) -> [[Double]] {
        losses.map { row in
            row.indices.map { objective in
                let range = nadir[objective] - ideal[objective]
                return (row[objective] - ideal[objective]) / (range > 0 ? range : 1)
            }
        }
    }

    /// The reference point that hypervolumes are reported to: the nadir and `margin` of the range beyond it.
    public func reference(margin: Double = 0.1) -> [Double] {
        zip(ideal, nadir).map { $1 + margin * ($1 > $0 ? $1 - $0 : 1) }
    }
}
