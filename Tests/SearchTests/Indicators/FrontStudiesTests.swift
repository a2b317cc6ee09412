import Search
import Testing

/// What one looks at once there are fronts: how far they are chance, where they bend, what is left of them on other data.
@Suite struct FrontStudiesTests {
    @Test func attainmentSurfacesCountTheRuns() {
        let surface = AttainmentSurface(runs: [[[0, 4], [2, 2], [4, 0], [3, 3]], [[1, 5], [3, 1]], [[1, 3], [.nan, 0]]])
        #expect(surface.best == [[0, 4], [1, 3], [2, 2], [3, 1], [4, 0]])
        #expect(surface.median == [[1, 4], [2, 3], [3, 2], [4, 1]])
        #expect(surface.worst == [[1, 5], [3, 3]])
        #expect(surface.share(attaining: [2, 3]) == 2.0 / 3)
        #expect(surface.corners(attainedBy: 4).isEmpty && AttainmentSurface(runs: []).best.isEmpty)
        for corner in surface.median { #expect(surface.share(attaining: corner) >= 0.5) }
    }

    @Test func aRunWithoutPointsAttainsNothing() {
        #expect(AttainmentSurface(runs: [[[1, 1]], []]).worst.isEmpty)
        #expect(AttainmentSurface(runs: [[[1, 1]], []]).median == [[1, 1]])
    }

    @Test func theKneeIsWhereTheFrontBends() {
        let front: [[Double]] = [[0, 1], [0.1, 0.5], [0.2, 0.15], [0.6, 0.1], [1, 0]]
        #expect(KneePoints.deepest(front) == 2)
        #expect(abs(KneePoints.depths(front)[0]) < 1e-12)
        let tradeOffs = KneePoints.tradeOffs(front)
        #expect(tradeOffs.indices.max { tradeOffs[$0] < tradeOffs[$1] } == 2)
        #expect(KneePoints.deepest([]) == nil && KneePoints.tradeOffs([[1, 1]]) == [.infinity])
    }

    @Test func whatAFrontPromisedIsComparedWithWhatItKeeps() {
        let chosen: [[Double]] = [[0, 3], [1, 1], [3, 0], [2, 2]]
        let heldOut: [[Double]] = [[0, 3], [2, 2.5], [3, 2], [1, 1]]
        let front = HeldOutFront(chosenBy: chosen, heldOut: heldOut, reference: [4, 4])
        #expect(front.members == [0, 1, 2] && front.survivors == [0, 1, 2] && front.dominated.isEmpty)
        #expect(front.missed == [3])
        #expect(front.promised == 11 && front.kept == 5.5 && front.possible == 10)
        #expect(abs(front.lost - (1 - 5.5 / 11)) < 1e-12)
        #expect(front.shift == [1.0 / 3, 3.5 / 3])
        let same = HeldOutFront(chosenBy: chosen, heldOut: chosen)
        #expect(same.lost == 0 && same.survivors == same.members && same.missed.isEmpty && same.promised > 0)
        #expect(HeldOutFront(chosenBy: [], heldOut: []).lost == 0)
        let gone = HeldOutFront(chosenBy: chosen, heldOut: [[0, 0], [2, 2], [3, 2], [1, 1]])
        #expect(gone.survivors == [0] && gone.dominated == [1, 2])
    }
}
