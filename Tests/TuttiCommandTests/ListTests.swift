import Foundation
import Testing

extension CommandTests {
    @Suite("What is there")
    struct ListTests {
        @Test(arguments: ["learners", "samplers", "schedulers", "spaces", "selectors", "placers", "metrics"])
        func everyKindIsListed(kind: String) async throws {
            let result = try await TuttiProgram.run("list", kind, "--json")
            let entries = try #require(try result.document()[kind] as? [[String: Any]])
            #expect(!entries.isEmpty)
            for entry in entries { #expect(Set(entry.keys).isSuperset(of: ["id", "name", "summary"])) }
            let people = try await TuttiProgram.run("list", kind)
            #expect(entries.allSatisfy { people.output.contains($0["id"] as? String ?? "?") })
        }

        @Test func theDoctorNamesEveryRuntimeAndHowToGetIt() async throws {
            let result = try await TuttiProgram.run("doctor", "--json")
            #expect(result.status == 0 || result.status == 69)
            let runtimes = try #require(try result.document()["runtimes"] as? [[String: Any]])
            #expect(Set(runtimes.compactMap { $0["name"] as? String }).isSuperset(of: ["libtorch", "ONNX Runtime", "LightGBM"]))
            for runtime in runtimes { #expect(Set(runtime.keys).isSuperset(of: ["name", "purpose", "isUsable", "installCommand", "detail"])) }
            let isWell = runtimes.allSatisfy { $0["isUsable"] as? Bool == true || $0["isRequired"] as? Bool == false }
            #expect(isWell == (result.status == 0))
        }

        @Test func theVersionIsPrinted() async throws {
            let result = try await TuttiProgram.run("--version")
            #expect(result.status == 0)
            #expect(result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        }
    }
}
