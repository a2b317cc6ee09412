/// Whether an objective is better low or high.
public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
    case minimize
    case maximize

    /// The value with its sign turned so that lower is better. The one place where directions turn into order.
    public func loss(_ value: Double) -> Double { self == .minimize ? value : -value }

    /// Whether `left` is strictly better than `right`.
    public func isBetter(_ left: Double, than right: Double) -> Bool { loss(left) < loss(right) }
}
