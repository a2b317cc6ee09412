import Charts
public import Search
import SearchSpaces

/// The usual pictures of a study, each a piece of HTML: a figure with its drawings as SVG, and the key to it.
///
/// A picture is nil where there is nothing to draw. All need ``styleSheet`` on the page that they are put into; ``StudyPage`` makes such
/// a page. Any study gives pictures: what is not finite is left out or drawn at the edge, names are escaped, and of thousands of trials
/// so many are drawn as can be told apart.
public struct StudyCharts: Sendable {
    let history: StudyHistory
    let analysis: StudyAnalysis?

    /// - Parameters:
    ///   - trials: All trials by number.
    ///   - analysis: What is known of the parameters; also decides which of them are shown where there is no room for all.
    public init(_ definition: StudyDefinition, trials: [Trial], analysis: StudyAnalysis? = nil) {
        history = StudyHistory(definition, trials, weights: analysis?.weights ?? [:])
        self.analysis = analysis
    }

    /// The style that the pictures need, in light and dark.
    public static var styleSheet: String { (PageStyle.sheet + StudyStyle.sheet).source }

    /// The values of an objective by trial, with the best so far.
    public func optimizationHistory(objective: Int = 0) -> String? {
        self.objective(objective).flatMap { HistoryChart(history: history, objective: $0).figure?.source }
    }

    /// The values that trials reported on the way, by step.
    public var intermediateValues: String? { CurveChart(history).figure?.source }

    /// Trials as lines through parameters and objectives.
    public var parallelCoordinates: String? { ParallelChart(history: history).figure?.source }

    /// The values of an objective over each parameter.
    public func slices(objective: Int = 0) -> String? {
        self.objective(objective).flatMap { SliceChart(history: history, objective: $0).figure?.source }
    }

    /// A landscape of two parameters, and beside it the trials shaded by rank.
    public func pair(_ x: String, _ y: String) -> String? {
        let names = history.definition.space.names
        guard let x = names.firstIndex(of: x), let y = names.firstIndex(of: y), x != y else { return nil }
        return PairChart(history: history, pair: (x, y)).figure?.source
    }

    /// Which parameters matter: bars by two methods, and the way from the default configuration to the best trial.
    public var importance: String? {
        let parts = analysis.map { ImportanceSection(history: history, analysis: $0).parts.compactMap { $0 } } ?? []
        return parts.isEmpty ? nil : parts.joined().source
    }

    /// The predicted objective over the parameters that matter most.
    public func partialDependence(objective: Int = 0) -> String? {
        guard let objective = self.objective(objective) else { return nil }
        let part = analysis?.parts.first { $0.objective == objective.position }
        return part.flatMap { DependenceChart(history: history, objective: objective, dependences: $0.dependences).figure?.source }
    }

    /// The front of two or three objectives.
    public var front: String? { FrontChart(history: history).figure?.source }

    /// The hypervolume of several objectives by trial.
    public var hypervolumeHistory: String? { VolumeChart(history: history).figure?.source }

    /// The empirical distribution of an objective.
    public func distribution(objective: Int = 0) -> String? {
        self.objective(objective).flatMap { DistributionChart(history: history, objective: $0).figure?.source }
    }

    /// Trials as bars in the row of their worker.
    public var timeline: String? { TimelineChart(history: history).figure?.source }

    private func objective(_ position: Int) -> StudyHistory.Objective? {
        history.objectives.indices.contains(position) ? history.objectives[position] : nil
    }
}
