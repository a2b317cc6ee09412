import LightGBM

/// A made-up table: columns 0 to 2 are numbers without gaps, 3 is a number that is often missing, 4 and 5 are categories (12 and 60
/// of them), of which some are unknown (-1 or NaN).
struct SampleData {
    static let columnCount = 6
    static let categorical = [4, 5]
    var rows: [Float] = []
    var numbers: [Float] = []
    var rowCount: Int { numbers.count }
    /// Whether the number is above 0.
    var halves: [Float] { numbers.map { $0 > 0 ? 1 : 0 } }
    /// Three classes by size.
    var thirds: [Float] { numbers.map { $0 < -0.6 ? 0 : $0 < 0.6 ? 1 : 2 } }

    /// - Parameter gapsEverywhere: NaN in every column, infinities and categories never seen in training too: what a server may get.
    init(rows count: Int, seed: UInt64, gapsEverywhere: Bool = false) {
        var generator = SplitMix(state: seed)
        func uniform() -> Float { Float.random(in: 0..<1, using: &generator) }
        for _ in 0..<count {
            var row = [uniform() * 4 - 2, (uniform() * 8).rounded(), uniform() * 1e-3, uniform() * 2 - 1]
            row.append((uniform() * 11).rounded())
            row.append((uniform() * 59).rounded())
            let known = row
            if uniform() < 0.3 { row[3] = .nan }
            for column in SampleData.categorical where uniform() < 0.05 { row[column] = uniform() < 0.5 ? -1 : .nan }
            if gapsEverywhere {
                for column in 0..<SampleData.columnCount where uniform() < 0.1 { row[column] = .nan }
                for column in 0..<3 where uniform() < 0.05 { row[column] = uniform() < 0.5 ? .infinity : -.infinity }
                for column in SampleData.categorical where uniform() < 0.05 { row[column] = 77 }
            }
            var number = known[0] * known[0] - 1.3 + (known[1] > 3 ? 0.5 : -0.5) + known[2] * 300
            number += row[3].isNaN ? 0.4 : known[3]
            number += [1, 4, 9].contains(known[4]) ? 1 : -0.3
            number += Int(known[5]) % 7 < 3 ? 0.7 : -0.5
            rows.append(contentsOf: row)
            numbers.append(number + (uniform() - 0.5) * 0.4)
        }
    }

    func withMatrix<Result>(_ body: (MatrixView) throws -> Result) throws -> Result {
        try rows.withUnsafeBufferPointer { try body(MatrixView($0, rowCount: rowCount, columnCount: SampleData.columnCount)) }
    }

    func training(
        labels: [Float], weights: [Float]? = nil, initialScores: [Double]? = nil, reference: TrainingData? = nil,
        _ parameters: Parameters = ["num_threads": "1"]
    ) throws -> TrainingData {
        try withMatrix {
            try TrainingData(
                $0, labels: labels, weights: weights, initialScores: initialScores, categorical: SampleData.categorical,
                reference: reference, parameters: parameters)
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
