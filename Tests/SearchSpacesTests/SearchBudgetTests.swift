import SearchSpaces
import Testing

@Suite struct SearchBudgetTests {
    @Test func fiftyTrialsForEachParameterThatVaries() throws {
        let space = try SearchSpace([.float("a", 0...1), .integer("b", 1...1000), .constant("c", 3)])
        #expect(space.advisedTrialCount == 100)
    }

    @Test func aSmallSpaceNeedsNoMoreThanAllOfIt() throws {
        #expect(try SearchSpace([.boolean("a"), .ordinal("b", [1, 2, 3])]).advisedTrialCount == 6)
        #expect(try SearchSpace([.constant("a", 1)]).advisedTrialCount == 1)
        #expect(try SearchSpace((0..<40).map { .integer("p\($0)", 0...99) }).advisedTrialCount == 2000)
    }
}
