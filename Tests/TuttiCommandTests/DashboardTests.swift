import Foundation
import Testing

/// A browser that tests read pages with.
private let chromium: String? = {
    let named = ProcessInfo.processInfo.environment["TUTTI_CHROMIUM"].map { [$0] } ?? []
    let usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"]
    return (named + usual).first { FileManager.default.isExecutableFile(atPath: $0) }
}()

extension CommandTests {
    @Suite(
        "A study in optuna-dashboard", needsPython,
        .enabled(if: Machine.isComplete || chromium != nil, "no Chromium is installed (Debian: apt-get install chromium)"))
    struct DashboardTests {
        /// Thirty trials of every kind, told over the pipe: values on the way, some stopped early, some failed, the best of them trial 17.
        private var requests: String {
            (0..<30).map { number in
                var lines = [#"{"ask":{}}"#]
                for step in 1...3 { lines.append(#"{"report":{"trial":\#(number),"fidelity":\#(step),"values":[\#(2 + Double(number % 5) / Double(step))]}}"#) }
                switch number % 10 {
                case 3: lines.append(#"{"tell":{"trial":\#(number),"state":"stop"}}"#)
                case 5: lines.append(#"{"tell":{"trial":\#(number),"state":"fail","reason":"out of memory"}}"#)
                default: lines.append(#"{"tell":{"trial":\#(number),"values":[\#(number == 17 ? 0.015625 : 1 + Double(number % 7))]}}"#)
                }
                return lines.joined(separator: "\n") + "\n"
            }.joined()
        }

        @Test func aReaderSeesItsNameItsTrialsAndItsBest() async throws {
            let folder = try Scratch.folder("dashboard")
            let space = """
                {"parameters": [
                  {"name": "lr", "type": "float", "low": 0.0001, "high": 0.1, "log": true},
                  {"name": "layers", "type": "integer", "low": 1, "high": 4},
                  {"name": "optimizer", "type": "categorical", "choices": ["sgd", "adamw"]}
                ]}
                """
            _ = try Scratch.write(space, to: "space.json", in: folder)
            _ = try Scratch.write(requests, to: "requests", in: folder)
            let tutti = try #require(TuttiProgram.executable, "the tutti executable is not beside the tests; build it with `swift build`")
            let command = "'\(tutti.path)' optimize --space space.json --store sqlite:study.db --name 'café & <b>' --sampler random --stdio < requests"
            let search = try await RunningProgram(URL(fileURLWithPath: "/bin/sh"), ["-c", command], folder: folder).finished(withinSeconds: 60)
            #expect(search.status == 0 && !search.output.contains("error"), "\(search.testDescription)")
            let browser = try #require(chromium, "no Chromium is installed (Debian: apt-get install chromium)")
            let look = try await PythonPeer.run(
                "check_dashboard.py",
                ["sqlite:///" + folder.appending(path: "study.db").path, "café & <b>", "--trials", "30", "--chromium", browser]
                    + ["lr", "layers"].flatMap { ["--parameter", $0] } + ["Best Trial (number=17)", "0.015625", "trial #17"].flatMap { ["--expect", $0] },
                limitSeconds: 300)
            #expect(look.status == 0, "\(look.testDescription)")
            let seen = try look.document()
            func text(_ page: String) -> String { seen[page] as? String ?? "" }
            #expect(text("list").contains("café & <b>"))
            for expected in ["café & <b>", "Best Trial (number=17)", "0.015625", "trial #17"] { #expect(text("study").contains(expected), "\(text("study"))") }
            let trials = text("trials")
            #expect(trials.contains("30 Trials"), "\(trials)")
            // The list is made as far as it is seen.
            for expected in ["Trial 3\nPruned", "Trial 5\nFail", "Trial 17\nComplete\nBest Trial"] { #expect(trials.contains(expected), "\(trials)") }
            #expect(["layers", "lr"].allSatisfy(text("analytics").contains), "\(text("analytics"))")
            #expect(seen["errors"] as? [String] == [])
        }
    }
}
