import Foundation
import SearchSpaces

/// Importance as the Pearson divergence between the distributions of a parameter among the best trials and among all.
///
/// Source: Watanabe, Bansal and Hutter 2023, PED-ANOVA; for conditional parameters its conditional form (2026), where only the trials in
/// which the parameter is active are compared, and the term is weighed by how often it is active among either. Grid and densities are those
/// of Optuna 5.
struct PEDANOVA {
    private let top: Double
    private let region: Double

    private static let cells = 50
    private static let priorWeight = 1.0
    /// Keeps the ratio of two densities finite.
    private static let floor = 1e-12

    /// - Throws: `SearchError` (`invalidOption`) unless 0 < top < region ≤ 1.
    init(top: Double, region: Double) throws {
        guard top > 0, top < region, region <= 1 else {
            throw SearchError(
                .invalidOption, "The shares of trials must be 0 < top < region <= 1, got top \(top) and region \(region).")
        }
        self.top = top
        self.region = region
    }

    /// By parameter of the space.
    func values(_ trials: [Trial], _ space: SearchSpace, _ objective: Objective) -> [Double] {
        var values = [Double](repeating: 0, count: space.parameters.count)
        let rated = trials.compactMap { trial in objective.losses(of: trial).map { (trial, $0) } }
        guard rated.count > 1 else { return values }
        let order = order(rated.map(\.1))
        let regionCount = Self.count(region, order, rated.map(\.1))
        let topCount = Self.count(top, order, rated.map(\.1))
        // Where all are equal, none is set apart.
        guard topCount < regionCount, rated.contains(where: { $0.1 != rated[0].1 }) else { return values }
        let members = order.prefix(regionCount).map { rated[$0].0 }
        let share = Double(topCount) / Double(regionCount)
        for (index, parameter) in space.parameters.enumerated() {
            guard let grid = Grid(parameter.domain) else { continue }
            let cells = members.map { $0.configuration[parameter.name].flatMap(grid.cell(of:)) }
            let inRegion = cells.compactMap(\.self)
            let inTop = cells.prefix(topCount).compactMap(\.self)
            guard inRegion.count >= 2, !inTop.isEmpty else { continue }
            // How often the parameter is active among the best, and among all.
            let (alpha, beta) = (Double(inTop.count) / Double(topCount), Double(inRegion.count) / Double(regionCount))
            values[index] = share * share * alpha * alpha / beta * divergence(grid.density(inTop), grid.density(inRegion))
        }
        return values
    }

    private func order(_ losses: [[Double]]) -> [Int] { Front.order(losses) }

    /// How many of the best make a share, the ties of the last one included.
    private static func count(_ share: Double, _ order: [Int], _ losses: [[Double]]) -> Int {
        var count = min(max(Int((share * Double(order.count)).rounded(.up)), 1), order.count)
        guard losses[0].count == 1 else { return count }
        while count < order.count, losses[order[count]] == losses[order[count - 1]] { count += 1 }
        return count
    }

    private func divergence(_ top: [Double], _ region: [Double]) -> Double {
        zip(top, region).reduce(0) { sum, densities in
            let (top, region) = (densities.0 + Self.floor, densities.1 + Self.floor)
            return sum + region * (top / region - 1) * (top / region - 1)
        }
    }

    /// The cells of a parameter.
    private struct Grid {
        let domain: Domain
        let count: Int
        /// Of numbers and ranks, in logarithms on a log scale.
        let low: Double
        let width: Double
        let isCategorical: Bool
        let isLog: Bool

        /// Nil for a domain of one value.
        init?(_ domain: Domain) {
            guard domain.count != 1 else { return nil }
            self.domain = domain
            switch domain {
            case .float(let low, let high, let log, _):
                (isCategorical, isLog) = (false, log)
                count = min(domain.count ?? PEDANOVA.cells, PEDANOVA.cells)
                self.low = log ? Foundation.log(low) : low
                width = ((log ? Foundation.log(high) : high) - self.low) / Double(count - 1)
            case .integer(let low, let high, let log, _):
                (isCategorical, isLog) = (false, log)
                let size = domain.count ?? 1
                count = log ? min(Int(log2(Double(size)).rounded(.up)) + 1, PEDANOVA.cells) : min(size, PEDANOVA.cells)
                self.low = log ? Foundation.log(Double(low)) : Double(low)
                width = ((log ? Foundation.log(Double(high)) : Double(high)) - self.low) / Double(count - 1)
            case .ordinal(let values):
                (isCategorical, isLog) = (false, false)
                count = min(values.count, PEDANOVA.cells)
                (low, width) = (0, Double(values.count - 1) / Double(count - 1))
            case .categorical(let values):
                (isCategorical, isLog, count, low, width) = (true, false, values.count, 0, 1)
            case .constant: return nil
            }
        }

        func cell(of value: ParameterValue) -> Int? {
            let place: Double
            switch domain {
            case .categorical(let values): return values.firstIndex(of: value)
            case .ordinal(let values):
                guard let rank = values.firstIndex(of: value) else { return nil }
                place = Double(rank)
            default:
                guard let number = value.number, domain.contains(value) else { return nil }
                place = isLog ? Foundation.log(number) : number
            }
            let cell = ((place - low) / width - 0.5).rounded(.up)
            return min(max(Int(cell), 0), count - 1)
        }

        /// The probability of each cell by a Parzen estimator: a kernel on each occupied cell, and a wide one as prior.
        func density(_ occupied: [Int]) -> [Double] {
            var counts = [Double](repeating: 0, count: count)
            for cell in occupied { counts[cell] += 1 }
            let kernels = counts.indices.filter { counts[$0] > 0 }
            let total = Double(occupied.count) + PEDANOVA.priorWeight
            var density = [Double](repeating: 0, count: count)
            func add(_ kernel: [Double], _ weight: Double) {
                let sum = kernel.reduce(0, +)
                for cell in density.indices { density[cell] += weight / total * kernel[cell] / sum }
            }
            if isCategorical {
                let rest = PEDANOVA.priorWeight / Double(kernels.count + 1)
                for level in kernels {
                    var kernel = [Double](repeating: rest, count: count)
                    kernel[level] += 1
                    add(kernel, counts[level])
                }
                add([Double](repeating: 1, count: count), PEDANOVA.priorWeight)
            } else {
                let deviation = deviation(counts, kernels, Double(occupied.count))
                for cell in kernels { add(masses(Double(cell), deviation), counts[cell]) }
                add(masses(Double(count - 1) / 2, Double(count)), PEDANOVA.priorWeight)
            }
            return density
        }

        /// The probability of each cell under a normal distribution.
        private func masses(_ mean: Double, _ deviation: Double) -> [Double] {
            (0..<count).map { cell in
                exp(NormalDistribution.logMass(from: (Double(cell) - 0.5 - mean) / deviation, to: (Double(cell) + 0.5 - mean) / deviation))
            }
        }

        /// Scott's rule, by the lesser of the deviation and the scaled interquartile range.
        private func deviation(_ counts: [Double], _ kernels: [Int], _ total: Double) -> Double {
            let mean = kernels.reduce(0) { $0 + counts[$1] * Double($1) } / total
            let squares = kernels.reduce(0) { $0 + counts[$1] * (Double($1) - mean) * (Double($1) - mean) }
            var (first, third, sum) = (kernels.last ?? 0, kernels.last ?? 0, 0.0)
            var foundFirst = false
            for cell in kernels {
                sum += counts[cell]
                if !foundFirst, sum >= (total / 4).rounded(.down) { (first, foundFirst) = (cell, true) }
                if sum > (total * 3 / 4).rounded(.down) {
                    third = cell
                    break
                }
            }
            let spread = min(Double(third - first) / 1.34, (squares / max(1, total - 1)).squareRoot())
            return max(1.059 * spread * pow(total, -0.2), 0.5 / 1.64)
        }
    }
}
