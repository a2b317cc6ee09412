import Foundation
import SearchSpaces
import Testing

@Suite struct ConfigurationTests {
    let configuration: Configuration = ["rate": 0.1, "layers": 3, "name": "relu", "bias": true, "whole": 2.0]

    @Test func valuesComeInTheKindThatIsAsked() throws {
        #expect(try configuration.float("rate") == 0.1)
        #expect(try configuration.float("layers") == 3)
        #expect(try configuration.integer("layers") == 3)
        #expect(try configuration.integer("whole") == 2)
        #expect(try configuration.category("name") == "relu")
        #expect(try configuration.boolean("bias"))
        #expect(try configuration.float("absent", default: 7) == 7)
        #expect(throws: SearchSpaceError.self) { try configuration.integer("rate") }
        #expect(throws: SearchSpaceError.self) { try configuration.category("layers") }
        #expect(throws: SearchSpaceError.self) { try configuration.float("absent") }
        #expect(throws: SearchSpaceError.self) { try configuration.float("name", default: 7) }
    }

    @Test func itIsAPlainJSONObject() throws {
        let json = String(decoding: try JSONEncoder().encode(["b": true, "x": 0.5, "n": 3, "s": "t"] as Configuration), as: UTF8.self)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["x"] as? Double == 0.5)
        #expect(object["s"] as? String == "t")
        #expect(try JSONDecoder().decode(Configuration.self, from: JSONEncoder().encode(configuration)) == configuration)
        #expect(throws: SearchSpaceError.self) { try JSONDecoder().decode(Configuration.self, from: Data(#"{"a":[1]}"#.utf8)) }
    }

    @Test func orderDoesNotCountInComparisons() {
        let left: Configuration = ["a": 1, "b": 2]
        let right: Configuration = ["b": 2.0, "a": 1]
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left.names == ["a", "b"])
        #expect(right.names == ["b", "a"])
        #expect(left != ["a": 1, "b": true])
    }
}
