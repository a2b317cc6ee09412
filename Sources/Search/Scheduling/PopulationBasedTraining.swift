import Foundation
import SearchSpaces

/// Population-based training: members train side by side, and the worst go on from the checkpoints of the best with changed values.
///
/// A member at the end of an interval is ranked among all that have come as far. One of the worst ends there, and a new trial takes its place: its
/// parent is one of the best, whose configuration is perturbed and whose checkpoint of that fidelity it goes on from (`Job.parent`, and the note
/// `from`). A worker that keeps checkpoints keeps one per fidelity for this. When a population is done, the next begins.
///
/// Source: Jaderberg et al. 2017, Population Based Training of Neural Networks; constants of Ray Tune. Ours differs: members are compared at equal
/// fidelity, and the one that is furthest behind goes first; a categorical value is drawn anew or kept, since it has no neighbours.
public struct PopulationBasedTraining: TrialScheduler {
    public static let card = SchedulerCard(
        id: "pbt", name: "Population-based training",
        summary: "Members train side by side; the worst go on from the checkpoints of the best with changed values.",
        abilities: [.multiFidelity, .asynchronous, .multiObjective],
        source: "Jaderberg et al. 2017, Population Based Training of Neural Networks; Ray Tune",
        options: [
            AlgorithmOption(
                "maximum_fidelity", "fidelity at which a trial is complete, in the objective's unit (epochs, steps); at least 1", standard: 10),
            AlgorithmOption("interval", "how far members train before they are compared, in the same unit; at least 1", standard: 1),
            AlgorithmOption("population", "members; at least 1", standard: 20),
            AlgorithmOption("quantile", "share of the worst, which give up, and of the best, which are copied; 0 to 0.5", standard: 0.25),
            AlgorithmOption("resample_probability", "how probably a value is drawn anew instead of changed a little; 0 to 1", standard: 0.25),
            AlgorithmOption(
                "synchronous", "true compares once all members have come as far; false (asynchronous) at once, with those that have",
                standard: false),
        ]
    ) { options in
        try PopulationBasedTraining(
            maximumFidelity: options.integer("maximum_fidelity", default: 10), interval: options.integer("interval", default: 1),
            population: options.integer("population", default: 20), quantile: options.float("quantile", default: 0.25),
            resampleProbability: options.float("resample_probability", default: 0.25),
            isSynchronous: options.boolean("synchronous", default: false))
    }

    public let maximumFidelity: Int?
    /// How far members train before they are compared.
    public let interval: Int
    /// How many members there are.
    public let population: Int
    /// The share of the worst, which give up, and of the best, which are copied.
    public let quantile: Double
    /// How probably a value is drawn anew instead of changed a little.
    public let resampleProbability: Double
    /// Whether a comparison waits until all members have come as far.
    public let isSynchronous: Bool

    /// - Throws: `SearchError` (`invalidOption`) when a number is impossible.
    public init(
        maximumFidelity: Int, interval: Int = 1, population: Int = 20, quantile: Double = 0.25, resampleProbability: Double = 0.25,
        isSynchronous: Bool = false
    ) throws {
        self.maximumFidelity = try .checked(maximumFidelity, atLeast: 1, "maximum_fidelity")
        self.interval = try .checked(interval, atLeast: 1, "interval")
        self.population = try .checked(population, atLeast: 1, "population")
        self.quantile = try .checked(quantile, in: 0...0.5, "quantile")
        self.resampleProbability = try .checked(resampleProbability, in: 0...1, "resample_probability")
        self.isSynchronous = isSynchronous
    }

    private var top: Int { maximumFidelity ?? .max }

    public func decide(_ context: SchedulingContext) -> SchedulingDecision {
        // Slots count on through all populations; the trials of a slot follow one another.
        var slots: [[Int]] = []
        for trial in context.trials where trial.progress.attempts > 0 {
            let slot = trial.progress.bracket
            guard slot >= 0, slot / population <= context.trials.count else { continue }
            while slots.count <= slot { slots.append([]) }
            slots[slot].append(trial.number)
        }
        let populations = (slots.count + population - 1) / population
        for first in (0..<populations).map({ $0 * population }) {
            let members = (first..<first + population).map { $0 < slots.count ? slots[$0] : [] }
            if let decision = decide(members, first, context) { return decision }
        }
        guard context.mayStart else { return context.idle }
        return .start(fidelity: min(interval, top), bracket: populations * population)
    }

    /// What a population has to do; nil when it waits or is done.
    ///
    /// - Parameter members: The trials of each slot, the present one last.
    private func decide(_ members: [[Int]], _ first: Int, _ context: SchedulingContext) -> SchedulingDecision? {
        var ready: [(fidelity: Int, slot: Int)] = []
        var behind = Int.max
        for (slot, trials) in members.enumerated() {
            guard let trial = trials.last.map({ context.trials[$0] }) else {
                if context.mayStart { ready.append((0, slot)) }
                continue
            }
            let reached = trial.progress.results.last?.fidelity ?? 0
            switch trial.state {
            case .running: behind = min(behind, trial.progress.fidelity ?? 0)
            case .pruned where reached < top && (!trial.progress.promotionFailed || context.mayStart), .failed where context.mayStart:
                ready.append((reached, slot))
            default: continue
            }
        }
        guard let next = ready.min(by: <) else { return nil }
        if isSynchronous, next.fidelity > 0, behind <= next.fidelity { return nil }
        return advance(members, next.slot, from: next.fidelity, bracket: first + next.slot, context)
    }

    private func advance(
        _ members: [[Int]], _ slot: Int, from fidelity: Int, bracket: Int, _ context: SchedulingContext
    ) -> SchedulingDecision? {
        let target = min(fidelity.addingReportingOverflow(interval).overflow ? top : fidelity + interval, top)
        guard fidelity > 0, let own = members[slot].last else { return .start(fidelity: target, bracket: bracket) }
        let canGoOn = context.canGoOn(context.trials[own], from: fidelity)
        // Of each slot the latest trial that has come so far.
        let peers = members.compactMap { trials in trials.last { context.trials[$0].progress.values(at: fidelity) != nil } }
        let losses = peers.map { context.losses(context.trials[$0].progress.values(at: fidelity) ?? []) }
        let order = Front.order(losses).map { peers[$0] }
        let count = Int(quantile * Double(order.count))
        let isAmongWorst = count > 0 && order.suffix(count).contains(own)
        if context.mayStart, isAmongWorst || !canGoOn {
            var generator = TrialGenerator(seed: context.seed, trial: context.trials.count)
            let best = order.prefix(max(count, 1)).filter { $0 != own || canGoOn }
            if !best.isEmpty {
                let parent = best[Int(generator.uniform() * Double(best.count))]
                let child = explored(context.trials[parent].configuration, context.space, &generator)
                let notes: Configuration = [Self.fromNote: .integer(fidelity), Self.replacesNote: .integer(own)]
                return .breed(Proposal(child, notes: notes), parent: parent, fidelity: target, bracket: bracket)
            }
        }
        return canGoOn ? .promote(trial: own, fidelity: target) : nil
    }

    /// The trials of a trial's population, by number.
    package func population(of trial: Int, in trials: [Trial]) -> [Int] {
        let own = trials[trial].progress.bracket / population
        return trials.filter { $0.progress.attempts > 0 && $0.progress.bracket / population == own }.map(\.number)
    }

    /// The lowest fidelity at which a trial of a population may still be bred from another, so that checkpoints below it can go; nil when the
    /// population is done.
    package func lowestParentFidelity(of members: [Int], in trials: [Trial]) -> Int? {
        // The latest of each slot: the others have given up their places.
        let latest = Dictionary(members.map { (trials[$0].progress.bracket, trials[$0]) }, uniquingKeysWith: { $0.number > $1.number ? $0 : $1 })
        guard latest.count == population else { return 0 }
        let going = latest.values.filter { $0.state != .complete }
        return going.map { $0.progress.results.last?.fidelity ?? Self.checkpoint(ofParentOf: $0) ?? 0 }.min()
    }

    /// The note of a child: the fidelity of its parent's checkpoint.
    public static let fromNote = "from"

    /// The fidelity of the checkpoint that a trial began from; nil where it began afresh.
    package static func checkpoint(ofParentOf trial: Trial) -> Int? {
        trial.progress.parent == nil ? nil : trial.notes[fromNote]?.wholeNumber
    }

    /// The note of a child: the trial whose place it took.
    public static let replacesNote = "replaces"
}

extension PopulationBasedTraining {
    /// Every value drawn anew, or changed: numbers by a fifth up or down, ordinals to a neighbour, categories not at all.
    private func explored(_ parent: Configuration, _ space: SearchSpace, _ generator: inout TrialGenerator) -> Configuration {
        let child = try? space.notForbidden {
            var values = Configuration()
            for (name, value) in parent {
                guard let domain = space[name]?.domain else { continue }
                let isNew = generator.uniform() < resampleProbability
                let isUp = generator.uniform() < 0.5
                values[name] = isNew ? domain.value(atUnit: generator.uniform()) : Self.changed(value, domain, isUp)
            }
            return space.resolve { values[$0.name] }
        }
        return child ?? parent
    }

    private static func changed(_ value: ParameterValue, _ domain: Domain, _ isUp: Bool) -> ParameterValue {
        switch domain {
        case .float(let low, let high, let isLog, _):
            guard let number = value.number, let bounds = domain.scaledBounds, bounds.high > bounds.low else { return value }
            let changed = min(max(number * (isUp ? 1.2 : 0.8), low), high)
            return domain.value(atUnit: ((isLog ? log(changed) : changed) - bounds.low) / (bounds.high - bounds.low))
        case .integer(let low, let high, _, let step):
            guard let number = value.wholeNumber else { return value }
            let changed = Int((Double(number) * (isUp ? 1.2 : 0.8)).rounded(.towardZero))
            return .integer(low + (min(max(changed, low), high) - low) / step * step)
        case .ordinal(let values):
            guard let index = values.firstIndex(of: value) else { return value }
            return values[min(max(index + (isUp ? 1 : -1), 0), values.count - 1)]
        case .categorical, .constant: return value
        }
    }
}
