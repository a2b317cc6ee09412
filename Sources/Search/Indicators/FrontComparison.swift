/// Some fronts of the same objectives, measured against what they found together.
///
/// All figures are taken in the box of the union (``FrontScale``), so that neither units nor directions matter.
public struct FrontComparison: Sendable {
    /// How one front stands.
    public struct Quality: Sendable, Hashable, Codable {
        /// The dominated volume, as a share of what the union dominates: 1 is all of it.
        public var hypervolume: Double
        /// See ``QualityIndicators/igdPlus(_:to:)``; 0 is best.
        public var igdPlus: Double
        /// See ``QualityIndicators/additiveEpsilon(_:to:)``; 0 is best.
        public var epsilon: Double
        /// See ``QualityIndicators/r2(_:ideal:weights:)``; lower is better.
        public var r2: Double
        /// Points on the front.
        public var points: Int
    }

    /// The front of the union, `[points][objectives]` of losses; no point twice.
    public let reference: [[Double]]
    /// By front, in the order given.
    public let qualities: [Quality]

    /// - Parameter fronts: `[fronts][points][objectives]` of losses, lower is better. Points with a loss that is not finite do not count, and
    ///   a front without points dominates nothing.
    public init(_ fronts: [[[Double]]]) {
        let finite = fronts.map { front in front.filter { $0.allSatisfy(\.isFinite) } }
        let all = Array(finite.joined())
        var seen: Set<[Double]> = []
        let union = Front.members(all).map { all[$0] }.filter { seen.insert($0).inserted }
        let scale = FrontScale(of: finite)
        let (scaled, corner) = (scale.scaled(union), scale.scaled([scale.reference()])[0])
        let whole = Hypervolume.of(scaled, reference: corner)
        let objectives = union.first?.count ?? 0
        let weights = QualityIndicators.weights(objectives: objectives, divisions: Self.divisions(objectives))
        reference = union
        qualities = finite.map { front in
            let points = scale.scaled(Front.members(front).map { front[$0] })
            return Quality(
                hypervolume: whole > 0 ? Hypervolume.of(points, reference: corner) / whole : 0,
                igdPlus: QualityIndicators.igdPlus(points, to: scaled), epsilon: QualityIndicators.additiveEpsilon(points, to: scaled),
                r2: QualityIndicators.r2(points, ideal: [Double](repeating: 0, count: objectives), weights: weights), points: points.count)
        }
    }

    /// A hundred weights or a few more.
    private static func divisions(_ objectives: Int) -> Int {
        switch objectives {
        case ...2: 99
        case 3: 13
        case 4: 7
        default: 4
        }
    }
}
