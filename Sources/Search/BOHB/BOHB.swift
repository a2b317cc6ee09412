public import SearchSpaces

/// BOHB's sampler: two kernel densities, of the good and of the other configurations, and the candidate with the largest ratio.
///
/// Meant for a scheduler with fidelities; with `Hyperband` the two are BOHB.
///
/// Source: Falkner, Klein and Hutter 2018, BOHB: Robust and Efficient Hyperparameter Optimization at Scale; constants and rules of
/// automl/HpBandSter in the mode `faithful`. There the model is that of the largest fidelity with enough results, so that most of what has
/// been measured is set aside, kernels reach out of the domain, and levels not seen have no density. The mode `repaired` differs:
/// - Results of all fidelities count together: those of lower ones are carried up by regression on ranks (see `PooledRanks`).
/// - Kernels are cut at the ends of the domain and normalised; all levels of a categorical have a density; a uniform kernel of the weight of
///   several rows stands for the prior. No kernel is so narrow that the next whole number or another level is out of reach, so that good trials
///   that agree do not fix a value for ever.
/// - Both densities have the widths of the good one. With its own, the bad density is flat where the good trials lie, the largest ratio is always
///   in their midst, and the search closes in on wherever it is.
/// - The good trials are fewer, and at most a fixed number, so the model goes on getting sharper; fewer draws are uniform, and candidates
///   are spread less.
/// - A configuration that has been tried is drawn again a few times, then replaced by a uniform draw.
/// - What other workers try counts among the bad trials.
///
/// In both modes ordinals are taken for whole numbers, failed and infeasible trials are never good, and several objectives are ranked by
/// non-dominated sorting.
public struct BOHB: Sampler {
    /// How the model is built.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        case faithful, repaired
    }

    public static let card = SamplerCard(
        id: "bohb", name: "BOHB's density model",
        summary: "Kernel densities of good and bad configurations over several fidelities; with Hyperband it is BOHB.",
        abilities: [.multiObjective, .multiFidelity, .parallel, .constraints],
        source: "Falkner, Klein and Hutter 2018, BOHB: Robust and Efficient Hyperparameter Optimization at Scale; automl/HpBandSter",
        options: [
            AlgorithmOption(
                "mode", "faithful: the model of HpBandSter; repaired: ours, which learns from all fidelities together",
                standard: Mode.repaired.rawValue),
            AlgorithmOption(
                "top_percent", "share of the good among the trials, in percent, above 0 and below 100; by default 10, in the mode faithful 15"),
            AlgorithmOption(
                "candidates", "draws from the density of the good trials that are compared; at least 1", standard: Settings(.repaired).candidates),
            AlgorithmOption(
                "random_fraction", "probability of a uniform draw instead of the model's, 0 to 1; by default 0.2, in the mode faithful a third"),
            AlgorithmOption(
                "bandwidth_factor", "by how much candidates are spread wider than the density, above 0; by default 2, in the mode faithful 3"),
            AlgorithmOption(
                "minimum_bandwidth", "smallest width of a kernel, where a parameter's range is 1; above 0",
                standard: Settings(.repaired).minimumBandwidth),
            AlgorithmOption(
                "minimum_points", "smallest number of good and of bad trials; by default, and at least, the number of parameters plus one"),
        ]
    ) { options in
        let mode = try options.choice("mode", default: Mode.repaired)
        let standard = Settings(mode)
        return try BOHB(
            mode: mode,
            Settings(
                topPercent: options.float("top_percent", default: standard.topPercent),
                candidates: options.integer("candidates", default: standard.candidates),
                randomFraction: options.float("random_fraction", default: standard.randomFraction),
                bandwidthFactor: options.float("bandwidth_factor", default: standard.bandwidthFactor),
                minimumBandwidth: options.float("minimum_bandwidth", default: standard.minimumBandwidth),
                minimumPoints: options["minimum_points"] == nil ? nil : options.integer("minimum_points"),
                largestGoodCount: standard.largestGoodCount))
    }

    /// The constants of the model.
    public struct Settings: Sendable, Hashable {
        /// The share of the good among all trials, in percent.
        public var topPercent: Double
        /// How many candidates are compared.
        public var candidates: Int
        /// The share of plain uniform draws.
        public var randomFraction: Double
        /// By how much candidates are spread wider than the density.
        public var bandwidthFactor: Double
        public var minimumBandwidth: Double
        /// The smallest number of good and of bad trials; never below the number of parameters and one.
        public var minimumPoints: Int?
        /// The most good trials there are.
        public var largestGoodCount: Int

        public init(
            topPercent: Double, candidates: Int, randomFraction: Double, bandwidthFactor: Double, minimumBandwidth: Double,
            minimumPoints: Int?, largestGoodCount: Int
        ) {
            self.topPercent = topPercent
            self.candidates = candidates
            self.randomFraction = randomFraction
            self.bandwidthFactor = bandwidthFactor
            self.minimumBandwidth = minimumBandwidth
            self.minimumPoints = minimumPoints
            self.largestGoodCount = largestGoodCount
        }

        /// The constants of a mode.
        public init(_ mode: Mode) {
            self.init(
                topPercent: mode == .faithful ? 15 : 10, candidates: 64, randomFraction: mode == .faithful ? 1.0 / 3 : 0.2,
                bandwidthFactor: mode == .faithful ? 3 : 2,
                minimumBandwidth: 1e-3, minimumPoints: nil, largestGoodCount: mode == .faithful ? .max : 25)
        }
    }

    public let mode: Mode
    public let settings: Settings

    public init() {
        mode = .repaired
        settings = Settings(.repaired)
    }

    /// - Parameters:
    ///   - mode: How the model is built.
    ///   - settings: Its constants; those of the mode when nil.
    /// - Throws: `SearchError` (`invalidOption`) when a number is impossible.
    public init(mode: Mode, _ settings: Settings? = nil) throws {
        let settings = settings ?? Settings(mode)
        guard settings.topPercent > 0, settings.topPercent < 100, settings.candidates >= 1, (0...1).contains(settings.randomFraction),
            settings.bandwidthFactor > 0, settings.minimumBandwidth > 0, settings.largestGoodCount >= 1, settings.minimumPoints ?? 1 >= 1
        else {
            throw SearchError(
                .invalidOption,
                "BOHB needs a top_percent above 0 and below 100, a random_fraction from 0 to 1, and other numbers above 0, got \(settings).")
        }
        self.mode = mode
        self.settings = settings
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        var generator = context.generator
        if generator.uniform() >= settings.randomFraction, let model = BOHBModel(self, context, &generator) {
            for _ in 0..<(mode == .faithful ? 1 : Self.freshTries) {
                let proposal = try? context.space.notForbidden { context.space.decode(model.propose(&generator)) }
                if let proposal, mode == .faithful || !Self.isTried(proposal, context) { return proposal }
            }
        }
        return try context.space.randomConfiguration(using: &generator)
    }

    /// How often the model is asked for something that has not been tried.
    private static let freshTries = 4

    private static func isTried(_ configuration: Configuration, _ context: SamplingContext) -> Bool {
        let point = context.space.encode(configuration)
        return context.points.contains { other in point.indices.allSatisfy { other[$0] == point[$0] || (other[$0].isNaN && point[$0].isNaN) } }
    }
}
