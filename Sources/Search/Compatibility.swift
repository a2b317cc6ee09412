/// Which sampler goes with which scheduler, from their cards.
public enum Compatibility {
    /// Yes or no, and why.
    public struct Verdict: Sendable, Hashable {
        public var isCompatible: Bool
        /// A sentence; what to mind where the answer is yes.
        public var reason: String
    }

    /// Whether a study may combine the two.
    ///
    /// - Parameter objectives: How many objectives the study has.
    public static func check(_ sampler: SamplerCard, with scheduler: SchedulerCard, objectives: Int = 1) -> Verdict {
        if objectives > 1 {
            if scheduler.abilities.contains(.earlyStopping), !scheduler.abilities.contains(.multiObjective) {
                return Verdict(isCompatible: false, reason: "\(scheduler.id) stops by the first objective alone.")
            }
            if !scheduler.abilities.contains(.multiObjective) {
                return Verdict(isCompatible: false, reason: "\(scheduler.id) ranks by one objective.")
            }
            if !sampler.abilities.contains(.multiObjective), !scheduler.abilities.contains(.bringsSampler) {
                return Verdict(isCompatible: false, reason: "\(sampler.id) learns from one objective.")
            }
        }
        if scheduler.abilities.contains(.bringsSampler) {
            return Verdict(isCompatible: false, reason: "\(scheduler.id) chooses its configurations itself and never asks \(sampler.id).")
        }
        if scheduler.abilities.contains(.multiFidelity), !sampler.abilities.contains(.multiFidelity) {
            return Verdict(isCompatible: false, reason: "\(sampler.id) would take results of all fidelities for equal.")
        }
        if scheduler.abilities.contains(.earlyStopping), !sampler.abilities.contains(.multiFidelity) {
            return Verdict(isCompatible: true, reason: "\(sampler.id) learns from the trials that were not stopped.")
        }
        return Verdict(isCompatible: true, reason: "\(sampler.id) proposes, \(scheduler.id) decides how far to train.")
    }

    /// - Throws: `SearchError` (`invalidOption`) when a study would not work as its parts promise. A scheduler that brings its own sampler goes
    ///   with any: it never asks it.
    static func require(_ sampler: SamplerCard, with scheduler: SchedulerCard, objectives: Int) throws {
        let verdict = check(sampler, with: scheduler, objectives: objectives)
        let isBrought = scheduler.abilities.contains(.bringsSampler) && (objectives == 1 || scheduler.abilities.contains(.multiObjective))
        guard !verdict.isCompatible, !isBrought else { return }
        throw SearchError(
            .invalidOption,
            "The sampler \(sampler.id) and the scheduler \(scheduler.id) do not go together with \(objectives) objective\(objectives == 1 ? "" : "s"): "
                + "\(verdict.reason) Choose another of one of them; Documentation/Search.md has the table of all pairs.")
    }

    /// All pairs as a Markdown table: samplers down, schedulers across.
    ///
    /// - Parameter objectives: How many objectives the study has.
    public static func table(
        _ samplers: [SamplerCard] = Samplers.all, _ schedulers: [SchedulerCard] = Schedulers.all, objectives: Int = 1
    ) -> String {
        var lines = ["| sampler | " + schedulers.map { "`\($0.id)`" }.joined(separator: " | ") + " |"]
        lines.append("|---|" + schedulers.map { _ in "---|" }.joined())
        for sampler in samplers {
            let cells = schedulers.map { check(sampler, with: $0, objectives: objectives).isCompatible ? "yes" : "no" }
            lines.append("| `\(sampler.id)` | " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }
}
