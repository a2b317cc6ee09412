import Ensembling
import Foundation
import Learning
import ModelLibrary
import Placement
import Tutti

/// What `fit` and `resume` say at the end.
enum FitSummary {
    static func show(_ result: FitResult, json: Bool) throws {
        if json { return try Console.json(result) }
        let metric = try result.metric
        Console.out(
            "\n\(result.models) models of \(result.trials) configurations in \(Console.short(result.seconds)) s\(result.failures > 0 ? ", \(result.failures) failed" : "")"
        )
        if let single = result.bestModel {
            Console.out("best single model: \(single.id), validation \(metric.id) \(Console.number(metric.value(ofScore: single.score)))")
        }
        Console.out("\n" + EnsembleTable.text(result.ensembles.filter { ["best", "balanced", "fast"].contains($0.name) }, metric: metric))
        if let best = result.placements.first(where: { $0.ensemble == "best" }) { Console.out("\nplacement of best\n" + MatrixTable.text(best)) }
        let measured = result.placements.compactMap { placement in placement.throughput.measured.map { "\(placement.ensemble) \(Console.short($0))" } }
        if !measured.isEmpty { Console.out("measured rows/s: " + measured.joined(separator: ", ")) }
        Console.out("\nrun     \(result.run)\nreport  \(result.report)")
        Console.out("next    tutti evaluate \(result.run) TEST   |   tutti serve \(result.run)")
        if result.isInterrupted { Console.out("\nstopped early; go on with: tutti resume \(result.run)") }
    }
}
