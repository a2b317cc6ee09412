import Charts
import Foundation
public import Search
import SearchSpaces

/// What models of a study say of its parameters: which of them matter, for what, and where they should lie.
///
/// ```swift
/// let analysis = StudyAnalysis(study.definition, trials: try study.trials())
/// let page = StudyPage.html(study.definition, trials: try study.trials(), analysis: analysis)
/// ```
///
/// The trials that the pictures compare count: complete ones, or those at the highest fidelity while there is none. Values far on the worse
/// side, infinite ones too, count as the edge of a linear axis: a few that diverged would otherwise be all that a model explains.
/// The cost is bounded: forests are fitted to at most ``trialLimit`` trials, the first three objectives and the parameters that matter
/// most are looked at.
public struct StudyAnalysis: Sendable {
    /// Fewer trials than this tell next to nothing.
    public static let leastTrials = 10
    /// A forest is fitted to so many trials, evenly over the study, and the best one.
    public static let trialLimit = 2000
    private static let mostObjectives = 3
    private static let mostDependences = 6
    private static let pairedParameters = 6

    /// What is known of one objective.
    public struct Part: Sendable {
        /// Which objective, from 0.
        public var objective: Int
        /// By functional analysis of variance, the largest first.
        public var variances: [ParameterImportance]
        /// The pairs among the parameters that matter most, the largest first.
        public var interactions: [ParameterInteraction]
        /// From the default configuration to the best trial.
        public var ablation: [AblationStep]
        /// The number of that trial: the best in this objective.
        public var bestTrial: Int?
        /// Of the parameters that matter most, each by itself.
        public var dependences: [PartialDependence]
    }

    /// What sets the best tenth of the trials apart, or those near the front, the largest first; empty where there are too few trials.
    public let divergences: [ParameterImportance]
    /// By objective; empty where there are too few trials.
    public let parts: [Part]

    /// - Parameters:
    ///   - trials: All trials by number.
    ///   - seed: Of the forests.
    public init(_ definition: StudyDefinition, trials: [Trial], seed: UInt64 = 0) {
        let trials = Self.comparable(definition, trials)
        let directions = definition.directions
        guard trials.count >= Self.leastTrials, definition.space.parameters.contains(where: { $0.domain.count != 1 }) else {
            (divergences, parts) = ([], [])
            return
        }
        // What is asked for exists, so nothing throws.
        divergences = (try? Importance.evaluate(trials, space: definition.space, directions: directions)) ?? []
        parts = directions.indices.prefix(Self.mostObjectives).compactMap { objective in
            guard
                let model = try? ResponseModel(
                    trials, space: definition.space, directions: directions, objective: objective, trialLimit: Self.trialLimit, seed: seed),
                model.trialCount >= Self.leastTrials
            else { return nil }
            let variances = model.variances
            let leading = variances.filter { $0.value > 0 }.map(\.name)
            return Part(
                objective: objective, variances: variances, interactions: model.interactions(among: Array(leading.prefix(Self.pairedParameters))),
                ablation: (try? model.ablation()) ?? [], bestTrial: model.bestTrial,
                dependences: leading.prefix(Self.mostDependences).compactMap { try? model.partialDependence(on: [$0], points: 21) })
        }
    }

    /// How much each parameter matters, the largest first, over the trials that the pictures compare.
    ///
    /// - Parameter objective: Which one, from 0; nil with several objectives: what it takes to come near the front, by divergence only.
    /// - Throws: as ``/Search/Importance/evaluate(_:space:directions:objective:method:seed:)``.
    public static func importance(
        _ definition: StudyDefinition, trials: [Trial], objective: Int? = nil, method: Importance.Method, seed: UInt64 = 0
    ) throws -> [ParameterImportance] {
        try Importance.evaluate(
            comparable(definition, trials), space: definition.space, directions: definition.directions, objective: objective, method: method, seed: seed)
    }

    /// What pairs of parameters explain of an objective beyond each alone, the largest first (fANOVA); empty where there are too few trials.
    ///
    /// - Parameter names: The parameters whose pairs are looked at.
    public static func interactions(
        _ definition: StudyDefinition, trials: [Trial], objective: Int = 0, among names: [String], seed: UInt64 = 0
    ) -> [ParameterInteraction] {
        let model = try? ResponseModel(
            comparable(definition, trials), space: definition.space, directions: definition.directions, objective: objective, trialLimit: trialLimit, seed: seed
        )
        return model.map { $0.trialCount < leastTrials ? [] : $0.interactions(among: names) } ?? []
    }

    /// The trials that may be compared, as complete ones with values that a model can be fitted to.
    public static func comparable(_ definition: StudyDefinition, _ trials: [Trial]) -> [Trial] {
        let entries = StudyHistory.entries(definition, trials).filter(\.isComparable)
        let ranges = definition.directions.indices.map { objective in
            RobustRange.ofScores(entries.map { $0.values[objective] }, higherIsBetter: definition.directions[objective] == .maximize)?.range
        }
        return entries.map { entry in
            var trial = entry.trial
            trial.state = .complete
            trial.values = zip(entry.values, definition.directions.indices).map { value, objective in
                guard let range = ranges[objective] else { return value }
                return definition.directions[objective] == .maximize ? max(value, range.lowerBound) : min(value, range.upperBound)
            }
            return trial
        }
    }

    /// By parameter: how much it matters, for what is shown where there is no room for all.
    var weights: [String: Double] {
        let rankings = parts.map(\.variances).filter { $0.contains { $0.value > 0 } }
        return Dictionary((rankings.isEmpty ? [divergences] : rankings).joined().map { ($0.name, $0.share) }, uniquingKeysWith: +)
    }
}
