public import SearchSpaces

/// All schedulers. A new one adds its line here.
public enum Schedulers {
    public static let all: [SchedulerCard] = [
        FullFidelity.card,
        SuccessiveHalving.card,
        DEHB.card,
        HalvingStopping.card,
        Hyperband.card,
        LearningCurveStopping.card,
        MedianStopping.card,
        PatienceStopping.card,
        PercentileStopping.card,
        PopulationBasedTraining.card,
        Racing.card,
        SynchronousHalving.card,
        ThresholdStopping.card,
        WilcoxonStopping.card,
    ]

    /// - Throws: `SearchError` (`unknownAlgorithm`).
    public static func card(_ id: String) throws -> SchedulerCard {
        guard let card = all.first(where: { $0.id == id }) else {
            throw SearchError(.unknownAlgorithm, "There is no scheduler \"\(id)\"; there are \(all.map(\.id).joined(separator: ", ")).")
        }
        return card
    }

    /// - Throws: `SearchError` (`unknownAlgorithm`, `invalidOption`).
    public static func make(_ id: String, _ options: Configuration = [:]) throws -> any TrialScheduler { try card(id).make(options) }

    /// - Throws: `SearchError` (`unknownAlgorithm`, `invalidOption`).
    public static func make(_ choice: AlgorithmChoice) throws -> any TrialScheduler { try make(choice.id, choice.options) }
}
