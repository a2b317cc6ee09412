import Foundation
import SearchSpaces

/// How losses become the targets of the model.
enum CostScale: String, Sendable, CaseIterable {
    /// As they are, but on [0, 1].
    case linear
    /// The logarithm of the distance from a bound a little below the best.
    case log
    /// Normal scores of the ranks.
    case rank

    /// Targets on the scale; lower is better.
    func targets(_ losses: [Double]) -> [Double] {
        let sorted = losses.sorted()
        guard let low = sorted.first, let high = sorted.last, low < high else { return losses.map { _ in 0 } }
        // Halves first: the range of finite numbers may be infinite.
        let unit = losses.map { min(max(($0 / 2 - low / 2) / (high / 2 - low / 2), 0), 1) }
        switch self {
        case .linear: return unit
        case .log:
            let fifth = (sorted[(sorted.count - 1) / 20] / 2 - low / 2) / (high / 2 - low / 2)
            let bound = -max(fifth, 1e-3)
            return unit.map { Foundation.log(($0 - bound) / (1 - bound)) }
        case .rank:
            let order = losses.indices.sorted { (losses[$0], $0) < (losses[$1], $1) }
            var scores = [Double](repeating: 0, count: losses.count)
            var start = 0
            while start < order.count {
                var end = start
                while end < order.count, losses[order[end]] == losses[order[start]] { end += 1 }
                let share = (Double(start + end) / 2) / Double(order.count)
                let score = NormalDistribution.quantile(share)
                for position in start..<end { scores[order[position]] = score }
                start = end
            }
            return scores
        }
    }
}
