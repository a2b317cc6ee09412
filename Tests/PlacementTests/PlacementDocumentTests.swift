import Ensembling
import Foundation
import Learning
import Testing
import TuttiTesting

@testable import Placement

struct PlacementDocumentTests {
    private let ensemble = Ensemble(
        name: "best", members: [.init(id: "model-1", weight: 0.7), .init(id: "model-0", weight: 0.3)], score: 1, latencyMs: 1, msPerRow: 1, memoryBytes: 1,
        sizeBytes: 1)

    @Test func `an ensemble is placed, stored and read`() throws {
        let toy = ToyMachine(devices: 2, models: 3, seed: 1)
        let placement = try Placement(of: ensemble, profiles: toy.profiles, on: toy.devices, seed: 1)
        #expect(placement.matrix.models == ["model-1", "model-0"] && placement.placer == "greedy")
        let file = FileManager.default.temporaryDirectory.appending(path: "placement-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try placement.write(to: file)
        #expect(try Placement(contentsOf: file) == placement)
        try Data("{}".utf8).write(to: file)
        let error = #expect(throws: PlacementError.self) { try Placement(contentsOf: file) }
        #expect(error?.code == .badDocument)
    }

    @Test func `a member without a profile, and a matrix of others, are refused`() throws {
        let toy = ToyMachine(devices: 2, models: 1, seed: 1)
        #expect(throws: PlacementError.self) { try Placement(of: ensemble, profiles: toy.profiles, on: toy.devices, seed: 1) }
        let matrix = AllocationMatrix(devices: ["cpu0", "cpu1"], models: ["model-0"])
        #expect(throws: PlacementError.self) {
            try Placement(
                devices: toy.devices, matrix: matrix, ensemble: "best", members: [.init(id: "model-0", weight: 1)], throughput: .init(predicted: 1),
                placer: "greedy")
        }
    }
}

struct DeviceCatalogTests {
    @Test func `cores are grouped and memory is split evenly, a reserve kept back`() {
        let devices = DeviceCatalog.devices(cores: [0, 2, 5], memoryBytes: 3000, coresPerDevice: 2, reserveFraction: 0.5, cudaMemoryBytes: [800])
        #expect(devices.map(\.id) == ["cpu0", "cpu1", "cuda0"])
        #expect(devices.map(\.kind) == [.cpu(cores: [0, 2]), .cpu(cores: [5]), .cuda(index: 0)])
        #expect(devices.map(\.memoryBytes) == [1000, 500, 400])
    }

    @Test func `affinity mask, quota and memory limit count`() {
        let files = [
            "/proc/self/status": "Name:\tx\nCpus_allowed_list:\t0-2,6\n", "/sys/fs/cgroup/cpu.max": "150000 100000\n",
            "/proc/meminfo": "MemTotal:       1000 kB\nMemFree: 5 kB\n", "/sys/fs/cgroup/memory.max": "512000\n",
        ]
        #expect(DeviceCatalog.availableCores { files[$0] } == [0, 1])
        #expect(DeviceCatalog.availableCores { $0.hasPrefix("/sys") ? "max 100000" : files[$0] } == [0, 1, 2, 6])
        #expect(DeviceCatalog.availableMemoryBytes { files[$0] } == 512_000)
        #expect(DeviceCatalog.availableMemoryBytes { $0.hasPrefix("/sys") ? "max" : files[$0] } == 1_024_000)
        #expect(DeviceCatalog.availableCores { _ in nil }.count >= 1 && DeviceCatalog.availableMemoryBytes { _ in nil } > 0)
        #expect(DeviceCatalog.parseList("1,x,9-8,3-4") == [1, 3, 4])
    }

    @Test func `this machine has a device with memory`() throws {
        let devices = DeviceCatalog.local()
        #expect(!devices.isEmpty && devices.allSatisfy { $0.memoryBytes > 0 && $0.threads == 1 })
    }
}
