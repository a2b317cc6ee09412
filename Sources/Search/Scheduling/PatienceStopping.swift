import SearchSpaces

/// Stops a trial that has not become better for some reports.
///
/// Source: Prechelt 1998, Early Stopping – But When?
public struct PatienceStopping: StoppingRule {
    public static let card = SchedulerCard(
        id: "patience", name: "Patience", summary: "Stops a trial that has not become better for some reports.",
        abilities: [.earlyStopping, .asynchronous], source: "Prechelt 1998, Early Stopping – But When?",
        options: [
            .optionalMaximumFidelity,
            AlgorithmOption("patience", "reports without improvement that are borne; at least 1", standard: 10),
            AlgorithmOption("minimum_improvement", "what counts as better: by more than this, in the unit of the objective; at least 0", standard: 0),
        ]
    ) { options in
        try PatienceStopping(
            maximumFidelity: options["maximum_fidelity"] == nil ? nil : options.integer("maximum_fidelity"),
            patience: options.integer("patience", default: 10), minimumImprovement: options.float("minimum_improvement", default: 0))
    }

    public let maximumFidelity: Int?
    /// How many reports without improvement are borne.
    public let patience: Int
    /// What counts as better: by more than this.
    public let minimumImprovement: Double

    /// - Throws: `SearchError` (`invalidOption`) when the patience is not positive or the improvement negative.
    public init(maximumFidelity: Int? = nil, patience: Int = 10, minimumImprovement: Double = 0) throws {
        self.maximumFidelity = maximumFidelity
        self.patience = try .checked(patience, atLeast: 1, "patience")
        self.minimumImprovement = try .checked(minimumImprovement, in: 0...Double.greatestFiniteMagnitude, "minimum_improvement")
    }

    public func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool {
        let losses = trial.reports(context.reported, through: step).map(\.loss)
        guard losses.count > patience else { return false }
        let before = losses.dropLast(patience).min() ?? .infinity
        let recent = losses.suffix(patience).min() ?? .infinity
        return !(recent < before - minimumImprovement)
    }
}
