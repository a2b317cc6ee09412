import Learning
import Placement
import Testing

struct WorstFitDecreasingTests {
    private func device(_ index: Int, _ bytes: Int) -> Device { Device(id: "cpu\(index)", kind: .cpu(cores: [index]), memoryBytes: bytes) }
    private func model(_ id: String, _ bytes: Int, _ latencyMs: [Int: Double] = [1: 1, 8: 4]) -> ModelProfile {
        ModelProfile(id: id, cost: Cost(latencyMs: latencyMs, memoryBytes: bytes))
    }
    private func place(_ profiles: [ModelProfile], _ devices: [Device]) throws -> AllocationMatrix {
        try WorstFitDecreasing().place(PlacementRequest(profiles: profiles, devices: devices)).matrix
    }

    @Test func `the largest goes first, each to the emptiest device, at the smallest batch size`() throws {
        let matrix = try place([model("small", 20), model("large", 70), model("middle", 50)], [device(0, 100), device(1, 90)])
        // large on cpu0 (100 > 90), middle on cpu1 (90 > 30), small on cpu1 (40 > 30).
        #expect(matrix.batch == [[0, 1, 0], [1, 0, 1]])
    }

    @Test func `ties go to the faster device, then to the first`() throws {
        #expect(try place([model("a", 10)], [device(0, 100), device(1, 100)]).batch == [[1], [0]])
        var profile = model("a", 10)
        profile.devices["cpu1"] = .init(latencyMs: [1: 0.1])
        #expect(try place([profile], [device(0, 100), device(1, 100)]).batch == [[0], [1]])
    }

    @Test func `the error names the model, its need and what is free`() {
        let error = #expect(throws: PlacementError.self) { try place([model("a", 60), model("b", 50)], [device(0, 100), device(1, 45)]) }
        #expect(error?.code == .nothingFits)
        for part in ["'b'", "50 bytes", "cpu0 40", "cpu1 45"] { #expect(error?.message.contains(part) == true, "\(part)") }
    }

    @Test func `a model without measurements, no devices and equal ids are refused`() {
        for (profiles, devices) in [([model("a", 1, [:])], [device(0, 9)]), ([model("a", 1)], []), ([model("a", 1), model("a", 1)], [device(0, 9)])] {
            let error = #expect(throws: PlacementError.self) { try place(profiles, devices) }
            #expect(error?.code == .badData)
        }
    }
}
