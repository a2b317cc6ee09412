import Search
import Testing

@Suite struct HypervolumeTests {
    /// pymoo 0.6.2, `HV(ref_point=[1.1, …])` of 60 points of `Clouds`, the seed being the number of objectives: in the cube, on the sphere.
    private static let known: [(objectives: Int, cube: Double, sphere: Double)] = [
        (2, 1.1970977100319944, 0.41147575229084254), (3, 1.1009505181631125, 0.6414944976739038),
        (4, 1.071343252151907, 0.7384588986629533), (5, 0.8838531953438433, 0.8107479743913208),
        (6, 0.9865301644795735, 0.9403423592246904),
    ]

    @Test(arguments: known) func itIsThatOfPymoo(_ known: (objectives: Int, cube: Double, sphere: Double)) {
        let reference = [Double](repeating: 1.1, count: known.objectives)
        for (onSphere, volume) in [(false, known.cube), (true, known.sphere)] {
            let points = Clouds.points(60, objectives: known.objectives, seed: UInt32(known.objectives), onSphere: onSphere)
            #expect(abs(Hypervolume.of(points, reference: reference) - volume) < 1e-12)
        }
    }

    @Test func whatIsNotBelowTheReferenceCountsForNothing() {
        #expect(Hypervolume.of([[1, 1], [3, 0], [.nan, 0], [0, .infinity]], reference: [2, 2]) == 1)
        #expect(Hypervolume.of([], reference: [2, 2]) == 0)
        #expect(Hypervolume.of([[3], [1.5], [.nan]], reference: [2]) == 0.5)
        #expect(Hypervolume.of([[0, 0]], reference: [.infinity, 1]).isNaN)
        // −∞ counts as the lowest finite loss.
        #expect(Hypervolume.of([[-.infinity, 1], [0, 1.5]], reference: [2, 2]) == 2)
    }

    @Test(arguments: 1...5) func aContributionIsWhatIsMissingWithoutThePoint(objectives: Int) {
        let reference = [Double](repeating: 0.9, count: objectives)
        for seed in 1...6 as ClosedRange<UInt32> {
            let points =
                seed % 2 == 0
                ? Clouds.grid(20, objectives: objectives, seed: seed) : Clouds.points(20, objectives: objectives, seed: seed)
            let whole = Hypervolume.of(points, reference: reference)
            for (position, contribution) in Hypervolume.contributions(points, reference: reference).enumerated() {
                var others = points
                others.remove(at: position)
                let missing = whole - Hypervolume.of(others, reference: reference)
                #expect(abs(missing - contribution) < 1e-12, "seed \(seed), point \(position)")
            }
        }
    }

    @Test(arguments: 2...4) func theSubsetIsTheGreedyOne(objectives: Int) {
        let reference = [Double](repeating: 1.1, count: objectives)
        let points = Clouds.points(25, objectives: objectives, seed: 5, onSphere: true)
        var greedy: [Int] = []
        while greedy.count < 6 {
            let volumes = points.indices.map { Hypervolume.of((greedy + [$0]).map { points[$0] }, reference: reference) }
            greedy.append(volumes.indices.max { volumes[$0] < volumes[$1] } ?? 0)
        }
        #expect(Hypervolume.subset(6, of: points, reference: reference) == greedy)
    }

    @Test func aSubsetIsFilledUpWithWhatAddsNothing() {
        let points: [[Double]] = [[5, 5], [1, 1], [1, 1], [0, 2]]
        #expect(Hypervolume.subset(3, of: points, reference: [3, 3]) == [1, 3, 0])
        #expect(Set(Hypervolume.subset(9, of: points, reference: [3, 3])) == [0, 1, 2, 3])
        #expect(Hypervolume.subset(2, of: points, reference: [.nan, 3]).count == 2)
        #expect(Hypervolume.referencePoint(of: [[1, -1], [2, -2], [.infinity, 0]]) == [2.2, 1e-12])
    }
}
