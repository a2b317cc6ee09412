// 1. Search without learning: a study tunes any function. Needs no native library but SQLite.
//
//     swift run --package-path Examples Search

import Search
import SearchSpaces

@main
struct SearchExample {
    static func main() throws {
        let space = try SearchSpace([
            .float("x", -5...5),
            .integer("steps", 1...50, log: true),
            .categorical("rounding", ["up", "down"]),
        ])
        let study = try Study(space: space, seed: 1)
        try study.optimize(trials: 60) { trial in
            let x = try trial.float("x")
            let steps = Double(try trial.integer("steps"))
            let penalty = try trial.category("rounding") == "up" ? 0.5 : 0
            return (x - 2) * (x - 2) + 10 / steps + penalty
        }
        for trial in try study.best() { print("trial \(trial.number): \(trial.configuration) gives \(trial.values)") }
    }
}
