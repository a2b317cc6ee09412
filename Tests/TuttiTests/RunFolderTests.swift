import Datasets
import Foundation
import Learning
import Testing

@testable import Tutti

@Suite("The folder of a run")
struct RunFolderTests {
    private func withFolder(_ body: (RunFolder) throws -> Void) throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "tutti-folder-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        try body(RunFolder(place.appending(path: "run")))
    }

    private func manifest() throws -> RunManifest {
        let task = LearningTask(kind: .binary, target: "y", classes: ["no", "yes"], input: .table([ColumnSchema(name: "a", kind: .number)]))
        return RunManifest(
            tuttiVersion: tuttiVersion, command: ["tutti", "fit"], source: .init(path: "/data.csv", options: ReadOptions(target: "y")), fingerprint: "1",
            rows: 4, validationRows: 1, resampling: ResamplingPlan(.holdout(share: 0.25)), task: task, metric: "auc", seed: 1, learners: ["mlp"],
            sampler: "tpe", scheduler: "asha", rungs: [1, 3], reductionFactor: 3, workers: 1, threadsPerWorker: 1, memoryBytesPerWorker: 1 << 30,
            trialLimit: nil, timeSeconds: 60, spentSeconds: 0, startedAt: Date(timeIntervalSince1970: 1_700_000_000), notes: [])
    }

    /// The message of the error that a call must throw.
    private func message(_ code: TuttiError.Code, _ body: () throws -> Void) throws -> String {
        let error = try #require(throws: TuttiError.self) { try body() }
        #expect(error.code == code)
        return "\(error)"
    }

    @Test func aManifestComesBackAsItWasWritten() throws {
        try withFolder { folder in
            try folder.create()
            try folder.write(manifest())
            let read = try folder.readManifest()
            let written = try manifest()
            #expect(read.task == written.task && read.startedAt == written.startedAt && read.memoryBytesPerWorker == written.memoryBytesPerWorker)
        }
    }

    @Test func aFolderWithARunOrAnythingElseIsNotTaken() throws {
        try withFolder { folder in
            try folder.create()
            #expect(try message(.usage) { try folder.create() }.contains("not empty"))
            try folder.write(manifest())
            #expect(try message(.usage) { try folder.create() }.contains("tutti resume"))
        }
    }

    @Test func damageIsNamedWithItsPlace() throws {
        try withFolder { folder in
            #expect(try message(.badData) { _ = try folder.readManifest() }.contains("run.json"))
            try folder.create()
            try folder.write(manifest())
            let text = try String(contentsOf: folder.manifest, encoding: .utf8)
            try Data(text.replacingOccurrences(of: "\"kind\" : \"binary\"", with: "\"kind\" : \"ternary\"").utf8).write(to: folder.manifest)
            #expect(try message(.badData) { _ = try folder.readManifest() }.contains("'task.kind'"))
            try Data(text.dropLast(20).utf8).write(to: folder.manifest)
            #expect(try message(.badData) { _ = try folder.readManifest() }.contains("JSON"))
            try Data(text.replacingOccurrences(of: "\"formatVersion\" : 2", with: "\"formatVersion\" : 99").utf8).write(to: folder.manifest)
            #expect(try message(.badData) { _ = try folder.readManifest() }.contains("format 99"))
        }
    }

    @Test func whatCouldNotBeBegunIsTakenBackAndOtherFilesAreNot() throws {
        try withFolder { folder in
            try folder.create()
            folder.removeUnstarted()
            #expect(!FileManager.default.fileExists(atPath: folder.url.path))
            try folder.create()
            try Data().write(to: folder.url.appending(path: "notes.txt"))
            folder.removeUnstarted()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["notes.txt"])
        }
    }

    @Test func aRunThatHasBegunIsNeverTakenBack() throws {
        try withFolder { folder in
            try folder.create()
            try folder.write(manifest())
            folder.removeUnstarted()
            #expect(FileManager.default.fileExists(atPath: folder.library.path))
        }
    }

    @Test func oneProcessHasTheRunAtATime() throws {
        try withFolder { folder in
            try folder.create()
            do {
                let lock = try RunLock(folder)
                #expect(try message(.usage) { _ = try RunLock(folder) }.contains("in use"))
                withExtendedLifetime(lock) {}
            }
            _ = try RunLock(folder)
        }
    }

    @Test func aMissingStudyIsSaidAndNotMade() throws {
        try withFolder { folder in
            try folder.create()
            #expect(try message(.badData) { _ = try RunStudy.open(folder) }.contains("study.db"))
            #expect(!FileManager.default.fileExists(atPath: folder.study.path))
        }
    }
}
