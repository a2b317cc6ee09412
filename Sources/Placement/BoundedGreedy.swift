import Learning

/// Improves worst fit, one cell at a time: more workers, other batch sizes, other devices, while it gets faster.
///
/// Each round looks at the matrices that differ in one cell, or that move a worker to another device, and goes to the best. Predictions
/// are free, so they lead first; then real runs decide, a few per round, those predicted fastest. The result is never slower than worst
/// fit's own measurement.
///
/// Source: bounded greedy, Pochelu et al., arXiv 2208.14049. Ours ranks neighbours by a prediction before it measures, also moves workers
/// (a full device cannot be changed one cell at a time), and demands more than the noise of a measurement from each step.
public struct BoundedGreedy: Placer {
    public var maxRounds: Int
    /// Neighbours looked at in a round; more are sampled by the seed.
    public var maxNeighbours: Int
    /// Neighbours measured in a round.
    public var measuredPerRound: Int
    /// Share by which a measured matrix must be faster to be worth a step: what repeats of one measurement differ by.
    public var noiseMargin: Double
    /// Share by which a predicted matrix must be faster: less is not worth another worker.
    public var predictedMargin: Double

    public init(
        maxRounds: Int = 100, maxNeighbours: Int = 1000, measuredPerRound: Int = 4, noiseMargin: Double = 0.03, predictedMargin: Double = 0.002
    ) {
        self.maxRounds = max(0, maxRounds)
        self.maxNeighbours = max(1, maxNeighbours)
        self.measuredPerRound = max(1, measuredPerRound)
        self.noiseMargin = max(0, noiseMargin)
        self.predictedMargin = max(0, predictedMargin)
    }

    public var card: PlacerCard {
        PlacerCard(
            id: "greedy", name: "Bounded greedy",
            summary: "From worst fit on, changes one cell at a time while that is faster, by prediction first and then by real runs.",
            source: "Pochelu et al., arXiv 2208.14049; ours ranks neighbours by prediction before measuring, and also moves workers.")
    }

    public func place(_ request: PlacementRequest) throws -> PlacementResult {
        let feasibility = try Feasibility(request)
        let start = try WorstFitDecreasing.matrix(feasibility)
        var search = PlacementSearch(request, feasibility, settings: self)
        let predicted = search.climbByPrediction(from: start)
        guard request.measure != nil else {
            return search.result(predicted, measured: nil)
        }
        let (matrix, measured) = try search.climbByMeasurement(from: start, and: predicted)
        return search.result(matrix, measured: measured)
    }
}

/// One search: its caches, counts and notes.
private struct PlacementSearch {
    private let request: PlacementRequest
    private let feasibility: Feasibility
    private let settings: BoundedGreedy
    private let predictor: ThroughputPredictor
    private var random: SplitMix64
    private var predictions: [AllocationMatrix: Double] = [:]
    private var measurements: [AllocationMatrix: Double] = [:]
    private var failures = 0
    private var notes: [String] = []

    init(_ request: PlacementRequest, _ feasibility: Feasibility, settings: BoundedGreedy) {
        self.request = request
        self.feasibility = feasibility
        self.settings = settings
        predictor = ThroughputPredictor(profiles: request.profiles, devices: request.devices)
        random = SplitMix64(seed: request.seed)
    }

    private var isLate: Bool { request.deadline?.hasPassed ?? false }

    // MARK: Climbing

    /// To the top of the predictions, by the best neighbour each round; of equally fast ones that with fewer workers and less memory.
    mutating func climbByPrediction(from start: AllocationMatrix) -> AllocationMatrix {
        var present = withFastestBatches(start)
        var rate = predicted(present)
        for _ in 0..<settings.maxRounds {
            if isLate { noteLate(); break }
            guard let best = ranked(neighbours(of: present)).first, predicted(best) > rate * (1 + settings.predictedMargin) else { break }
            present = best
            rate = predicted(best)
        }
        return withFastestBatches(present)
    }

    /// Every worker at the batch size that serves its rows fastest, as far as memory allows. One cell at a time would get stuck: while two
    /// devices are equally busy, relieving one of them alone changes nothing.
    private func withFastestBatches(_ matrix: AllocationMatrix) -> AllocationMatrix {
        matrix.workers.reduce(matrix) { present, worker in
            let profile = request.profiles[worker.model]
            let device = request.devices[worker.device].id
            let sizes = feasibility.batchSizes[worker.device][worker.model].sorted {
                profile.rowsPerSecond(batchSize: $0, on: device) > profile.rowsPerSecond(batchSize: $1, on: device)
            }
            let candidates = sizes.map { present.with(device: worker.device, model: worker.model, batchSize: $0) }
            return candidates.first(where: feasibility.isValid) ?? present
        }
    }

    /// - Throws: ``PlacementError`` `.measurementFailed` where not even the start could be measured.
    mutating func climbByMeasurement(from start: AllocationMatrix, and predicted: AllocationMatrix) throws -> (AllocationMatrix, Double) {
        guard let measure = request.measure else { return (predicted, 0) }
        var present = start
        var rate: Double
        do { rate = try measure(start) } catch {
            throw PlacementError(.measurementFailed, "the first placement could not be measured, so none can be judged", underlying: error)
        }
        guard rate.isFinite, rate >= 0 else {
            throw PlacementError(.measurementFailed, "the first placement measured \(rate) rows per second, expected a number from 0")
        }
        measurements[start] = rate
        // The noise margin guards the way, not the goal: of two measured matrices the faster one is returned.
        var candidates = [predicted]
        for _ in 0...settings.maxRounds {
            var fastest: AllocationMatrix?
            for matrix in candidates where matrix != present {
                if isLate { noteLate(); break }
                if measured(matrix, by: measure) > (fastest.flatMap { measurements[$0] } ?? rate * (1 + settings.noiseMargin)) { fastest = matrix }
            }
            // The predicted optimum may fail or disappoint; the neighbours of the present matrix still deserve their round.
            if fastest == nil, candidates != [predicted] { break }
            if let fastest, let faster = measurements[fastest] { (present, rate) = (fastest, faster) }
            if isLate { noteLate(); break }
            candidates = Array(ranked(neighbours(of: present)).prefix(settings.measuredPerRound))
            if candidates.isEmpty { break }
        }
        if failures > 0 { notes.append("\(failures) placements could not be run and count as unusable") }
        return (present, rate)
    }

    func result(_ matrix: AllocationMatrix, measured: Double?) -> PlacementResult {
        PlacementResult(
            matrix: matrix, throughput: Throughput(predicted: predictor.rowsPerSecond(matrix), measured: measured),
            evaluations: request.measure == nil ? predictions.count : measurements.count, notes: notes)
    }

    // MARK: Neighbours

    /// Valid matrices that differ in one cell, or in that one worker runs on another device.
    private mutating func neighbours(of matrix: AllocationMatrix) -> [AllocationMatrix] {
        let sizes = feasibility.batchSizes
        var all = matrix.neighbours { sizes[$0][$1] }
        for worker in matrix.workers {
            let without = matrix.with(device: worker.device, model: worker.model, batchSize: 0)
            for device in feasibility.devices.indices where matrix[device, worker.model] == 0 {
                all += sizes[device][worker.model].map { without.with(device: device, model: worker.model, batchSize: $0) }
            }
        }
        all = all.filter(feasibility.isValid).map { (matrix: $0, key: key(of: $0)) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.matrix)
        return all.count > settings.maxNeighbours ? Array(all.shuffled(using: &random).prefix(settings.maxNeighbours)) : all
    }

    /// The cells with the models in an order of their own: how models were listed decides nothing.
    private func key(of matrix: AllocationMatrix) -> [Int] { matrix.batch.flatMap { row in feasibility.modelOrder.map { row[$0] } } }

    /// Fastest predicted first; then fewer workers, then less memory, then as given.
    private mutating func ranked(_ matrices: [AllocationMatrix]) -> [AllocationMatrix] {
        let keys = matrices.map { matrix in
            let free = feasibility.devices.indices.reduce(0) { $0 &+ feasibility.free(on: $1, in: matrix) }
            return (-predicted(matrix), matrix.workerCount, -free)
        }
        return matrices.indices.sorted { keys[$0] != keys[$1] ? keys[$0] < keys[$1] : $0 < $1 }.map { matrices[$0] }
    }

    // MARK: Evaluations

    private mutating func predicted(_ matrix: AllocationMatrix) -> Double {
        if let known = predictions[matrix] { return known }
        // A millionth of a row per second: what the arithmetic adds below must not decide between equals.
        let rate = predictor.rowsPerSecond(matrix)
        let rounded = rate > 0 && rate.isFinite ? (rate * 1e6).rounded() / 1e6 : 0
        predictions[matrix] = rounded
        return rounded
    }

    /// 0 where it fails: out of memory on a device is an answer, too.
    private mutating func measured(_ matrix: AllocationMatrix, by measure: (AllocationMatrix) throws -> Double) -> Double {
        if let known = measurements[matrix] { return known }
        var rate = 0.0
        do { rate = try measure(matrix) } catch {
            failures += 1
            if failures == 1 { notes.append("first failure: \(error)") }
        }
        measurements[matrix] = rate.isFinite ? max(rate, 0) : 0
        return measurements[matrix] ?? 0
    }

    private mutating func noteLate() {
        let note = "the time limit ended the search"
        if !notes.contains(note) { notes.append(note) }
    }
}

/// Steele, Lea and Flood's generator (OOPSLA 2014): one word of state, the same on every platform.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
