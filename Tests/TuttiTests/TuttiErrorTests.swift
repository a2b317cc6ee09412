import Foundation
import Testing
import Tutti

@Suite("Errors of the façade")
struct TuttiErrorTests {
    @Test func theSystemsWordsComeWithoutFoundationsWrapping() throws {
        let error = try #require(throws: (any Error).self) { try Data(contentsOf: URL(fileURLWithPath: "/none/such")) }
        let text = "\(TuttiError(.badData, "'x' cannot be read", underlying: error))"
        #expect(text.hasPrefix("'x' cannot be read: "))
        #expect(!text.contains("Domain") && !text.contains("UserInfo"), "\(text)")
    }

    @Test func anErrorOfOursIsShownAsItIs() {
        #expect("\(TuttiError(.badData, "outer", underlying: TuttiError(.usage, "inner")))" == "outer: inner")
    }
}
