import Foundation
import SearchSpaces
import Testing

@testable import Search

@Suite struct NumericsTests {
    /// A positive definite matrix, `[count, count]`.
    private func matrix(_ count: Int) -> [Double] {
        var generator = TrialGenerator(seed: UInt64(count))
        let root = (0..<count * count).map { _ in generator.normal() }
        return (0..<count * count).map { index in
            let (i, j) = (index / count, index % count)
            return (0..<count).reduce(i == j ? 0.1 : 0) { $0 + root[i * count + $1] * root[j * count + $1] }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 7, 22])
    func theFactorGivesTheMatrixBackAndSolves(count: Int) throws {
        let matrix = matrix(count)
        let factor = try #require(Cholesky(matrix, count: count))
        for i in 0..<count {
            for j in 0...i {
                let product = (0...j).reduce(0) { $0 + factor.entry(i, $1) * factor.entry(j, $1) }
                #expect(abs(product - matrix[i * count + j]) < 1e-10)
            }
        }
        let inverse = factor.inverse()
        for k in 0..<count {
            var rows = [Double](repeating: 0, count: count)
            rows[k] = 1
            factor.solveForward(rows: &rows)
            factor.solveBackward(&rows)
            for i in k..<count { #expect(abs(rows[i] - inverse[i * count + k]) < 1e-8 * (1 + abs(rows[i]))) }
            let back = (0..<count).reduce(0) { $0 + matrix[k * count + $1] * rows[$1] }
            #expect(abs(back - 1) < 1e-8)
        }
        let diagonal = (0..<count).reduce(0) { $0 + 2 * log(factor.entry($1, $1)) }
        #expect(abs(factor.logDeterminant - diagonal) < 1e-10)
    }

    @Test func severalRowsAreSolvedAsOneIs() throws {
        let count = 11
        let factor = try #require(Cholesky(matrix(count), count: count))
        var generator = TrialGenerator(seed: 5)
        var rows = (0..<6 * count).map { _ in generator.normal() }
        let before = rows
        factor.solveForward(rows: &rows)
        for row in 0..<6 {
            for i in 0..<count {
                let product = (0...i).reduce(0) { $0 + factor.entry(i, $1) * rows[row * count + $1] }
                #expect(abs(product - before[row * count + i]) < 1e-9)
            }
        }
    }

    @Test func whatIsNotPositiveDefiniteIsRefused() {
        #expect(Cholesky([1, 0, 2, 1], count: 2) == nil)
        #expect(Cholesky([.nan], count: 1) == nil)
        #expect(Cholesky([], count: 0)?.logDeterminant == 0)
    }

    @Test func theBottomOfACurvedValleyIsFoundInsideABoxAndOutside() {
        func valley(_ x: [Double], _ gradient: inout [Double]) -> Double {
            let bend = x[1] - x[0] * x[0]
            gradient = [-400 * x[0] * bend - 2 * (1 - x[0]), 200 * bend]
            return 100 * bend * bend + (1 - x[0]) * (1 - x[0])
        }
        let free = LBFGS(lower: [-5, -5], upper: [5, 5]).minimize(from: [-1.2, 1], valley)
        #expect(abs(free.point[0] - 1) < 1e-3 && abs(free.point[1] - 1) < 1e-3, "\(free)")
        let bound = LBFGS(lower: [-1.5, -1], upper: [0.5, 2]).minimize(from: [-1.2, 1], valley)
        #expect(abs(bound.point[0] - 0.5) < 1e-9 && abs(bound.point[1] - 0.25) < 1e-4, "\(bound)")
        let outside = LBFGS(lower: [2, 2], upper: [3, 3]).minimize(from: [-9, 9]) { x, gradient in
            gradient = [1, -1]
            return x[0] - x[1]
        }
        #expect(outside.point == [2, 3])
    }

    @Test func aFunctionThatIsNowhereFiniteEndsTheSearch() {
        let found = LBFGS(lower: [0], upper: [1]).minimize(from: [0.5]) { _, _ in .nan }
        #expect(found.point == [0.5])
    }

    /// Reference: mpmath 1.3 with 40 digits.
    @Test func tailsKeepTheirDigits() {
        let excess = [
            (-40.0, -808.29856835661996, 40.049906657648518), (-19, -187.31604760112667, 19.104404908900254),
            (-5, -16.744301162660990, 5.3618162412880885), (0, -0.91893853320467274, 1.2533141373155003),
            (3, 1.0987396653277078, 0.33284096845179524),
        ]
        for (z, value, slope) in excess {
            let found = NormalTails.logExcess(z)
            #expect(abs(found.value - value) < 1e-10 * max(1, abs(value)), "z = \(z)")
            #expect(abs(found.slope / slope - 1) < 1e-9, "z = \(z)")
        }
        let cumulative = [
            (-40.0, -804.60844201375379, 40.024968847207264), (-19, -184.36612866916097, 19.052343949197503),
            (-5, -15.064998393988726, 5.1865039671258421), (3, -0.0013508099647481938, 0.0044378390421256638),
        ]
        for (z, value, slope) in cumulative {
            let found = NormalTails.logCumulative(z)
            #expect(abs(found.value - value) < 1e-10 * max(1, abs(value)), "z = \(z)")
            #expect(abs(found.slope / slope - 1) < 1e-9, "z = \(z)")
        }
        #expect(abs(NormalTails.logDifference(-1000, -1001) - (-1000 + log(1 - exp(-1)))) < 1e-12)
        #expect(NormalTails.logDifference(3, -.infinity) == 3)
    }

    @Test func stratifiedDrawsTakeOnePointOfEachStratum() {
        var generator = TrialGenerator(seed: 1)
        let points = StratifiedDraws.uniform(8, dimensions: 3, using: &generator)
        for dimension in 0..<3 { #expect(Set(points.map { Int($0[dimension] * 8) }).count == 8) }
        #expect(abs(NormalDistribution.quantile(0.975) - 1.959963984540054) < 1e-12)
        #expect(abs(NormalDistribution.quantile(1e-10) + 6.361340902404056) < 1e-10)
        #expect(abs(NormalDistribution.quantile(0.5)) < 1e-12)
    }
}
