import Search
import Testing

@Suite struct QualityIndicatorsTests {
    private let front = Clouds.points(30, objectives: 3, seed: 11, onSphere: true).map { $0.map { $0 * 1.1 + 0.02 } }
    private let reference = Clouds.points(50, objectives: 3, seed: 12, onSphere: true)

    @Test func distancesAreThoseOfPymoo() {
        // pymoo 0.6.2: IGD, IGDPlus, GD.
        #expect(abs(QualityIndicators.igd(front, to: reference) - 0.18453645603484536) < 1e-14)
        #expect(abs(QualityIndicators.igdPlus(front, to: reference) - 0.17433978911121872) < 1e-14)
        #expect(abs(QualityIndicators.generationalDistance(front, to: reference) - 0.1768412778041291) < 1e-14)
        #expect(QualityIndicators.igd([], to: reference) == .infinity && QualityIndicators.igd(front, to: []) == 0)
    }

    @Test func anEpsilonIsTheShiftThatCovers() {
        let shift = QualityIndicators.additiveEpsilon(front, to: reference)
        #expect(QualityIndicators.coverage(front.map { $0.map { $0 - shift - 1e-12 } }, of: reference) == 1)
        #expect(QualityIndicators.coverage(front.map { $0.map { $0 - shift + 1e-9 } }, of: reference) < 1)
        let factor = QualityIndicators.multiplicativeEpsilon(front, to: reference)
        #expect(QualityIndicators.coverage(front.map { $0.map { $0 / factor * (1 - 1e-12) } }, of: reference) == 1)
        #expect(QualityIndicators.coverage(front.map { $0.map { $0 / factor * (1 + 1e-9) } }, of: reference) < 1)
        #expect(QualityIndicators.multiplicativeEpsilon([[0, 1]], to: [[1, 1]]).isNaN)
        #expect(QualityIndicators.additiveEpsilon([[0, 0]], to: [[1, 2]]) == -1)
    }

    @Test func r2PrefersTheFrontThatIsNearer() {
        let weights = QualityIndicators.weights(objectives: 3, divisions: 12)
        #expect(weights.count == 91 && weights.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 })
        let (near, far) = (
            QualityIndicators.r2(reference, ideal: [0, 0, 0], weights: weights),
            QualityIndicators.r2(reference.map { $0.map { $0 * 1.2 } }, ideal: [0, 0, 0], weights: weights)
        )
        #expect(abs(far / near - 1.2) < 1e-12)
        #expect(QualityIndicators.r2([[1, 3]], ideal: [0, 0], weights: [[0.5, 0.5], [1, 0]]) == 1.25)
        #expect(QualityIndicators.weights(objectives: 0, divisions: 3).isEmpty)
    }

    @Test func anEvenFrontHasNoSpread() {
        let even = (0...10).map { [Double($0), Double(10 - $0)] }
        #expect(QualityIndicators.spread(even) < 1e-12)
        #expect(QualityIndicators.spread(even.filter { $0[0] < 3 || $0[0] > 8 }) > 0.3)
        #expect(QualityIndicators.spread(Array(even.dropLast(3)), ends: even) > 0.2)
        #expect(QualityIndicators.spread([[1, 2]]).isNaN && QualityIndicators.spread([[1, 2], [1, 2]]) == 0)
    }

    @Test func coverageLooksOneWay() {
        #expect(QualityIndicators.coverage([[1, 1]], of: [[1, 1], [2, 0], [2, 2]]) == 2.0 / 3)
        #expect(QualityIndicators.coverage([[2, 2]], of: [[1, 1]]) == 0 && QualityIndicators.coverage([[0, 0]], of: []) == 0)
    }

    @Test func frontsAreScaledByTheFrontOfTheirUnion() {
        let scale = FrontScale(of: [[[0, 10], [5, 6], [.infinity, 0]], [[2, 5], [100, 100]]])
        #expect(scale.ideal == [0, 5] && scale.nadir == [2, 10])
        #expect(scale.scaled([[1, 10], [4, 5]]) == [[0.5, 1], [2, 0]])
        #expect(scale.reference() == [2.2, 10.5])
        #expect(FrontScale(of: [[[3, 3]]]).scaled([[3, 4]]) == [[0, 1]])
        #expect(FrontScale(of: []).scaled([]).isEmpty)
    }

    @Test func frontsAreComparedWithWhatTheyFoundTogether() {
        let whole = [[0, 4], [1, 2], [3, 1], [4, 0.0]]
        // In other units, nothing changes.
        for factor in [1, 1000.0] {
            let fronts = [whole, Array(whole.prefix(2)), whole.map { [$0[0] + 1, $0[1] + 1] }, []].map { $0.map { [$0[0] * factor, $0[1]] } }
            let comparison = FrontComparison(fronts)
            let (all, part, behind, none) = (comparison.qualities[0], comparison.qualities[1], comparison.qualities[2], comparison.qualities[3])
            #expect(comparison.reference == fronts[0])
            #expect(abs(all.hypervolume - 1) < 1e-12 && all.igdPlus == 0 && all.epsilon == 0 && all.points == 4)
            #expect(part.hypervolume < 1 && behind.hypervolume < 1 && part.r2 > all.r2 && behind.r2 > all.r2)
            #expect(abs(behind.epsilon - 0.25) < 1e-12)
            #expect(none.hypervolume == 0 && none.igdPlus == .infinity && none.points == 0)
        }
        #expect(FrontComparison([]).qualities.isEmpty)
        #expect(FrontComparison([[], []]).qualities.map(\.hypervolume) == [0, 0])
    }
}
