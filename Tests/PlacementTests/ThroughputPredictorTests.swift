import Learning
import Testing
import TuttiTesting

@testable import Placement

struct ThroughputPredictorTests {
    /// Images per second of huggingface/pytorch-image-models' published results (224 pixels, mixed precision): RTX 3090, 4090, 5090.
    private static let models = ["resnet50", "resnet152", "densenet121", "vgg19", "efficientnet_b0"]
    private static let rates = [
        [3219.06, 1373.51, 2764.41, 1266.93, 6924.93], [4217.60, 1941.85, 3614.99, 1994.60, 8926.12], [6356.02, 2945.65, 5369.35, 2919.65, 13282.18],
    ]
    private let devices = (0..<3).map { Device(id: "cuda\($0)", kind: .cuda(index: $0), memoryBytes: 10_000) }
    private let profiles = Self.models.enumerated().map { model, id in
        ModelProfile(
            id: id, memoryBytes: 1, anyDevice: .init(latencyMs: [:]),
            devices: Dictionary(uniqueKeysWithValues: (0..<3).map { ("cuda\($0)", .init(latencyMs: [64: 64_000 / Self.rates[$0][model]])) }))
    }

    @Test func `three real cards: bound, best of 243 placements with one worker per model, and the second`() {
        let predictor = ThroughputPredictor(profiles: profiles, devices: devices)
        #expect(abs(predictor.upperBound - 1998.4) < 0.05)
        #expect(abs(ThroughputPredictor(profiles: profiles, devices: Array(devices[..<2])).upperBound - 1071.0) < 0.05)
        for (device, bound) in [428.4, 609.0, 908.4].enumerated() {
            #expect(abs(ThroughputPredictor(profiles: profiles, devices: [devices[device]]).upperBound - bound) < 0.05)
        }
        var all: [(rate: Double, places: [Int])] = []
        for code in 0..<243 {
            let places = (0..<5).map { code / [1, 3, 9, 27, 81][$0] % 3 }
            var matrix = AllocationMatrix(devices: devices.map(\.id), models: Self.models)
            for (model, device) in places.enumerated() { matrix[device, model] = 64 }
            all.append((predictor.rowsPerSecond(matrix), places))
        }
        all.sort { $0.rate > $1.rate }
        #expect(abs(all[0].rate - 1975.7) < 0.05 && all[0].places == [2, 2, 0, 1, 0])
        #expect(abs(all[1].rate - 1941.9) < 0.05)
    }

    @Test func `bounded greedy comes within two percent of the bound of the real cards`() throws {
        let result = try BoundedGreedy().place(PlacementRequest(profiles: profiles, devices: devices))
        #expect(result.throughput.predicted > 1975.7 * 0.999)
        #expect(result.throughput.predicted <= 1998.4 + 0.05)
    }

    @Test func `the worked case: two devices, equal models, shares by hand`() {
        #expect(abs(sharedRate([[100, 100], [100, 100]]) - 100) < 1e-9)
        #expect(abs(sharedRate([[100, 0], [0, 50]]) - 50) < 1e-9)
        #expect(abs(sharedRate([[100, 50]]) - 1 / (1 / 100.0 + 1 / 50)) < 1e-9)
        #expect(sharedRate([[100, 0], [50, 0]]) == 0)
        #expect(sharedRate([]) == 0)
        // Device 0 does all of model 1 in a share of 1/3 and helps with model 0: T = 100·(1 − T/150) + 20.
        #expect(abs(sharedRate([[100, 150], [20, 0]]) - 72) < 1e-9)
    }

    @Test(arguments: 0..<20)
    func `one more device or one more worker never lowers the prediction`(seed: Int) {
        let toy = ToyMachine(devices: 3, models: 4, seed: UInt64(seed))
        let fewer = ThroughputPredictor(profiles: toy.profiles, devices: Array(toy.devices[..<2])).upperBound
        let predictor = ThroughputPredictor(profiles: toy.profiles, devices: toy.devices)
        #expect(predictor.upperBound >= fewer - 1e-9)
        var matrix = AllocationMatrix(devices: toy.devices.map(\.id), models: toy.profiles.map(\.id))
        for model in 0..<4 { matrix[(model + seed) % 3, model] = 8 }
        let before = predictor.rowsPerSecond(matrix)
        for device in 0..<3 {
            for model in 0..<4 where matrix[device, model] == 0 {
                #expect(predictor.rowsPerSecond(matrix.with(device: device, model: model, batchSize: 32)) >= before - 1e-9)
            }
        }
    }
}
