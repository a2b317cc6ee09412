import Foundation
import Placement
import Testing

struct AllocationMatrixTests {
    private let matrix = AllocationMatrix(devices: ["cpu0", "cpu1"], models: ["a", "b", "c"])

    @Test func `workers, coverage and cells`() {
        let filled = matrix.with(device: 0, model: 0, batchSize: 8).with(device: 1, model: 0, batchSize: 32).with(device: 1, model: 2, batchSize: 1)
        #expect(filled.workers.map(\.batchSize) == [8, 32, 1])
        #expect(filled.workerCount == 3)
        #expect(filled.uncoveredModels == ["b"])
        #expect(!filled.coversAllModels && filled.with(device: 0, model: 1, batchSize: 4).coversAllModels)
    }

    @Test func `neighbours differ in one cell and keep every model`() {
        var full = matrix
        for model in 0..<3 { full[0, model] = 8 }
        let sizes = [8, 16, 32, 64, 128]
        let neighbours = full.neighbours { _, _ in sizes }
        // 30 cells and sizes in all: those of device 0 that would be unchanged count as removals, and no removal leaves a model without a
        // worker.
        #expect(neighbours.count == 3 * 4 + 3 * 5)
        for neighbour in neighbours {
            let changed = (0..<2).flatMap { device in (0..<3).filter { neighbour[device, $0] != full[device, $0] } }
            #expect(changed.count == 1 && neighbour.coversAllModels)
        }
        #expect(Set(neighbours).count == neighbours.count)
    }

    @Test func `it is stored with the documented keys, and what does not fit is refused`() throws {
        let text = #"{"batch":[[8,0],[0,32]],"devices":["cpu0","cpu1"],"models":["a","b"]}"#
        let read = try JSONDecoder().decode(AllocationMatrix.self, from: Data(text.utf8))
        #expect(read[1, 1] == 32)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(read), as: UTF8.self) == text)
        for bad in [
            #"{"batch":[[8,0]],"devices":["cpu0","cpu1"],"models":["a","b"]}"#, #"{"batch":[[8],[-1]],"devices":["cpu0","cpu1"],"models":["a"]}"#,
            #"{"batch":[[8],[1]],"devices":["cpu0","cpu0"],"models":["a"]}"#,
        ] {
            #expect(throws: PlacementError.self) { try JSONDecoder().decode(AllocationMatrix.self, from: Data(bad.utf8)) }
        }
    }
}
