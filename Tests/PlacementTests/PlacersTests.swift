import Placement
import Testing
import TuttiTesting

struct PlacersTests {
    @Test(arguments: Placers.all.map(\.card.id), 0..<4)
    func `every placer conforms`(id: String, seed: Int) throws {
        #expect(try PlacerConformance.violations(of: Placers.make(id), seed: UInt64(seed)) == [])
    }

    @Test func `ids are distinct, and an unknown one is refused with those there are`() {
        #expect(Set(Placers.all.map(\.card.id)).count == Placers.all.count)
        let error = #expect(throws: PlacementError.self) { try Placers.make("best-fit") }
        #expect(error?.message.contains("greedy, worst-fit") == true)
    }
}
