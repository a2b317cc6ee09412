import Foundation
import SearchSpaces

/// How the values of a discrete numeric domain, or the ranks of an ordinal one, share [0, 1]: each owns a cell.
struct DiscreteScale: Sendable, Hashable {
    let count: Int
    /// Of a log scale: the first value and the ends of the interval in logarithms.
    private let log: LogScale?

    private struct LogScale: Sendable, Hashable {
        var first: Double
        var low: Double
        var width: Double
    }

    /// Nil for a continuous range and for choices without an order.
    init?(_ domain: Domain) {
        switch domain {
        case .categorical, .constant: return nil
        case .float, .integer, .ordinal:
            guard let count = domain.count else { return nil }
            self.count = count
        }
        if case .integer(let low, _, true, _) = domain, let bounds = domain.scaledBounds {
            log = LogScale(first: Double(low), low: bounds.low, width: bounds.high - bounds.low)
        } else {
            log = nil
        }
    }

    /// The cell that holds a coordinate, that at an end for one outside.
    func cell(of unit: Double) -> Int {
        let position = log.map { (exp($0.low + min(max(unit, 0), 1) * $0.width) - $0.first).rounded() } ?? (unit * Double(count)).rounded(.down)
        return Int(min(max(position, 0), Double(count - 1)))
    }

    /// The coordinate of the value that owns a cell.
    func centre(of cell: Int) -> Double {
        guard let log else { return (Double(cell) + 0.5) / Double(count) }
        return (Foundation.log(log.first + Double(cell)) - log.low) / log.width
    }

    /// Where a cell ends and the next begins.
    func upperEdge(of cell: Int) -> Double {
        guard let log else { return Double(cell + 1) / Double(count) }
        return (Foundation.log(log.first + Double(cell) + 0.5) - log.low) / log.width
    }
}

extension Domain {
    /// The coordinate of a value by its place among `count`.
    func centre(ofCell cell: Int, of count: Int) -> Double { DiscreteScale(self)?.centre(of: cell) ?? (Double(cell) + 0.5) / Double(count) }
}
