import SearchSpaces

/// Every trial runs to the end: no early stopping.
public struct FullFidelity: TrialScheduler {
    public static let card = SchedulerCard(
        id: "full", name: "Full fidelity", summary: "Every trial runs to the end; nothing is stopped early.",
        abilities: [.asynchronous, .multiObjective], source: "–", options: [.optionalMaximumFidelity]
    ) { options in
        FullFidelity(maximumFidelity: options["maximum_fidelity"] == nil ? nil : try options.integer("maximum_fidelity"))
    }

    public let maximumFidelity: Int?

    /// - Parameter maximumFidelity: The fidelity of every trial; nil when the objective has none.
    public init(maximumFidelity: Int? = nil) { self.maximumFidelity = maximumFidelity }

    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        context.mayStart ? .start(fidelity: maximumFidelity) : context.idle
    }
}
