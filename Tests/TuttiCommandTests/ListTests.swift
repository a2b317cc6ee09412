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

        @Test(arguments: [("samplers", "gp"), ("schedulers", "asha")])
        func oneIsPrintedWhole(kind: String, id: String) async throws {
            let entries = try #require(try await TuttiProgram.run("list", kind, id, "--json").document()[kind] as? [[String: Any]])
            let entry = try #require(entries.first)
            #expect(entries.count == 1 && entry["id"] as? String == id)
            #expect((entry["abilities"] as? [String])?.contains("multiFidelity") == true)
            let options = try #require(entry["options"] as? [[String: Any]])
            #expect(!options.isEmpty && options.contains { $0["default"] is String })
            let people = try await TuttiProgram.run("list", kind, id).output
            for word in [entry["source"] as? String ?? "?", "several objectives"] { #expect(people.contains(word)) }
            for option in options {
                for key in ["name", "summary"] { #expect(people.contains(option[key] as? String ?? "?")) }
            }
        }

        @Test(arguments: ["learners", "samplers", "schedulers", "spaces", "selectors", "placers", "metrics"])
        func oneThatIsNotThereIsSaid(kind: String) async throws {
            let result = try await TuttiProgram.run("list", kind, "nope")
            #expect(result.status == 64)
            let entries = try #require(try await TuttiProgram.run("list", kind, "--json").document()[kind] as? [[String: Any]])
            let known = try #require(entries.first?["id"] as? String)
            #expect(result.errors.contains("nope") && result.errors.contains(known), "\(result.errors)")
        }

        @Test func theDoctorNamesEveryRuntimeAndHowToGetIt() async throws {
            let result = try await TuttiProgram.run("doctor", "--json")
            #expect(result.status == 0 || result.status == 69)
            let runtimes = try #require(try result.document()["runtimes"] as? [[String: Any]])
            #expect(Set(runtimes.compactMap { $0["name"] as? String }).isSuperset(of: ["libtorch", "ONNX Runtime", "LightGBM", "libpq"]))
            for runtime in runtimes { #expect(Set(runtime.keys).isSuperset(of: ["name", "purpose", "isUsable", "installCommand", "detail"])) }
            let isWell = runtimes.allSatisfy { $0["isUsable"] as? Bool == true || $0["isRequired"] as? Bool == false }
            #expect(isWell == (result.status == 0))
        }

        @Test func theDoctorSaysHowToGetWhatOnlySomeStudiesNeed() async throws {
            let result = try await TuttiProgram.run(["doctor"], changes: ["TUTTI_LIBPQ": "/nowhere"])
            let lines = result.output.split(separator: "\n")
            let libpq = try #require(lines.firstIndex { $0.contains(" libpq") && $0.contains("studies in a PostgreSQL database") }, "\(result.output)")
            // Where it is there, the next line says where; where it is not, which command brings it.
            #expect(lines[libpq].hasPrefix("✓") ? lines[libpq + 1].contains("libpq") : result.output.contains("apt-get install libpq5"), "\(result.output)")
        }

        @Test func theVersionIsPrinted() async throws {
            let result = try await TuttiProgram.run("--version")
            #expect(result.status == 0)
            #expect(result.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
        }
    }
}
