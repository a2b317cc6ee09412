public import Datasets
import Foundation

/// How good a fit is on data like this, by nested resampling: the document of `tutti fit --outer … --json`.
public struct NestedEstimate: Encodable, Sendable {
    /// One part: a whole run, and how it does on the rows that it has not seen.
    public struct Part: Encodable, Sendable {
        public var index: Int
        public var run: String
        /// Rows that it was judged by.
        public var rows: Int
        /// The metric by ensemble.
        public var values: [String: Double]
    }

    /// One ensemble over the parts.
    public struct Summary: Encodable, Sendable {
        public var ensemble: String
        public var mean: Double
        /// Of the mean; NaN for a single part. Parts share training rows, so it is too small rather than too large.
        public var standardError: Double
    }

    public var outer: Resampling
    public var metric: String
    /// Fewer than there should be where the fit was stopped.
    public var parts: [Part]
    public var partCount: Int
    public var ensembles: [Summary]
}

extension Fit {
    /// Judges the whole of a fit, search and choice of ensembles included, as if it were a learner: each part of the outer resampling is left
    /// out once, the rest is fitted, and the ensembles are measured on the part. The inner resampling is `options.resampling`.
    ///
    /// The time is divided evenly. Every part is a run in its own folder, `part-0` and so on; given again, the same call takes finished parts as
    /// they are and goes on with unfinished ones.
    ///
    /// Source: Bischl et al. 2023, Hyperparameter Optimization: Foundations, Algorithms, Best Practices and Open Challenges, section 4.
    /// - Throws: as ``run(_:progress:interruption:)``.
    public static func nested(
        _ options: FitOptions, outer: Resampling, progress: any FitProgress, interruption: Interruption
    ) async throws -> NestedEstimate {
        let clock = Stopwatch(limitSeconds: options.timeSeconds)
        var parts: [NestedEstimate.Part] = []
        var metric = options.metric ?? ""
        for index in 0..<outer.count where !interruption.isRequested {
            let folder = RunFolder(options.out.appending(path: "part-\(index)"))
            let place = ResamplingPlan.OuterPart(outer, index: index)
            progress.stage("part \(index + 1) of \(outer.count)")
            // What a part leaves of its share goes to the others.
            let seconds = (clock.limitSeconds - clock.elapsedSeconds) / Double(outer.count - index)
            try await fit(folder, as: place, options, seconds: seconds, progress: progress, interruption: interruption)
            guard !interruption.isRequested else { break }
            let run = try Run(folder)
            metric = run.manifest.metric
            guard let left = try RunData.load(run.manifest).outerHoldout else { continue }
            let values = try Run.namedEnsembles.reduce(into: [:]) { values, name in
                values[name] = try run.evaluate(left, with: run.ensemble(named: name)).metrics[metric]
            }
            parts.append(NestedEstimate.Part(index: index, run: folder.url.path, rows: left.rowCount, values: values))
        }
        return NestedEstimate(
            outer: outer, metric: metric, parts: parts, partCount: outer.count,
            ensembles: Run.namedEnsembles.map { name in summary(of: name, parts.compactMap { $0.values[name] }) })
    }

    private static func fit(
        _ folder: RunFolder, as place: ResamplingPlan.OuterPart, _ options: FitOptions, seconds: Double, progress: any FitProgress, interruption: Interruption
    ) async throws {
        guard FileManager.default.fileExists(atPath: folder.manifest.path) else {
            var part = options
            part.out = folder.url
            part.outer = place
            part.timeSeconds = seconds
            _ = try await run(part, progress: progress, interruption: interruption)
            return
        }
        guard try folder.readManifest().resampling.outer == place else {
            throw TuttiError(.usage, "'\(folder.url.path)' holds another run; choose a new folder with --out")
        }
        guard !FileManager.default.fileExists(atPath: folder.ensembles.path) else { return progress.note("its run is there already") }
        _ = try await resume(
            folder, timeSeconds: seconds, progress: progress, interruption: interruption, workerExecutable: options.workerExecutable)
    }

    private static func summary(of ensemble: String, _ values: [Double]) -> NestedEstimate.Summary {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        return NestedEstimate.Summary(ensemble: ensemble, mean: mean, standardError: (variance / count).squareRoot())
    }
}
