/// Finds the row with the highest score: random rows first, then walks through the neighbourhoods of the best known and the best random ones,
/// all in step, so that each step scores one batch.
struct ForestSearch {
    let space: FeatureSpace
    /// The width of a row; what lies beyond the features of the space is `context`.
    let stride: Int
    let context: [Double]
    /// Hashes of the rows that are not to be proposed again.
    let seen: Set<UInt64>
    let score: (UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
    private var best: [Double] = []
    private var bestScore = -Double.infinity
    private var ties = 0.0

    /// Domains with at most so many values have all of them as neighbours, others the adjacent and a few random ones.
    private static let exhaustedValues = 12
    private static let draws = 4
    private static let levelDraws = 32
    private static let firstDeviation = 0.05
    private static let deviations = 0.005...0.4
    private static let maximumSteps = 40
    private static let maximumPlateau = 6

    init(
        _ space: FeatureSpace, context: [Double], seen: Set<UInt64>,
        score: @escaping (UnsafePointer<Double>, Int, UnsafeMutablePointer<Double>) -> Void
    ) {
        self.space = space
        self.context = context
        stride = space.width + context.count
        self.seen = seen
        self.score = score
    }

    /// The best new row; nil where none was found.
    ///
    /// - Parameters:
    ///   - candidates: How many random rows are scored.
    ///   - known: Rows to start from.
    ///   - starts: How many of the random rows to start from.
    mutating func run(
        candidates: Int, known: [[Double]], starts: Int, _ generator: inout TrialGenerator
    ) -> [Double]? {
        var batch: [Double] = []
        batch.reserveCapacity(candidates * stride)
        var row = [Double](repeating: 0, count: space.width) + context
        for index in 0..<candidates {
            // The likely and the unlikely in turn: the longer the search, the less a belief counts.
            let isBelieving = space.hasPriors && index % 2 == 0
            let isAllowed = row.withUnsafeMutableBufferPointer { row in
                row.baseAddress.map { space.draw(into: $0, believing: isBelieving, &generator) } ?? false
            }
            if isAllowed { batch += row }
        }
        let scores = scored(batch)
        note(batch, scores, &generator)
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var walks = order.prefix(starts).map { Walk(row: Array(batch[$0 * stride..<($0 + 1) * stride]), score: scores[$0]) }
        let knownRows = known.map { $0 + context }
        let knownScores = scored(knownRows.flatMap { $0 })
        walks += zip(knownRows, knownScores).map { Walk(row: $0, score: $1) }
        walk(&walks, &generator)
        return best.isEmpty ? nil : Array(best.prefix(space.width))
    }

    private struct Walk {
        var row: [Double]
        var score: Double
        var deviation = ForestSearch.firstDeviation
        var improvements = 0
        var plateau = 0
    }

    private mutating func walk(_ walks: inout [Walk], _ generator: inout TrialGenerator) {
        var batch: [Double] = []
        for _ in 0..<Self.maximumSteps {
            let live = walks.indices.filter { walks[$0].plateau < Self.maximumPlateau }
            if live.isEmpty { return }
            batch.removeAll(keepingCapacity: true)
            var ends: [Int] = []
            for index in live {
                appendNeighbours(of: walks[index], to: &batch, &generator)
                ends.append(batch.count / stride)
            }
            let scores = scored(batch)
            note(batch, scores, &generator)
            var start = 0
            for (index, end) in zip(live, ends) {
                move(&walks[index], batch, scores, start..<end, &generator)
                start = end
            }
        }
    }

    /// Goes to the best neighbour unless it is worse.
    private func move(_ walk: inout Walk, _ batch: [Double], _ scores: [Double], _ range: Range<Int>, _ generator: inout TrialGenerator) {
        var (top, topScore, ties) = (-1, -Double.infinity, 0.0)
        for index in range where scores[index] >= topScore {
            ties = scores[index] > topScore ? 1 : ties + 1
            if ties == 1 || generator.uniform() * ties < 1 { top = index }
            topScore = scores[index]
        }
        guard top >= 0 else {
            walk.plateau = Self.maximumPlateau
            return
        }
        let improves = topScore > walk.score
        if topScore >= walk.score {
            walk.row.replaceSubrange(0..<stride, with: batch[top * stride..<(top + 1) * stride])
            walk.score = topScore
        }
        if improves {
            walk.improvements += 1
            walk.plateau = 0
            if walk.improvements % 3 == 0 { walk.deviation = min(walk.deviation * 2, Self.deviations.upperBound) }
        } else {
            walk.improvements = 0
            walk.plateau += 1
            walk.deviation = max(walk.deviation / 2, Self.deviations.lowerBound)
        }
    }

    /// One-exchange neighbours: each differs in one parameter, and in what that makes active or inactive.
    private func appendNeighbours(of walk: Walk, to batch: inout [Double], _ generator: inout TrialGenerator) {
        for (index, feature) in space.features.enumerated() where walk.row[index] != feature.inactive {
            let value = walk.row[index]
            if let count = feature.count, count <= Self.exhaustedValues || feature.categories > 0 {
                // Of very many levels some: all of them would outweigh the other parameters.
                let isSampled = count > Self.levelDraws
                for other in 0..<min(count, Self.levelDraws) {
                    let unit = isSampled ? generator.uniform() : (Double(other) + 0.5) / Double(count)
                    let neighbour = feature.categories > 0 ? feature.value(at: unit) : feature.centres[other]
                    if neighbour != value { append(walk.row, index, neighbour, to: &batch) }
                }
                continue
            }
            if !feature.centres.isEmpty {
                let position = feature.index(at: value)
                if position > 0 { append(walk.row, index, feature.centres[position - 1], to: &batch) }
                if position + 1 < feature.centres.count { append(walk.row, index, feature.centres[position + 1], to: &batch) }
            }
            for _ in 0..<Self.draws {
                let unit = value + walk.deviation * generator.normal()
                guard unit >= 0, unit < 1 else { continue }
                let neighbour = feature.value(at: unit)
                if neighbour != value { append(walk.row, index, neighbour, to: &batch) }
            }
        }
    }

    private func append(_ row: [Double], _ index: Int, _ value: Double, to batch: inout [Double]) {
        let start = batch.count
        batch += row
        batch[start + index] = value
        let isAllowed = batch.withUnsafeMutableBufferPointer { batch in
            batch.baseAddress.map { space.settle($0 + start) } ?? false
        }
        if !isAllowed { batch.removeLast(stride) }
    }

    private func scored(_ batch: [Double]) -> [Double] {
        let count = batch.count / max(stride, 1)
        return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            batch.withUnsafeBufferPointer { batch in
                if let rows = batch.baseAddress, let scores = buffer.baseAddress { score(rows, count, scores) }
            }
            initialized = count
        }
    }

    /// Keeps the best new row; of equal ones a random one.
    private mutating func note(_ batch: [Double], _ scores: [Double], _ generator: inout TrialGenerator) {
        batch.withUnsafeBufferPointer { buffer in
            guard let rows = buffer.baseAddress else { return }
            for (index, score) in scores.enumerated() where score >= bestScore {
                if seen.contains(space.hash(rows + index * stride)) { continue }
                ties = score > bestScore ? 1 : ties + 1
                if ties == 1 || generator.uniform() * ties < 1 { best = Array(buffer[index * stride..<(index + 1) * stride]) }
                bestScore = score
            }
        }
    }
}
