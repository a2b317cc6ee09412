import Foundation
import SearchSpaces

/// Iterated racing: configurations are run on one instance more at a time, and those that a test finds worse go no further.
///
/// The fidelity of a trial is the number of instances (folds, data sets, repetitions) it has been run on. A worker reports the loss on instance
/// j, counted from 0, at step j, and tells the mean over all of them. Instances without a report count with what was told of them, which
/// makes tests too sure of themselves. Race follows race as long as trials may start; the winners of earlier ones take part as elites.
///
/// Source: López-Ibáñez et al. 2016, The irace Package; see `Race`. Ours differs: the sampler of the study proposes, winners are run on all
/// instances, and a race that waits for results lets the next begin.
public struct Racing: TrialScheduler {
    public static let card = SchedulerCard(
        id: "racing", name: "Racing", summary: "Runs configurations on more and more instances and drops those that a test finds worse.",
        abilities: [.multiFidelity],
        source: "López-Ibáñez et al. 2016, The irace Package: Iterated Racing for Automatic Algorithm Configuration",
        options: [
            AlgorithmOption(
                "maximum_fidelity", "number of instances (folds, data sets, repetitions): a trial is complete when it has been run on all; at least 1",
                standard: 10),
            AlgorithmOption("configurations", "new configurations of a race; at least 2", standard: 20),
            AlgorithmOption("first_test", "instances before the first test; at least 1", standard: 5),
            AlgorithmOption("each_test", "instances from one test to the next; at least 1", standard: 1),
            AlgorithmOption(
                "survivors", "configurations left when a race ends, at least 1; by default ⌊2 + log₂ d⌋ for d parameters, at most half of configurations"),
            AlgorithmOption(
                "test", "friedman (ranks), t (paired t-tests against the best), t-bonferroni, t-holm (the same, corrected for the number of tests)",
                standard: Race.Test.friedman.rawValue),
            AlgorithmOption("confidence", "how sure a test must be for a configuration to be dropped; 0 to 1", standard: 0.95),
        ]
    ) { options in
        try Racing(
            instances: options.integer("maximum_fidelity", default: 10), configurations: options.integer("configurations", default: 20),
            firstTest: options.integer("first_test", default: 5), interval: options.integer("each_test", default: 1),
            survivors: options["survivors"] == nil ? nil : options.integer("survivors"),
            test: options.choice("test", default: Race.Test.friedman), confidence: options.float("confidence", default: 0.95))
    }

    public let instances: Int
    /// How many new configurations a race has.
    public let configurations: Int
    /// How many win a race; ⌊2 + log₂ parameters⌋ when nil, as in irace.
    public let survivors: Int?
    /// The race of a space with one survivor.
    private let race: Race

    public var maximumFidelity: Int? { instances }

    /// - Throws: `SearchError` (`invalidOption`) when a number is impossible.
    public init(
        instances: Int, configurations: Int = 20, firstTest: Int = 5, interval: Int = 1, survivors: Int? = nil, test: Race.Test = .friedman,
        confidence: Double = 0.95
    ) throws {
        self.instances = instances
        self.configurations = try .checked(configurations, atLeast: 2, "configurations")
        self.survivors = survivors
        race = try Race(
            instances: instances, firstTest: firstTest, interval: interval, survivors: survivors ?? 1, completesSurvivors: true, test: test,
            confidence: confidence)
    }

    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        var races: [[Int]] = []
        for trial in context.trials where trial.progress.attempts > 0 && (0...context.trials.count).contains(trial.progress.bracket) {
            while races.count <= trial.progress.bracket { races.append([]) }
            races[trial.progress.bracket].append(trial.number)
        }
        for (index, members) in races.enumerated() where !members.isEmpty {
            if let decision = decide(index, members, context) { return decision }
        }
        return context.mayStart ? .start(fidelity: race.firstTest, bracket: races.count) : context.idle
    }

    /// What a race has to do; nil when it waits or is over.
    private func decide(_ index: Int, _ members: [Int], _ context: SchedulingContext) -> SchedulingDecision? {
        let hasBegun = members.contains { (context.trials[$0].progress.results.last?.fidelity ?? 0) > race.firstTest }
        if members.count < configurations, context.mayStart, !hasBegun {
            return .start(fidelity: race.firstTest, bracket: index)
        }
        let elites = elites(before: index, context)
        let rows = (members + elites).map { losses(of: context.trials[$0], context.reported) }
        let standing = race(for: context.space).standing(rows, elites: Set(rows.indices.dropFirst(members.count)))
        for run in standing.pending where run.configuration < members.count {
            let trial = context.trials[members[run.configuration]]
            guard let reached = trial.progress.results.last?.fidelity, context.canGoOn(trial, from: reached) else { continue }
            return .promote(trial: trial.number, fidelity: max(standing.level, reached + 1))
        }
        return nil
    }

    private func race(for space: SearchSpace) -> Race {
        guard survivors == nil else { return race }
        let parameters = max(space.parameters.count { $0.domain.count != 1 }, 1)
        let winners = min(Int(2 + log2(Double(parameters))), max(configurations / 2, 1))
        let own = try? Race(
            instances: instances, firstTest: race.firstTest, interval: race.interval, survivors: winners, completesSurvivors: true,
            test: race.test, confidence: race.confidence)
        return own ?? race
    }

    /// The best complete trials of earlier races.
    private func elites(before index: Int, _ context: SchedulingContext) -> [Int] {
        let winners = context.trials.filter { $0.state == .complete && $0.progress.bracket < index && !$0.values.isEmpty }
        let order = Front.order(winners.map { [context.reported.loss($0.values[0])] })
        return order.prefix(race(for: context.space).survivors).map { winners[$0].number }
    }

    /// `[instances]`, NaN where not run, infinite where the trial can go no further.
    private func losses(of trial: Trial, _ direction: Direction) -> [Double] {
        let reached = trial.progress.results.last?.fidelity ?? 0
        let isLost = trial.state == .failed || trial.progress.promotionFailed
        return (0..<instances).map { instance in
            // Beyond what it has been told, a report may be of a job that was lost.
            guard instance < reached else { return isLost ? .infinity : .nan }
            let told = trial.progress.results.first { $0.fidelity > instance }?.values.first ?? .nan
            let loss = trial.loss(direction, at: instance) ?? direction.loss(told)
            return loss.isNaN ? .infinity : loss
        }
    }
}
