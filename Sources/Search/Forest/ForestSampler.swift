import Foundation
public import SearchSpaces

/// Sequential model-based search with a random forest.
///
/// A forest is fitted to all results; of many random configurations and those that local searches reach from the best known and the best
/// random ones, the one that promises most is next. Nothing is tried twice while there is anything else.
///
/// Source: Hutter, Hoos and Leyton-Brown 2011, Sequential Model-Based Optimization for General Algorithm Configuration, with the forest and
/// the cost scale of SMAC3 2.4. Ours differs in these points:
/// - The promise is the lower confidence bound at one deviation. On tabular benchmarks it was better than the expected improvement of SMAC,
///   which is used where the promise is multiplied by a probability: under constraints and with priors. Few candidates and short local
///   searches were as good as many: the maximum of a forest's promise is partly noise.
/// - The random designs of a forest with few trees explore by themselves, so random configurations are interleaved rarely.
/// - A categorical parameter is split by sets of levels, thresholds are random, and what is inactive has a place of its own.
/// - Several objectives: a random weighting for each suggestion (Knowles 2006, ParEGO). Constraints: a forest for each, and the probability
///   that all hold. Several fidelities: one forest of all results, with the fidelity as a feature; it predicts for the highest.
/// - Priors of the parameters multiply the promise, ever less the more is known, but not that of every fourth trial; the first trials are
///   drawn from them.
/// - Running trials count as average results, failed ones as the worst. While some run, the number of deviations is drawn, so that workers
///   spread (Hutter, Hoos and Leyton-Brown 2012, Parallel Algorithm Configuration).
public struct ForestSampler: Sampler {
    public static let card = SamplerCard(
        id: "forest", name: "Random forest",
        summary: "Predicts results with a forest of random trees and proposes what promises the largest improvement.",
        abilities: [.conditional, .multiObjective, .multiFidelity, .parallel, .constraints, .priors],
        source: "Hutter, Hoos and Leyton-Brown 2011, Sequential Model-Based Optimization for General Algorithm Configuration; SMAC3 2.4",
        options: [
            .startupTrials(ForestSampler().startupTrials),
            AlgorithmOption(
                "interleaving", "probability of a random configuration instead of the model's; 0 to 1", standard: ForestSampler().interleaving),
            AlgorithmOption("candidates", "random configurations that are compared; 1 to 10000000", standard: ForestSampler().candidates),
            AlgorithmOption(
                "starts", "local searches from the best known configurations, and as many from the best random ones; at least 1",
                standard: ForestSampler().starts),
            AlgorithmOption(
                "scale", "what the forest learns: linear (losses as they are), log (their distance from just below the best), rank (scores of their ranks)",
                standard: ForestSampler().scale.rawValue),
            AlgorithmOption(
                "acquisition", "what is maximised: lcb (lower confidence bound), ei (expected improvement), log-ei (that of the exponentials of the targets)",
                standard: ForestSampler().acquisition.rawValue),
            AlgorithmOption(
                "deviations", "standard deviations below the mean in lcb, at least 0; while trials run, the mean of the distribution they are drawn from",
                standard: ForestSampler().deviations),
            AlgorithmOption(
                "pooling", "true learns from the results of all fidelities, false from those of the highest that enough trials have come to",
                standard: ForestSampler().pooling),
            AlgorithmOption("trees", "number of trees; 1 to 10000", standard: ForestSampler().forest.trees),
            AlgorithmOption(
                "bootstrap", "true gives each tree a draw of the results with replacement, false all of them",
                standard: ForestSampler().forest.bootstrap),
            AlgorithmOption(
                "feature_share", "share of the features that are tried for each split; above 0, at most 1",
                standard: ForestSampler().forest.featureShare),
            AlgorithmOption("minimum_split", "fewer results than this are not split; at least 1", standard: ForestSampler().forest.minimumSplit),
            AlgorithmOption(
                "minimum_leaf", "results that a split must leave on both sides; at least 1", standard: ForestSampler().forest.minimumLeaf),
            AlgorithmOption("maximum_depth", "splits from the root to a leaf; at least 1", standard: ForestSampler().forest.maximumDepth),
            AlgorithmOption(
                "exponential_leaves", "true lets a leaf hold the logarithm of the mean of its targets' exponentials, for logarithmic targets; false their mean",
                standard: ForestSampler().forest.leavesAverageExponentials),
        ]
    ) { options in try ForestSampler(options) }

    /// How many trials must have a result before the model is used; the first ones are a Latin hypercube.
    public private(set) var startupTrials = 10
    /// The probability of a random configuration instead of the model's.
    public private(set) var interleaving = 0.03
    var forest = RegressionForest.Settings()
    /// How many random configurations are compared.
    var candidates = 300
    /// How many local searches start from the best known, and as many from the best random ones.
    var starts = 3
    var scale = CostScale.log
    var acquisition = ForestAcquisition.Form.bound
    /// Of the lower confidence bound; while other trials run, the mean of an exponential distribution from which they are drawn.
    var deviations = 1.0
    /// Whether the results of all fidelities are learned from, instead of those of the highest that enough trials have come to.
    var pooling = true

    public init() {}

    /// - Throws: `SearchError` (`invalidOption`) when a number is out of its range.
    public init(startupTrials: Int = 10, interleaving: Double = 0.03) throws {
        self.startupTrials = startupTrials
        self.interleaving = interleaving
        try validate()
    }

    init(_ options: Configuration) throws {
        startupTrials = try options.integer("startup_trials", default: startupTrials)
        interleaving = try options.float("interleaving", default: interleaving)
        candidates = try options.integer("candidates", default: candidates)
        starts = try options.integer("starts", default: starts)
        scale = try options.oneOf("scale", default: scale)
        acquisition = try options.oneOf("acquisition", default: acquisition)
        deviations = try options.float("deviations", default: deviations)
        pooling = try options.boolean("pooling", default: pooling)
        forest.trees = try options.integer("trees", default: forest.trees)
        forest.bootstrap = try options.boolean("bootstrap", default: forest.bootstrap)
        forest.featureShare = try options.float("feature_share", default: forest.featureShare)
        forest.minimumSplit = try options.integer("minimum_split", default: forest.minimumSplit)
        forest.minimumLeaf = try options.integer("minimum_leaf", default: forest.minimumLeaf)
        forest.maximumDepth = try options.integer("maximum_depth", default: forest.maximumDepth)
        forest.leavesAverageExponentials = try options.boolean("exponential_leaves", default: forest.leavesAverageExponentials)
        try validate()
    }

    private func validate() throws {
        let counts = [startupTrials, forest.trees, forest.minimumSplit, forest.minimumLeaf, forest.maximumDepth, candidates, starts]
        guard counts.allSatisfy({ $0 >= 1 }), forest.trees <= 10_000, candidates <= 10_000_000 else {
            throw SearchError(.invalidOption, "The numbers of the forest sampler must be at least 1, got \(counts).")
        }
        guard (0...1).contains(interleaving), forest.featureShare > 0, forest.featureShare <= 1, deviations >= 0 else {
            throw SearchError(
                .invalidOption,
                "Interleaving must be a probability, the feature share above 0 up to 1, deviations not negative; got "
                    + "\(interleaving), \(forest.featureShare) and \(deviations).")
        }
    }

    public func sample(_ context: SamplingContext) throws -> Configuration? {
        var generator = context.generator
        let space = FeatureSpace(context.space)
        let history = ForestHistory(context, enough: startupTrials)
        guard space.width > 0 else { return try context.space.randomConfiguration(using: &generator) }
        if history.resultCount < startupTrials {
            return try initial(space, context, &generator)
        }
        if generator.uniform() < interleaving { return try context.space.randomConfiguration(using: &generator) }
        let model = ForestModel(space, history, context, self, &generator)
        if let configuration = model.propose(context, &generator), !context.space.isForbidden(configuration) { return configuration }
        return try context.space.randomConfiguration(using: &generator)
    }

    /// One point of a Latin hypercube over the first trials, drawn from the priors.
    private func initial(
        _ space: FeatureSpace, _ context: SamplingContext, _ generator: inout TrialGenerator
    ) throws -> Configuration {
        guard context.number < startupTrials else { return try context.space.randomConfiguration(using: &generator) }
        var design = TrialGenerator(seed: context.seed, trial: -1)
        var row = [Double](repeating: 0, count: space.width)
        for index in row.indices {
            var strata = Array(0..<startupTrials)
            strata.shuffle(using: &design)
            let unit = (Double(strata[context.number]) + generator.uniform()) / Double(startupTrials)
            row[index] = space.features[index].value(at: space.features[index].prior.quantile(unit))
        }
        let configuration: Configuration? = row.withUnsafeMutableBufferPointer { row in
            guard let base = row.baseAddress, space.settle(base) else { return nil }
            return space.configuration(base)
        }
        if let configuration, !context.space.isForbidden(configuration) { return configuration }
        return try context.space.randomConfiguration(using: &generator)
    }
}

extension Configuration {
    /// - Throws: `SearchError` (`invalidOption`) when the option is none of the cases.
    fileprivate func oneOf<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, default value: Choice) throws -> Choice {
        guard self[name] != nil else { return value }
        let text = try category(name)
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SearchError(.invalidOption, "The option \(name) must be one of \(known), got \"\(text)\".")
        }
        return choice
    }
}
