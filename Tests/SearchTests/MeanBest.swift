import Foundation
import Search
import SearchSpaces

typealias Objective = @Sendable (OpenTrial) throws -> Double

/// The best value after some trials, averaged over seeds.
func meanBest(_ sampler: any Sampler, _ space: SearchSpace, trials: Int, seeds: Range<UInt64>, _ objective: @escaping Objective) throws -> Double {
    let values: [Double] = try seeds.map { seed in
        try Study(space: space, sampler: sampler, seed: seed).optimize(trials: trials, objective).first?.values.first ?? .infinity
    }
    return values.reduce(0, +) / Double(values.count)
}

/// A problem with every kind of parameter, each with one best value.
enum EveryKind {
    static func space() throws -> SearchSpace {
        try SearchSpace([
            .float("rate", 1e-5...1, log: true), .integer("width", 8...512, log: true), .integer("depth", 1...10),
            .categorical("activation", ["relu", "silu", "tanh", "gelu"]), .ordinal("size", ["s", "m", "l", "xl"]),
            .float("dropout", 0...0.9, step: 0.1),
        ])
    }

    static let loss: Objective = { trial in
        let rate = abs(log10(try trial.float("rate")) + 3)
        let width = abs(log2(Double(try trial.integer("width"))) - 7)
        let depth = Double(abs(try trial.integer("depth") - 4)) / 3
        let rest = (try trial.category("activation") == "silu" ? 0.0 : 1) + (try trial.category("size") == "l" ? 0 : 0.5)
        return rate + width + depth + rest + abs(try trial.float("dropout") - 0.2)
    }
}
