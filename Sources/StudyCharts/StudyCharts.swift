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

    /// - Parameters:
    ///   - trials: All trials by number.
    ///   - importances: How much each parameter matters, by name; also decides which parameters are shown where there is no room for all.
    public init(_ definition: StudyDefinition, trials: [Trial], importances: [(name: String, value: Double)] = []) {
        history = StudyHistory(definition, trials, importances: importances)
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

    /// Bars of the importances that were given.
    public var importance: String? { ImportanceChart(history: history).figure?.source }

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
