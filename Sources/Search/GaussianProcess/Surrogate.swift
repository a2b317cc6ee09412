import Foundation
import SearchSpaces

/// The trials of a study with what models of them share: features, running points, fitted processes.
struct Surrogate {
    let inputs: ModelInputs
    let data: ModelData
    let settings: GaussianProcessSettings
    /// Features of the observed trials, then of the running ones.
    let points: [[Double]]
    /// `[trials][parameters]`, as in the context.
    let encoded: [[Double]]
    /// Standard normal numbers for the values of running trials, `[draws][running]`.
    let draws: [[Double]]
    /// Observations that satisfy all constraints.
    let isFeasible: [Bool]

    /// The most observations that a process is made of: beyond, cost would grow with the third power.
    static let mostPoints = 800
    /// The most observations that the parameters of a kernel are fitted to.
    static let mostFitPoints = 250
    /// The most running trials that are taken into account, the newest ones.
    static let mostRunning = 64

    /// - Returns: Nil while there are too few results.
    init?(_ context: SamplingContext, _ settings: GaussianProcessSettings, using generator: inout TrialGenerator) {
        var data = ModelData(context)
        guard data.resultCount >= settings.startupTrials else { return nil }
        data.reduce(to: Self.mostPoints)
        let inputs = ModelInputs(context.space, inputWarping: settings.inputWarping, fidelities: data.hasFidelities)
        guard !inputs.dimensions.isEmpty else { return nil }
        let encoded = context.points
        let running = data.running.suffix(Self.mostRunning)
        points =
            zip(data.trials, data.fidelities).map { inputs.features(encoded: encoded[$0], fidelity: $1) }
            + running.map { inputs.features(encoded: encoded[$0]) }
        let hasDraws = settings.fantasies > 0 && !running.isEmpty && context.directions.count == 1
        draws =
            hasDraws
            ? StratifiedDraws.normal(settings.fantasies, dimensions: running.count, using: &generator)
            : [[Double](repeating: 0, count: running.count)]
        isFeasible = data.violations.map { $0 <= 0 }
        self.inputs = inputs
        self.data = data
        self.settings = settings
        self.encoded = encoded
    }

    /// Observations that may be called the best so far: feasible, and of the highest fidelity while there is one.
    var eligible: [Bool] {
        let highest = zip(isFeasible, data.fidelities).map { $0 && $1 >= 1 }
        return highest.contains(true) ? highest : isFeasible
    }

    /// The process of losses, and the losses on its scale.
    func process(_ losses: [Double], warping: OutputWarping) -> (process: GaussianProcess, losses: WarpedLosses)? {
        let warpings: [OutputWarping] = warping == .auto ? [.none, .log] : [warping]
        let subset = fitPositions(losses)
        var best: (evidence: Double, kernel: MaternKernel, warped: WarpedLosses)?
        for warping in warpings {
            let warped = WarpedLosses(losses, warping: warping)
            let chosen = WarpedLosses(subset.map { losses[$0] }, warping: warping)
            let (kernel, logEvidence) = fit(subset, subset.map { warped.values[$0] })
            let evidence = logEvidence + chosen.logStretch
            if best.map({ evidence > $0.evidence }) ?? true { best = (evidence, kernel, warped) }
        }
        guard let best else { return nil }
        // Whether a running trial will be feasible is not known.
        let eligible = eligible + data.running.map { _ in data.constraints.isEmpty }
        let process = GaussianProcess(best.kernel, points: points, values: best.warped.values, eligible: eligible, draws: draws)
        return process.map { ($0, best.warped) }
    }

    private func fit(_ positions: [Int], _ values: [Double]) -> (kernel: MaternKernel, logEvidence: Double) {
        KernelFit(layout: inputs.layout, columns: inputs.layout.columns(positions.map { points[$0] }), values: values).run()
    }

    /// The better half and others evenly over the rest.
    private func fitPositions(_ losses: [Double]) -> [Int] {
        let limit = Self.mostFitPoints
        guard losses.count > limit else { return Array(losses.indices) }
        let order = losses.indices.sorted { (losses[$0], $0) < (losses[$1], $1) }
        let rest = order.count - limit / 2
        let others = (0..<limit - limit / 2).map { order[limit / 2 + $0 * rest / (limit - limit / 2)] }
        return (order.prefix(limit / 2) + others).sorted()
    }

    /// A process per constraint, over the trials that were told it, with the limit on its scale.
    func constraints() -> [(process: GaussianProcess, limit: Double)] {
        data.constraints.sorted { $0.key < $1.key }.compactMap { _, values in
            let known = values.indices.filter { !values[$0].isNaN }
            guard known.count >= 2 else { return nil }
            // The sign counts and the order of magnitude: far from the limit differences hardly matter (Eriksson and Poloczek 2021).
            let sizes = known.map { abs(values[$0]) }.sorted()
            let typical = max(sizes[sizes.count / 2], 1e-300)
            let bent = known.map { index in values[index] < 0 ? -log1p(-values[index] / typical) : log1p(values[index] / typical) }
            let warped = WarpedLosses(bent, warping: .none)
            let subset = fitPositions(bent)
            let kernel = KernelFit(
                layout: inputs.layout, columns: inputs.layout.columns(subset.map { points[known[$0]] }),
                values: subset.map { warped.values[$0] }
            ).run().kernel
            let running = points[values.count...]
            return GaussianProcess(
                kernel, points: known.map { points[$0] } + running, values: warped.values,
                draws: [[Double](repeating: 0, count: running.count)]
            ).map { ($0, warped.zero) }
        }
    }

    /// The configuration that maximises an acquisition and has not been tried yet.
    ///
    /// - Parameter incumbents: Positions among the observed trials, best first.
    func configuration(
        maximizing acquisition: Acquisition, incumbents: [Int], _ context: SamplingContext, using generator: inout TrialGenerator
    ) throws -> Configuration {
        var acquisition = acquisition
        // The lowest mean is what is known, not what is hoped for.
        if !acquisition.isExploiting { acquisition.belief = inputs.belief(after: data.resultCount - settings.startupTrials + 1) }
        let starts = incumbents.map { inputs.snapped(inputs.units(encoded: encoded[data.trials[$0]])) }
        let maximizer = AcquisitionMaximizer(inputs: inputs, acquisition: acquisition, incumbents: starts)
        let found = maximizer.run(using: &generator)
        let tried = Tried(self, context)
        if let new = found.first(where: { !tried.contains($0.features) }) { return inputs.configuration(new.units) }
        for _ in 0..<100 {
            let configuration = try context.space.randomConfiguration(using: &generator)
            if !tried.contains(inputs.features(encoded: context.space.encode(configuration))) { return configuration }
        }
        // Everything has been tried: the best again, which also averages noise.
        return try found.first.map { inputs.configuration($0.units) } ?? context.space.randomConfiguration(using: &generator)
    }
}

/// The points that have been tried or are being tried.
private struct Tried {
    private let points: [[Double]]
    private let tolerances: [Double]
    /// Closer than this in every coordinate is the same.
    private static let tolerance = 1e-7
    /// As close to a trial that runs tells hardly more than that one will: where a model is all but sure, workers would crowd there.
    private static let runningTolerance = 2e-3

    init(_ surrogate: Surrogate, _ context: SamplingContext) {
        let tried = context.trials.indices.filter { index in
            context.trials[index].number != context.number && context.trials[index].state != .waiting
        }
        points = tried.map { surrogate.inputs.features(encoded: surrogate.encoded[$0]) }
        tolerances = tried.map { context.trials[$0].state == .running ? Self.runningTolerance : Self.tolerance }
    }

    func contains(_ features: [Double]) -> Bool {
        zip(points, tolerances).contains { point, tolerance in
            for k in point.indices where abs(point[k] - features[k]) > tolerance { return false }
            return true
        }
    }
}
