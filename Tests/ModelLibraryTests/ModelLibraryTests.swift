import Foundation
import Learning
import ModelLibrary
import SearchSpaces
import Testing

@Suite struct ModelLibraryTests {
    private func withLibrary(_ body: (ModelLibrary) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tutti-library-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(ModelLibrary(folder))
    }

    private func card(_ id: String, score: Double) -> ModelCard {
        ModelCard(
            id: id, learner: "toy", trial: 1, configuration: ["depth": .integer(3)], fidelity: 1, isCutShort: false, score: score, metrics: ["rmse": -score],
            cost: Cost(latencyMs: [1: 0.5, 32: 4], memoryBytes: 10, sizeBytes: 5), counts: ModelCounts(weights: 7), seed: 3, parent: nil, finishedSeconds: 1)
    }

    @Test func whatGoesInComesOut() throws {
        try withLibrary { library in
            let predictions = Predictions(width: 2, values: [0.25, 0.75, 1, 0, 0.5, 0.5])
            try library.add(id: "one") { _ in (card("one", score: -1), predictions) }
            #expect(try library.card(of: "one") == card("one", score: -1))
            #expect(try library.validationPredictions(of: "one") == predictions)
        }
    }

    @Test func cardsComeBestFirst() throws {
        try withLibrary { library in
            for (id, score) in [("a", -3.0), ("b", -1.0), ("c", -2.0)] {
                try library.add(id: id) { _ in (card(id, score: score), Predictions(width: 1, values: [0])) }
            }
            #expect(try library.cards().map(\.id) == ["b", "c", "a"])
        }
    }

    @Test func aModelThatFailsWhileItIsWrittenLeavesNothing() throws {
        struct Stop: Error {}
        try withLibrary { library in
            #expect(throws: Stop.self) { try library.add(id: "half") { _ -> (ModelCard, Predictions) in throw Stop() } }
            let left = try FileManager.default.contentsOfDirectory(atPath: library.folder.path)
            #expect(left.isEmpty)
        }
    }

    @Test func anUnknownModelIsNamed() throws {
        try withLibrary { library in
            #expect(throws: LibraryError.self) { try library.card(of: "nobody") }
        }
    }

    @Test func aShortenedPredictionsFileIsReportedAsDamaged() throws {
        try withLibrary { library in
            try library.add(id: "one") { _ in (card("one", score: 0), Predictions(width: 1, values: [1, 2, 3])) }
            let file = library.folder.appending(path: "one/validation.npy")
            try Data(contentsOf: file).dropLast(4).write(to: file)
            #expect(throws: LibraryError.self) { try library.validationPredictions(of: "one") }
        }
    }
}
