import Foundation
import Testing

extension CommandTests {
    @Suite("A machine that lacks something")
    struct MachineLimitsTests {
        /// A place without native libraries.
        private func bare() throws -> (folder: URL, changes: [String: String?]) {
            let folder = try Scratch.folder("bare")
            var changes: [String: String?] = ["TUTTI_RUNTIMES": folder.path, "HOME": folder.path, "XDG_CACHE_HOME": folder.path]
            for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("TUTTI_") && name != "TUTTI_RUNTIMES" { changes[name] = .some(nil) }
            for name in ["VIRTUAL_ENV", "CONDA_PREFIX", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] { changes[name] = .some(nil) }
            return (folder, changes)
        }

        @Test func withoutRuntimesFitSaysHowToGetThem() async throws {
            let (folder, changes) = try bare()
            guard try await TuttiProgram.run(["doctor"], changes: changes, folder: folder).status == 69 else {
                try Test.cancel("the system itself provides all the runtimes")
            }
            let data = try ToyFiles.writeTable(60, seed: 61, to: "data.csv", in: folder)
            let out = folder.appending(path: "run").path
            let fit = try await TuttiProgram.run(
                ["fit", data, "--target", ToyFiles.target, "--out", out, "--time", "5s", "--quiet"], changes: changes, folder: folder)
            #expect(fit.status == 69 && fit.errors.contains("pip install"), "\(fit.testDescription)")
            #expect(!FileManager.default.fileExists(atPath: out))
        }

        @Test(needsRuntimes, arguments: ["predict", "evaluate", "serve", "place", "resume"])
        func withoutRuntimesARunSaysHowToGetThem(verb: String) async throws {
            let run = try await FittedRun.table.value
            let (folder, changes) = try bare()
            guard try await TuttiProgram.run(["doctor"], changes: changes, folder: folder).status == 69 else {
                try Test.cancel("the system itself provides all the runtimes")
            }
            let more = ["predict": [run.test], "evaluate": [run.test], "serve": ["--port", "0"], "resume": ["--time", "5s"]][verb] ?? []
            let place = verb == "resume" ? try run.copy() : run.folder
            let result = try await TuttiProgram.run([verb, place] + more, changes: changes, folder: folder)
            #expect(result.status == 69 && result.errors.contains("pip install"), "\(result.testDescription)")
            #expect(result.errorLines.count == 1, "\(result.errors)")
            let listed = try await TuttiProgram.run(["models", place], changes: changes, folder: folder)
            #expect(listed.status == 0, "reading needs no runtime: \(listed.testDescription)")
        }

        #if os(Linux)
            @Test(arguments: [["list", "learners"], ["list", "metrics", "--json"], ["doctor"]])
            func resultsThatCannotBeWrittenAreSaid(arguments: [String]) async throws {
                let command = ([try #require(TuttiProgram.executable).path] + arguments).map { "'\($0)'" }.joined(separator: " ")
                let result = try await RunningProgram(URL(fileURLWithPath: "/bin/sh"), ["-c", "\(command) > /dev/full"]).finished(withinSeconds: 30)
                #expect(!result.wasKilled && result.status == 65, "\(result.testDescription)")
                #expect(result.errorLines.count == 1 && result.errors.contains("standard output"), "\(result.errors)")
            }

            /// A file system of a size, for one test.
            private func withDisk(_ size: String, _ body: (URL) async throws -> Void) async throws {
                let disk = try Scratch.folder("disk")
                let mount = try? await RunningProgram(URL(fileURLWithPath: "/bin/mount"), ["-t", "tmpfs", "-o", "size=\(size)", "none", disk.path]).finished(
                    withinSeconds: 10)
                guard mount?.status == 0 else { try Test.cancel("this user may not mount a small file system") }
                do { try await body(disk) } catch {
                    try await unmount(disk)
                    throw error
                }
                try await unmount(disk)
            }

            private func unmount(_ disk: URL) async throws {
                _ = try await RunningProgram(URL(fileURLWithPath: "/bin/umount"), ["-l", disk.path]).finished(withinSeconds: 10)
            }

            @Test(needsRuntimes) func aDiskThatFillsUpEndsTheRunWithAMessage() async throws {
                try await withDisk("1500k") { disk in
                    let data = try ToyFiles.writeTable(500, seed: 62, to: "data.csv", in: Scratch.folder())
                    let out = disk.appending(path: "run").path
                    let result = try await TuttiProgram.run(["fit", data, "--target", ToyFiles.target, "--out", out, "--time", "10s"], limitSeconds: 60)
                    #expect(!result.wasKilled && [65, 70].contains(result.status), "\(result.testDescription)")
                    #expect(result.errorLines.count == 1 && result.errors.contains(out), "\(result.errors)")
                    #expect(try Processes.withArguments(["worker", out]).isEmpty)
                }
            }

            @Test(needsRuntimes) func aDiskThatIsFullIsSaidAndNothingIsLeft() async throws {
                let run = try await FittedRun.table.value
                try await withDisk("64k") { disk in
                    let data = try ToyFiles.writeTable(500, seed: 63, to: "data.csv", in: Scratch.folder())
                    let out = disk.appending(path: "run").path
                    let fit = try await TuttiProgram.run("fit", data, "--target", ToyFiles.target, "--out", out, "--time", "5s")
                    #expect(!fit.wasKilled && [65, 70].contains(fit.status), "\(fit.testDescription)")
                    #expect(fit.errorLines.count == 1 && fit.errors.contains(out), "\(fit.errors)")
                    #expect(!FileManager.default.fileExists(atPath: out), "a folder of a run was left")
                    // Fills what is left, then a file of one block cannot be made.
                    let filler = FileManager.default.createFile(atPath: disk.path + "/filler", contents: Data(count: 60_000))
                    _ = filler
                    let file = disk.path + "/out.csv"
                    let many = try ToyFiles.writeTable(3000, seed: 64, to: "many.csv", in: Scratch.folder())
                    let predict = try await TuttiProgram.run("predict", run.folder, many, "--probabilities", "--out", file)
                    #expect(predict.status == 65 && predict.errors.contains(file), "\(predict.testDescription)")
                    #expect(!FileManager.default.fileExists(atPath: file))
                }
            }
        #endif
    }
}
