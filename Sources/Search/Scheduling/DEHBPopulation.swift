import SearchSpaces

/// The population of one fidelity, read from the trials.
///
/// A trial without a target begins a line; its challengers join the line. The best of each line is a member. As a challenger replaces its target
/// only if it is not worse, the order in which results came in makes no difference.
struct DEHBPopulation {
    struct Member {
        var trial: Int
        var configuration: Configuration
        var losses: [Double]
        /// The number of the trial that began its line.
        var line: Int
    }

    /// Best first, at most the population's size.
    let members: [Member]
    /// The same by line: the order in which they are challenged.
    let inTurn: [Member]
    /// How many challengers there have been, those under way included.
    let challenges: Int
    /// All that has been tried at the fidelity.
    let configurations: [Configuration]

    /// The note of a challenger: the line it joins.
    static let targetNote = "target"

    init(_ context: SchedulingContext, fidelity: Int, size: Int) {
        var lines: [Int: Member] = [:]
        var challenges = 0
        var configurations: [Configuration] = []
        for trial in context.trials {
            let progress = trial.progress
            let values = progress.values(at: fidelity)
            guard values != nil || progress.fidelity == fidelity else { continue }
            configurations.append(trial.configuration)
            var line = trial.number
            // Only a trial that began at this fidelity may have a target here.
            if (progress.results.first?.fidelity ?? fidelity) == fidelity, !trial.systemAttributes.isEmpty,
                let target = trial.notes[Self.targetNote]?.wholeNumber
            {
                line = target
                challenges += 1
            }
            guard let values, values.allSatisfy(\.isFinite) else { continue }
            let member = Member(
                trial: trial.number, configuration: trial.configuration, losses: context.losses(values), line: line)
            if let holder = lines[line], Front.order([member.losses, holder.losses]).first != 0 { continue }
            lines[line] = member
        }
        let all = lines.values.sorted { $0.line < $1.line }
        members = Front.order(all.map(\.losses)).prefix(size).map { all[$0] }
        inTurn = members.sorted { $0.line < $1.line }
        self.challenges = challenges
        self.configurations = configurations
    }

    /// The point of the unit cube that stands for a configuration: defaults where a parameter is inactive, a random place in the cell of a
    /// choice, since the centres of cells alone would favour some levels in differences.
    static func genes(_ configuration: Configuration, _ space: SearchSpace, _ generator: inout TrialGenerator) -> [Double] {
        space.parameters.map { parameter in
            let value = configuration[parameter.name] ?? parameter.startValue
            let unit = parameter.domain.unit(of: value) ?? 0.5
            guard let count = parameter.domain.choices?.count else { return unit }
            return min(max(unit + (generator.uniform() - 0.5) / Double(count), 0), 1)
        }
    }
}
