import Ensembling
import Foundation
import Learning
import ModelLibrary
import Placement
import Tutti

/// What `fit` and `resume` say at the end.
enum FitSummary {
    static func show(_ estimate: NestedEstimate, json: Bool) throws {
        if json { return try Console.json(estimate) }
        Console.out("\n\(estimate.parts.count) of \(estimate.partCount) parts; \(estimate.metric) on rows that a part's run has not seen")
        let names = estimate.ensembles.map(\.ensemble)
        let rows = estimate.parts.map { part in
            ["\(part.index)", "\(part.rows)"] + names.map { Console.number(part.values[$0] ?? .nan) }
        }
        let summary = [["mean ± standard error", ""] + estimate.ensembles.map { "\(Console.number($0.mean)) ± \(Console.number($0.standardError))" }]
        Console.out(Console.table(["part", "rows"] + names, rows + summary))
        for part in estimate.parts { Console.out("run     \(part.run)") }
        if estimate.parts.count < estimate.partCount { Console.out("\nstopped early; give the same command again to go on") }
    }

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
