import Learning
import Placement
import Synchronization
import Testing
import TuttiTesting

struct BoundedGreedyTests {
    @Test func `it reaches the brute-force optimum of two devices, three models and two batch sizes`() throws {
        var reached = 0
        let cases = 20
        var evaluations = 0
        for seed in 0..<cases {
            let toy = ToyMachine(devices: 2, models: 3, batchSizes: [1, 8], seed: UInt64(seed))
            let request = PlacementRequest(profiles: toy.profiles, devices: toy.devices)
            let predictor = ThroughputPredictor(profiles: toy.profiles, devices: toy.devices)
            var optimum = 0.0
            for code in 0..<729 {
                var rest = code
                var matrix = AllocationMatrix(devices: toy.devices.map(\.id), models: toy.profiles.map(\.id))
                for cell in 0..<6 {
                    matrix[cell / 3, cell % 3] = [0, 1, 8][rest % 3]
                    rest /= 3
                }
                if PlacerConformance.slips(in: matrix, request).isEmpty { optimum = max(optimum, predictor.rowsPerSecond(matrix)) }
            }
            let result = try BoundedGreedy().place(request)
            evaluations += result.evaluations
            #expect(result.throughput.predicted <= optimum * (1 + 1e-9))
            if result.throughput.predicted >= 0.95 * optimum { reached += 1 }
        }
        #expect(reached >= cases * 95 / 100, "95 % of the optimum in \(reached) of \(cases)")
        #expect(evaluations < cases * 729 / 5, "\(evaluations) evaluations")
    }

    @Test func `measurements decide against a prediction that is wrong`() throws {
        let toy = ToyMachine(devices: 2, models: 3, seed: 3)
        var request = PlacementRequest(profiles: toy.profiles, devices: toy.devices)
        let start = try WorstFitDecreasing().place(request).matrix
        // A machine on which every further worker harms.
        request.measure = { 100 / Double($0.workerCount) }
        let result = try BoundedGreedy().place(request)
        #expect(result.matrix.workerCount == start.workerCount)
        #expect(result.throughput.measured == 100.0 / 3)
    }

    @Test func `it is never slower than the measured start, and measures no matrix twice`() throws {
        for seed in 0..<10 {
            let toy = ToyMachine(devices: 3, models: 3, seed: UInt64(seed))
            let seen = Mutex<[AllocationMatrix: Int]>([:])
            let predictor = ThroughputPredictor(profiles: toy.profiles, devices: toy.devices)
            var request = PlacementRequest(profiles: toy.profiles, devices: toy.devices, seed: UInt64(seed))
            request.measure = { matrix in
                seen.withLock { $0[matrix, default: 0] += 1 }
                // Noise of 10 %, fixed by the matrix.
                return predictor.rowsPerSecond(matrix)
                    * (0.9 + 0.01 * Double(matrix.workers.reduce(0) { $0 + $1.batchSize * 7 + $1.device * 3 + $1.model } % 20))
            }
            let result = try BoundedGreedy().place(request)
            let start = try WorstFitDecreasing().place(request)
            #expect((result.throughput.measured ?? 0) >= (start.throughput.measured ?? .infinity))
            // Worst fit, run above, measures its own once more.
            #expect(seen.withLock { $0.filter { $0.value > 1 && $0.key != start.matrix } }.isEmpty)
        }
    }

    @Test func `a matrix that cannot run is passed over with a note; a start that cannot run is an error`() throws {
        struct OutOfMemory: Error {}
        let toy = ToyMachine(devices: 2, models: 2, seed: 5)
        var request = PlacementRequest(profiles: toy.profiles, devices: toy.devices)
        let start = try WorstFitDecreasing().place(request).matrix
        request.measure = { matrix in
            guard matrix == start else { throw OutOfMemory() }
            return 10
        }
        let result = try BoundedGreedy().place(request)
        #expect(result.matrix == start && !result.notes.isEmpty)
        request.measure = { _ in throw OutOfMemory() }
        let error = #expect(throws: PlacementError.self) { try BoundedGreedy().place(request) }
        #expect(error?.code == .measurementFailed)
    }

    @Test func `a deadline ends the search with what there is`() throws {
        let toy = ToyMachine(devices: 3, models: 4, seed: 5)
        var request = PlacementRequest(profiles: toy.profiles, devices: toy.devices)
        request.deadline = Deadline(inSeconds: 0, now: { 0 })
        request.measure = { Double($0.workerCount) }
        let result = try BoundedGreedy().place(request)
        #expect(result.evaluations == 1)
        #expect(result.notes == ["the time limit ended the search"])
    }

    @Test func `a batch size that is slower per row is not chosen, however small it is`() throws {
        // VGG16 on a TITAN X: 2 rows at once are slower per row than 1; 32 are fastest.
        let profile = ModelProfile(
            id: "vgg16", cost: Cost(latencyMs: [1: 1000 / 159.0, 2: 2000 / 138.0, 32: 32000 / 299.0, 64: 64000 / 288.0], memoryBytes: 10))
        let device = Device(id: "cuda0", kind: .cuda(index: 0), memoryBytes: 100)
        let result = try BoundedGreedy().place(PlacementRequest(profiles: [profile], devices: [device]))
        #expect(result.matrix.batch == [[32]])
    }
}
