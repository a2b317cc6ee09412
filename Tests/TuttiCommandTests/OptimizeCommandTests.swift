import Foundation
import Testing

extension CommandTests {
    @Suite("Tuning a program")
    struct OptimizeCommandTests {
        private static let space = """
            {"parameters": [
              {"name": "x", "type": "float", "low": -5, "high": 5},
              {"name": "n", "type": "integer", "low": 1, "high": 4},
              {"name": "kind", "type": "categorical", "choices": ["a b", "c"]}
            ]}
            """

        private func files() throws -> (folder: URL, space: String) {
            let folder = try Scratch.folder("optimize")
            return (folder, try Scratch.write(Self.space, to: "space.json", in: folder))
        }

        @Test func aProgramAsksAndTellsOverItsPipes() throws {
            let (_, space) = try files()
            let program = try StdioProgram([
                "optimize", "--space", space, "--fidelity", "1..9", "--scheduler", "asha", "--sampler", "random", "--seed", "3", "--trials", "3", "--stdio",
            ])
            for trial in 0..<3 {
                let asked = try program.ask(#"{"ask":{}}"#)
                #expect(asked["trial"] as? Int == trial && asked["fidelity"] as? Int == 1)
                let params = try #require(asked["params"] as? [String: Any])
                #expect(Set(params.keys) == ["x", "n", "kind"])
                #expect(try program.line(#"{"report":{"trial":\#(trial),"fidelity":1,"values":[0.4]}}"#) == #"{"trial":\#(trial),"continue":true}"#)
                #expect(try program.line(#"{"tell":{"trial":\#(trial),"values":[\#(trial)],"fidelity":1}}"#) == #"{"trial":\#(trial)}"#)
            }
            #expect(try program.ask("garbage")["error"] as? String != nil)
            let promoted = try program.ask(#"{"ask":{}}"#)
            #expect(promoted["trial"] as? Int == 0 && promoted["fidelity"] as? Int == 3)
            #expect(try program.line(#"{"ask":{}}"#) == #"{"wait":true}"#)
            #expect(try program.line(#"{"tell":{"trial":0,"values":[0.5],"fidelity":3}}"#) == #"{"trial":0}"#)
            _ = try program.ask(#"{"ask":{}}"#)
            #expect(try program.line(#"{"tell":{"trial":0,"values":[0.25],"fidelity":9}}"#) == #"{"trial":0}"#)
            #expect(try program.line(#"{"ask":{}}"#) == #"{"finished":true}"#)
            let best = try #require(try program.ask(#"{"best":{}}"#)["trials"] as? [[String: Any]])
            #expect(best.count == 1 && best[0]["trial"] as? Int == 0 && best[0]["values"] as? [Double] == [0.25])
            #expect(try program.finish() == 0)
        }

        @Test func whatWasToldSurvivesAKill() async throws {
            let (folder, space) = try files()
            let store = "sqlite:" + folder.appending(path: "s.db").path
            let first = try StdioProgram(["optimize", "--space", space, "--store", store, "--stdio"])
            for trial in 0..<2 {
                _ = try first.ask(#"{"ask":{}}"#)
                #expect(try first.line(#"{"tell":{"trial":\#(trial),"values":[\#(trial + 1)]}}"#) == #"{"trial":\#(trial)}"#)
            }
            _ = try first.ask(#"{"ask":{}}"#)
            first.kill()
            let second = try StdioProgram(["optimize", "--store", store, "--resume", "--stdio"])
            let trials = try #require(try second.ask(#"{"trials":{}}"#)["trials"] as? [[String: Any]])
            #expect(trials.map { $0["state"] as? String } == ["complete", "complete", "waiting"])
            #expect(trials[1]["values"] as? [Double] == [2])
            // What the killed session had asked for is still accepted.
            #expect(try second.line(#"{"tell":{"trial":2,"values":[0.5]}}"#) == #"{"trial":2}"#)
            #expect(try second.finish() == 0)
            let best = try await TuttiProgram.run("study", "best", "--store", store, "--json").document()
            #expect((best["trials"] as? [[String: Any]])?.first?["trial"] as? Int == 2)
        }

        @Test func aShellScriptIsTuned() async throws {
            let (folder, space) = try files()
            let store = folder.appending(path: "s.db").path
            let script = try Scratch.write("echo \"{\\\"loss\\\": $4}\"", to: "train.sh", in: folder)
            let arguments = [
                "optimize", "--space", space, "--store", store, "--metric", "loss", "--workers", "2", "--trials", "8", "--json", "--", "/bin/sh", script,
            ]
            let result = try await TuttiProgram.run(arguments)
            #expect(result.status == 0, "\(result.testDescription)")
            let document = try result.document()
            let best = try #require((document["best"] as? [[String: Any]])?.first)
            #expect(document["trials"] as? Int == 8 && document["failures"] as? Int == 0)
            #expect((best["params"] as? [String: Any])?["n"] as? Double == (best["values"] as? [Double])?.first)
            #expect(result.errors.split(separator: "\n").count { $0.contains("loss ") } == 8, "\(result.errors)")
            // The same again: all are there. Then two more.
            #expect(try await TuttiProgram.run(arguments).document()["runs"] as? Int == 0)
            let more = try await TuttiProgram.run(["optimize", "--store", store, "--trials", "10", "--quiet", "--", "/bin/sh", script])
            #expect(more.status == 0 && more.output.hasPrefix("10 trials (10 complete)") && more.output.contains("loss") && more.errors.isEmpty)
            // Another space under the same name is refused, and begun with when asked for.
            let other = try Scratch.write(#"{"parameters":[{"name":"y","type":"float","low":0,"high":1}]}"#, to: "other.json", in: folder)
            let refused = try await TuttiProgram.run(["optimize", "--space", other, "--store", store, "--", "/bin/echo", "1"])
            #expect(refused.status == 64 && refused.errors.contains("another space") && refused.errors.contains("--overwrite"))
            let anew = try await TuttiProgram.run([
                "optimize", "--space", other, "--store", store, "--overwrite", "--trials", "2", "--", "/bin/sh", "-c", "echo 1",
            ])
            #expect(anew.status == 0 && anew.output.hasPrefix("2 trials"), "\(anew.testDescription)")
        }

        @Test func aStudyIsShownAndExported() async throws {
            let (folder, space) = try files()
            let store = "sqlite:" + folder.appending(path: "s.db").path
            let search = ["optimize", "--space", space, "--store", store, "--name", "one", "--direction", "minimize,max", "--trials", "3"]
            #expect(try await TuttiProgram.run(search + ["--", "/bin/sh", "-c", "echo $1 $2", "sh", "{x}", "{n}"]).status == 0)
            let list = try await TuttiProgram.run("study", "list", "--store", store, "--json").document()
            #expect((list["studies"] as? [[String: Any]])?.map { $0["study"] as? String } == ["one"])
            for verb in ["show", "best", "trials"] {
                let people = try await TuttiProgram.run("study", verb, "--store", store)
                #expect(people.status == 0 && people.output.contains("value 1"), "\(people.testDescription)")
                #expect(try await TuttiProgram.run("study", verb, "one", "--store", store, "--json").document().isEmpty == false)
            }
            let (columns, rows) = try await TuttiProgram.run("study", "export", "--csv", "--store", store).table()
            #expect(columns.starts(with: ["trial", "state", "fidelity", "value_0", "value_1", "params_x", "params_n", "params_kind"]))
            #expect(rows.count == 3 && rows.allSatisfy { Double($0["params_n"] ?? "") == Double($0["value_1"] ?? "-") })
            let out = folder.appending(path: "trials.csv").path
            #expect(try await TuttiProgram.run("study", "export", "one", "--store", store, "--out", out).status == 0)
            #expect(try String(contentsOfFile: out, encoding: .utf8).hasPrefix("trial,"))
        }

        @Test(arguments: [
            (["--stdio"], 64, "--space"), (["--space", "SPACE"], 64, "give a program after --"),
            (["--space", "SPACE", "--stdio", "--", "echo"], 64, "no program"),
            (["--space", "nowhere.json", "--stdio"], 65, "nowhere.json"), (["--space", "BAD", "--stdio"], 65, "no space"),
            (["--space", "EMPTY", "--stdio"], 65, "low 3"), (["--space", "LOG", "--stdio"], 65, "low above 0"),
            (["--space", "CIRCLE", "--stdio"], 65, "form a circle"), (["--space", "STRAY", "--stdio"], 65, "\"lgo\""),
            (["--space", "NOTHING", "--", "echo", "1"], 65, "forbids every configuration"),
            (["--space", "SPACE", "--sampler", "nope", "--stdio"], 64, "no sampler \"nope\""),
            (["--space", "SPACE", "--scheduler", "nope", "--stdio"], 64, "no scheduler"),
            (["--space", "SPACE", "--sampler", "random", "--sampler-option", "a=1", "--stdio"], 64, "no option \"a\""),
            (["--space", "SPACE", "--fidelity", "9..1", "--stdio"], 64, "fidelity"), (["--space", "SPACE", "--eta", "3", "--stdio"], 64, "--fidelity"),
            (["--space", "SPACE", "--direction", "down", "--stdio"], 64, "minimize or maximize"),
            (["--space", "SPACE", "--objectives", "2", "--metric", "loss", "--stdio"], 64, "must agree"),
            (["--space", "SPACE", "--trials", "0", "--stdio"], 64, "at least 1"), (["--space", "SPACE", "--resume", "--stdio"], 65, "memory: holds nothing"),
            (["--space", "SPACE", "--store", "redis://x", "--stdio"], 65, "redis://x"), (["--space", "SPACE", "--timeout", "5s", "--stdio"], 64, "--timeout"),
            (["--space", "SPACE", "--", "echo", "{y}"], 64, "{y}"), (["--space", "SPACE", "--", "/nowhere/program"], 65, "/nowhere/program"),
            (["--space", "SPACE", "--", "false"], 65, "gave up after 10 failed runs"), (["--space", "SPACE", "--workers", "0", "--", "echo"], 64, "--workers"),
        ])
        func whatIsWrongIsSaid(arguments: [String], status: Int32, expected: String) async throws {
            let (folder, space) = try files()
            let bad = try Scratch.write("{\"parameters\": 3}", to: "bad.json", in: folder)
            let empty = try Scratch.write(#"{"parameters":[{"name":"y","type":"float","low":3,"high":1}]}"#, to: "empty.json", in: folder)
            var places = ["SPACE": space, "BAD": bad, "EMPTY": empty]
            for (name, text) in [
                ("LOG", "a: [x, y]\nb: {float: [0, 1], log: true, default: 0.5}"),
                ("STRAY", #"{"parameters":[{"name":"y","type":"float","low":1,"high":2,"lgo":true}]}"#),
                ("CIRCLE", "a: {choice: [x, y], when: b == x}\nb: {choice: [x, y], when: a == x}"), ("NOTHING", "y: {float: [0, 1]}\nforbidden: [y <= 2]"),
            ] { places[name] = try Scratch.write(text, to: "\(name).txt", in: folder) }
            let result = try await TuttiProgram.run(["optimize"] + arguments.map { places[$0] ?? $0 }, folder: folder)
            #expect(result.status == status && result.errors.contains(expected), "\(result.testDescription)")
            #expect(result.errorLines.count == 1, "\(result.testDescription)")
        }

        @Test func theFirstCommandLinesCanBeSeen() async throws {
            let (_, space) = try files()
            let result = try await TuttiProgram.run(["optimize", "--space", space, "--dry-run", "--trials", "2", "--", "no-such-program", "--n={n}"])
            #expect(result.status == 0 && result.output.split(separator: "\n").allSatisfy { $0.hasPrefix("no-such-program --n=") }, "\(result.testDescription)")
        }

        @Test func ctrlCEndsInGoodOrderAndTheStudyGoesOn() async throws {
            let (folder, space) = try files()
            let store = folder.appending(path: "s.db").path
            let script = "if [ -e go ]; then echo 1; else echo $$ > there; while true; do sleep 0.05; done; fi"
            // It would never end by force: the program must hear SIGTERM, though we ourselves do not.
            let arguments = ["optimize", "--space", space, "--store", store, "--trials", "2", "--grace", "1h", "--", "/bin/sh", "-c", script]
            let program = try TuttiProgram.start(arguments, folder: folder)
            try await program.reaches("a running program", withinSeconds: 30) { FileManager.default.fileExists(atPath: folder.appending(path: "there").path) }
            program.send(SIGINT)
            let end = try await program.finished(withinSeconds: 30)
            #expect(end.status == 65 && !end.wasKilled && end.output.contains("1 waiting") && end.output.contains("goes on"), "\(end.testDescription)")
            try Data().write(to: folder.appending(path: "go"))
            let again = try await TuttiProgram.run(arguments, folder: folder)
            #expect(again.status == 0 && again.output.contains("2 complete"), "\(again.testDescription)")
        }

        @Test func aClosedTerminalEndsInGoodOrder() async throws {
            let (folder, space) = try files()
            let script = "echo $$ > there; while true; do sleep 0.05; done"
            let program = try TuttiProgram.start(["optimize", "--space", space, "--grace", "5s", "--", "/bin/sh", "-c", script], folder: folder)
            let child = try await pid(of: "there", in: folder, program)
            program.send(SIGHUP)
            let end = try await program.finished(withinSeconds: 20)
            #expect(end.status == 65 && !end.wasKilled && end.errors.contains("stopping: programs have 5s to end"), "\(end.testDescription)")
            #expect(end.errors.contains("the search was stopped") && !Processes.isAlive(child), "\(end.testDescription)")
        }

        @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/stat"), "no /proc: programs of killed sessions are not found again"))
        func programsOfAKilledSessionAreEndedByTheNext() async throws {
            let (folder, space) = try files()
            let store = folder.appending(path: "s.db").path
            let script = "if [ -e go ]; then echo 1; else echo $$ > there; while true; do sleep 0.05; done; fi"
            let arguments = ["optimize", "--space", space, "--store", store, "--trials", "1", "--", "/bin/sh", "-c", script]
            let program = try TuttiProgram.start(arguments, folder: folder)
            let child = try await pid(of: "there", in: folder, program)
            try await program.reaches("a note of the program", withinSeconds: 10) {
                FileManager.default.fileExists(atPath: folder.appending(path: "s.trials/study/trial-0/program").path)
            }
            program.send(SIGKILL)
            // Its end is not seen while what it has started lives on: a kill needs no longer than this.
            try await Task.sleep(for: .milliseconds(300))
            #expect(Processes.isAlive(child))
            try Data().write(to: folder.appending(path: "go"))
            let again = try await TuttiProgram.run(arguments, folder: folder)
            #expect(again.status == 0 && again.output.contains("1 complete"), "\(again.testDescription)")
            try await until("the left program is gone", withinSeconds: 5) { !Processes.isAlive(child) }
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "s.trials").path))
        }

        /// The number that a program has written to a file.
        private func pid(of file: String, in folder: URL, _ program: RunningProgram) async throws -> pid_t {
            var child: pid_t = 0
            try await program.reaches("a running program", withinSeconds: 30) {
                let text = try? String(contentsOf: folder.appending(path: file), encoding: .utf8)
                child = text.flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
                return child > 0
            }
            return child
        }

        @Test func everyProgramHasAFolderOfItsOwn() async throws {
            let (folder, space) = try files()
            let result = try await TuttiProgram.run(
                ["optimize", "--space", space, "--trials", "2", "--quiet", "--", "/bin/sh", "-c", #"test -d "$TUTTI_CHECKPOINT" && echo 1"#], folder: folder)
            #expect(result.status == 0 && result.output.contains("2 complete"), "\(result.testDescription)")
        }

        @Test func aResultThatCannotBeStoredIsSaid() async throws {
            let (folder, space) = try files()
            let store = folder.appending(path: "s.db").path
            let result = try await TuttiProgram.run(
                ["optimize", "--space", space, "--store", store, "--trials", "2", "--", "/bin/sh", "-c", "rm -f s.db s.db-wal s.db-shm; echo 12.5"],
                folder: folder)
            #expect(result.status == 65 && result.errors.contains("The result of trial 0 is not stored: 12.5"), "\(result.testDescription)")
        }

        @Test(arguments: [("--fidelity", "9..1", "whole numbers from 1 on"), ("--timeout", "0s", "a time above 0"), ("--time", "soon", "1h30m")])
        func aWrongQuantityIsExplained(option: String, value: String, expected: String) async throws {
            let (_, space) = try files()
            let result = try await TuttiProgram.run("optimize", "--space", space, option, value, "--", "true")
            #expect(result.status == 64 && result.errors.contains(expected), "\(result.testDescription)")
        }

        @Test func anEarlierStudyWarmsANewOne() async throws {
            let (folder, space) = try files()
            let program = ["--quiet", "--", "/bin/sh", "-c", #"echo "$TUTTI_PARAM_X""#]
            let first = try await TuttiProgram.run(["optimize", "--space", space, "--store", "old.db", "--trials", "12"] + program, folder: folder)
            #expect(first.status == 0, "\(first.testDescription)")
            let larger = try Scratch.write("x: {float: [-5, 5]}\nnew: {integer: [1, 3]}", to: "larger.yaml", in: folder)
            let refused = try await TuttiProgram.run(["optimize", "--space", larger, "--store", "old.db"] + program, folder: folder)
            #expect(refused.status == 64 && refused.errors.contains("--warm-start"), "\(refused.testDescription)")
            let warm = ["optimize", "--space", larger, "--store", "new.db", "--warm-start", "old.db", "--warm-start-count", "2", "--trials", "3"]
            let second = try await TuttiProgram.run(warm + program, folder: folder)
            #expect(second.status == 0, "\(second.testDescription)")
            func values(_ store: String) async throws -> [Double] {
                let document = try await TuttiProgram.run(["study", "trials", "--store", store, "--json"], folder: folder).document()
                return try #require(document["trials"] as? [[String: Any]]).compactMap { ($0["values"] as? [Double])?.first }
            }
            let (old, new) = (try await values("old.db").sorted(), try await values("new.db"))
            #expect(new.count == 3 && Array(new.prefix(2)) == Array(old.prefix(2)))
        }

        @Test func aMistakeDoesNotCostTheWarmStart() async throws {
            let (folder, space) = try files()
            let program = ["--quiet", "--", "/bin/sh", "-c", #"echo "$TUTTI_PARAM_X""#]
            let first = ["optimize", "--space", space, "--store", "s.db", "--trials", "6"]
            #expect(try await TuttiProgram.run(first + program, folder: folder).status == 0)
            func best() async throws -> Double? {
                let document = try await TuttiProgram.run(["study", "best", "--store", "s.db", "--json"], folder: folder).document()
                return ((document["trials"] as? [[String: Any]])?.first?["values"] as? [Double])?.first
            }
            let before = try #require(try await best())
            for wrong in [["--warm-start", "nowhere.db"], ["--warm-start", "s.db", "--objectives", "2"]] {
                let refused = try await TuttiProgram.run(["optimize", "--space", space, "--store", "new.db"] + wrong + program, folder: folder)
                #expect([64, 65].contains(refused.status), "\(refused.testDescription)")
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "new.db").path))
            }
            // The study that is overwritten is the one to begin with.
            let again = try await TuttiProgram.run(
                first + ["--overwrite", "--sampler", "random", "--seed", "9", "--warm-start", "s.db", "--warm-start-count", "1"] + program, folder: folder)
            #expect(again.status == 0, "\(again.testDescription)")
            #expect(try #require(try await best()) <= before)
            let resumed = try await TuttiProgram.run(first + ["--warm-start", "s.db"] + program, folder: folder)
            #expect(resumed.status == 0 && resumed.errors.contains("--warm-start is for a new one"), "\(resumed.testDescription)")
        }

        @Test func underNohupAClosedTerminalIsPassedOver() async throws {
            let (folder, space) = try files()
            let tutti: URL = try #require(TuttiProgram.executable, "the tutti executable is not beside the tests; build it with `swift build`")
            let script = "trap '' HUP; exec '\(tutti.path)' optimize --space '\(space)' --trials 1 -- /bin/sh -c 'echo $$ > there; sleep 1; echo 1'"
            let program = try RunningProgram(URL(fileURLWithPath: "/bin/sh"), ["-c", script], folder: folder)
            _ = try await pid(of: "there", in: folder, program)
            program.send(SIGHUP)
            let end = try await program.finished(withinSeconds: 20)
            #expect(end.status == 0 && end.output.contains("1 complete"), "\(end.testDescription)")
        }

        @Test func aProgramAddsWhatItKnows() throws {
            let (_, space) = try files()
            let program = try StdioProgram(["optimize", "--space", space, "--stdio"])
            #expect(try program.line(#"{"add":{"params":{"x":1,"n":2,"kind":"c"},"values":[0.5]}}"#) == #"{"trial":0}"#)
            #expect((try program.ask(#"{"add":{"params":{"x":1},"value":0.5}}"#)["error"] as? String)?.contains("n") == true)
            #expect((try program.ask(#"{"add":{"params":{"x":1,"n":2,"kind":"c"}}}"#)["error"] as? String)?.contains("values") == true)
            let best = try #require(try program.ask(#"{"best":{}}"#)["trials"] as? [[String: Any]])
            #expect(best.first?["values"] as? [Double] == [0.5])
            _ = try program.finish()
        }

        @Test func aReportHasOneValue() throws {
            let (_, space) = try files()
            let program = try StdioProgram(["optimize", "--space", space, "--stdio"])
            _ = try program.ask(#"{"ask":{}}"#)
            #expect((try program.ask(#"{"report":{"trial":0,"step":1,"values":[1,2]}}"#)["error"] as? String)?.contains("expected one") == true)
            _ = try program.finish()
        }

        @Test func aSecondCtrlCEndsEverythingAtOnce() async throws {
            let (folder, space) = try files()
            let script = "trap '' TERM INT; echo $$ > there; while true; do sleep 0.05; done"
            let program = try TuttiProgram.start(["optimize", "--space", space, "--grace", "1h", "--", "/bin/sh", "-c", script], folder: folder)
            var child: pid_t = 0
            try await program.reaches("a running program", withinSeconds: 30) {
                let text = try? String(contentsOf: folder.appending(path: "there"), encoding: .utf8)
                child = text.flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
                return child > 0
            }
            program.send(SIGINT)
            try await Task.sleep(for: .milliseconds(300))
            #expect(program.isRunning && kill(child, 0) == 0)
            program.send(SIGINT)
            #expect(try await program.finished(withinSeconds: 10).status == 130)
            try await until("the program is gone", withinSeconds: 10) { !Processes.isAlive(child) }
        }
    }
}

/// `tutti optimize --stdio` with its pipes in our hands.
final class StdioProgram {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending = Data()

    init(_ arguments: [String]) throws {
        let executable: URL = try #require(TuttiProgram.executable, "the tutti executable is not beside the tests; build it with `swift build`")
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit { if process.isRunning { kill() } }

    /// The answer to a line.
    func line(_ request: String) throws -> String {
        try input.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw TimeIsUp(description: "no answer to \(request)") }
            pending.append(more)
        }
    }

    func ask(_ request: String) throws -> [String: Any] {
        let answer = try line(request)
        return try #require(JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any], "\(answer)")
    }

    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Ends the input; the exit status.
    func finish() throws -> Int32 {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

extension Processes {
    /// Whether a process is there and is no zombie.
    fileprivate static func isAlive(_ process: pid_t) -> Bool {
        guard kill(process, 0) == 0 else { return false }
        #if os(Linux)
            let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            return !status.contains(") Z ") && !status.isEmpty
        #else
            return true
        #endif
    }
}
