import Search
import Testing

/// Reference numbers: SciPy 1.17.1.
@Suite struct StatisticalTestsTests {
    private let plain = [1.1, -0.4, 2.3, 0.7, -1.9, 3.2, 0.5, 1.6, -0.2, 2.8]
    private let tied: [Double] = [1, 2, 2, -1, 3, 0, 0, -2, 4, 1, 5, 3]

    private func isClose(_ left: Double, _ right: Double, _ tolerance: Double = 1e-12) -> Bool { abs(left - right) <= tolerance * max(1, abs(right)) }

    @Test func theExactSignedRankTestIsSciPys() {
        #expect(isClose(SignedRankTest.probability(plain), 0.083984375))
        #expect(isClose(SignedRankTest.probability(plain, .greater), 0.0419921875))
        #expect(isClose(SignedRankTest.probability(plain, .less), 0.9677734375))
    }

    @Test func theApproximateSignedRankTestIsSciPys() {
        #expect(isClose(SignedRankTest.probability(plain, exact: false), 0.07446183141740546))
        #expect(isClose(SignedRankTest.probability(plain, .greater, exact: false), 0.03723091570870273))
        #expect(isClose(SignedRankTest.probability(tied), 0.035564379058193644))
        #expect(isClose(SignedRankTest.probability(tied, .less), 0.9822178104709032))
        #expect(isClose(SignedRankTest.probability(tied, zeros: .split), 0.03689961955597318))
        #expect(isClose(SignedRankTest.probability(tied, .greater, zeros: .split), 0.01844980977798659))
        #expect(SignedRankTest.probability([0, 0, 0]) == 1 && SignedRankTest.probability([0, 0], zeros: .split) == 1)
    }

    @Test func thePairedTTestIsSciPys() {
        #expect(isClose(PairedTTest.probability(plain), 0.08303192077975029))
        #expect(isClose(PairedTTest.probability(plain, .greater), 0.041515960389875144))
        #expect(isClose(PairedTTest.probability(plain, .less), 0.9584840396101248))
        #expect(PairedTTest.probability([1]) == 1 && PairedTTest.probability([0, 0]) == 1 && PairedTTest.probability([2, 2]) == 0)
    }

    @Test("Friedman's test is SciPy's, with Conover's difference")
    func friedman() {
        let test = FriedmanTest([
            [0.42, 0.51, 0.38, 0.47, 0.55, 0.44], [0.45, 0.50, 0.41, 0.49, 0.58, 0.47], [0.40, 0.49, 0.36, 0.47, 0.52, 0.40],
            [0.61, 0.66, 0.59, 0.62, 0.70, 0.63],
        ])
        #expect(test.rankSums == [12.5, 17, 6.5, 24])
        #expect(isClose(test.statistic, 16.627118644067806))
        #expect(isClose(test.probability, 0.0008431518110293513))
        #expect(isClose(test.criticalDifference(level: 0.05), 2.8596396446896164, 1e-9))
        #expect(FriedmanTest([[1, 1], [1, 1]]).probability == 1 && FriedmanTest([]).probability == 1)
    }
}
