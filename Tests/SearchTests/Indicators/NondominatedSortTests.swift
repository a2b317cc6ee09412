import Search
import Testing

@Suite struct NondominatedSortTests {
    /// By the definition: peel off what none of the rest dominates.
    private func peeled(_ losses: [[Double]]) -> [Int] {
        var ranks = [Int](repeating: -1, count: losses.count)
        var rest = Array(losses.indices)
        var rank = 0
        while !rest.isEmpty {
            let front = rest.filter { point in !rest.contains { Front.dominates(losses[$0], losses[point]) } }
            for point in front { ranks[point] = rank }
            rest.removeAll { ranks[$0] >= 0 }
            rank += 1
        }
        return ranks
    }

    @Test(arguments: 1...6) func theRanksAreThoseOfTheDefinition(objectives: Int) {
        for seed in 1...8 as ClosedRange<UInt32> {
            var points =
                seed % 2 == 0
                ? Clouds.grid(60, objectives: objectives, seed: seed)
                : Clouds.points(60, objectives: objectives, seed: seed, onSphere: seed % 3 == 0)
            if seed > 4 {
                points = points.enumerated().map { place, row in
                    row.map { $0 > 0.8 && place % 3 == 0 ? .infinity : $0 < 0.2 && place % 4 == 0 ? -.infinity : $0 }
                }
            }
            #expect(Front.ranks(points) == peeled(points), "seed \(seed)")
            #expect(Front.members(points) == points.indices.filter { peeled(points)[$0] == 0 }, "seed \(seed)")
        }
    }

    @Test func theOrderIsByFrontThenCrowdingThenPosition() {
        for objectives in 2...4 {
            let points = Clouds.grid(50, objectives: objectives, seed: 7)
            let ranks = Front.ranks(points)
            var crowding = [Double](repeating: 0, count: points.count)
            for rank in Set(ranks) {
                let members = points.indices.filter { ranks[$0] == rank }
                for (member, distance) in zip(members, Front.crowdingDistances(members.map { points[$0] })) { crowding[member] = distance }
            }
            let expected = points.indices.sorted { (ranks[$0], -crowding[$0], $0) < (ranks[$1], -crowding[$1], $1) }
            #expect(Front.order(points) == expected)
        }
    }

    @Test func whatIsNotANumberIsWorst() {
        #expect(Front.ranks([[.nan, 1], [1, 1], [.nan, .nan]]) == [1, 0, 2])
        #expect(Front.ranks([[], []]) == [0, 0])
    }
}
