import SearchSpaces

/// What the samplers that model trials by Gaussian processes have in common.
struct GaussianProcessSettings: Sendable {
    /// - Parameter warping: What holds where no output warping is given; nil where that depends, on what `note` says.
    static func options(warping: OutputWarping?, note: String) -> [AlgorithmOption] {
        let standard = GaussianProcessSettings()
        return [
            .startupTrials(standard.startupTrials),
            AlgorithmOption(
                "output_warping",
                "how losses are transformed: none, winsorize (cuts off the highest), log (of the distance from the lowest), auto (none or log); "
                    + note, standard: warping?.rawValue),
            AlgorithmOption("input_warping", "true learns a scale for each number, too; it takes more time", standard: standard.inputWarping),
            AlgorithmOption(
                "fantasies",
                "joint draws that stand for the results of running trials, 0 to 1024, 0 for their mean; without effect with several objectives",
                standard: standard.fantasies),
        ]
    }

    /// How many trials must have a result before a model is used.
    var startupTrials = 10
    /// How losses are transformed.
    var outputWarping = OutputWarping.none
    /// Whether the scale of each number is learnt, too (Snoek et al. 2014, Input Warping for Bayesian Optimization).
    var inputWarping = false
    /// How many joint draws stand for the results of running trials; 0 takes the mean for the result.
    var fantasies = 16

    init() {}

    /// - Throws: `SearchError` (`invalidOption`) when an option is impossible.
    init(_ options: Configuration, of algorithm: String) throws {
        startupTrials = try options.integer("startup_trials", default: startupTrials)
        inputWarping = options["input_warping"] == nil ? inputWarping : try options.boolean("input_warping")
        fantasies = try options.integer("fantasies", default: fantasies)
        guard startupTrials >= 1, (0...1024).contains(fantasies) else {
            throw SearchError(
                .invalidOption,
                "The sampler \(algorithm) needs at least 1 startup trial and 0 to 1024 fantasies, got \(startupTrials) and \(fantasies).")
        }
        let name = try options.category("output_warping", default: outputWarping.rawValue)
        guard let warping = OutputWarping(rawValue: name) else {
            let known = OutputWarping.allCases.map(\.rawValue).joined(separator: ", ")
            throw SearchError(.invalidOption, "The sampler \(algorithm) has no output warping \"\(name)\"; there are \(known).")
        }
        outputWarping = warping
    }
}
