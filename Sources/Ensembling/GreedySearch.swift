import Learning

/// The runs of greedy selection over one library.
struct GreedySearch: Sendable {
    /// A composition met on the way.
    struct Step: Sendable {
        var composition: Composition
        /// On the guiding metric.
        var guideScore: Double
        /// On the metric.
        var score: Double
    }

    private enum Rule { case gain, gainPerCost }

    private let problem: SelectionProblem
    private let settings: GreedySelection
    private let guide: PackedModels
    /// Nil where the guide is the metric.
    private let judge: PackedModels?
    /// Nil where the guide is smooth itself.
    private let tieBreaker: PackedModels?
    /// Scores of the models alone on the guide.
    private let singles: [Double]

    init(_ problem: SelectionProblem, settings: GreedySelection) {
        let guiding = settings.guidingMetric(for: problem.metric)
        let softness = settings.softness(for: problem.metric)
        let isMetric = guiding == problem.metric && softness == 0
        self.problem = problem
        self.settings = settings
        guide = PackedModels(problem, metric: guiding, softness: softness)
        judge = isMetric ? nil : PackedModels(problem, metric: problem.metric)
        tieBreaker = isMetric && guiding != problem.metric.tieBreaker ? PackedModels(problem, metric: problem.metric.tieBreaker) : nil
        singles = guide.scores(adding: Array(0..<problem.count), times: 1, to: guide.emptySum, total: 0)
    }

    /// All compositions met, each once.
    func run(fitting: [Int], limits: CostLimits, startingFrom previous: Composition?) -> [Step] {
        var steps = [step(Composition(single: problem.bestSingle(of: fitting)))]
        let fitting = mostPromising(of: fitting)
        steps += grow(Composition(), by: .gain, fitting, limits)
        if isLimited(fitting, limits) { steps += grow(Composition(), by: .gainPerCost, fitting, limits) }
        if let previous {
            steps.append(step(previous))
            steps += grow(previous, by: .gain, fitting, limits)
        }
        if let best = steps.max(by: { $0.guideScore < $1.guideScore }) { steps += repair(best, fitting, limits) }
        var seen: Set<Composition> = []
        return steps.filter { seen.insert($0.composition).inserted }
    }

    /// The composition to use: of those that are as good as the best one on the guide, up to rounding, the cheapest; the best single model
    /// where that one clearly validates better on the metric.
    func best(of steps: [Step], fitting: [Int]) -> Composition {
        let single = problem.bestSingle(of: fitting)
        let highest = steps.map(\.guideScore).max() ?? -.infinity
        let equals = steps.filter { $0.guideScore >= highest - guide.tolerance }.map(\.composition)
        let chosen = equals.dropFirst().reduce(equals.first ?? Composition(single: single)) {
            problem.cost(of: $1).isCheaper(than: problem.cost(of: $0)) ? $1 : $0
        }
        return problem.isClearlyBetter(Composition(single: single), than: chosen) ? Composition(single: single) : chosen
    }

    private func mostPromising(of fitting: [Int]) -> [Int] {
        guard fitting.count > settings.modelLimit else { return fitting }
        return fitting.sorted { (-singles[$0], $0) < (-singles[$1], $1) }.prefix(settings.modelLimit).sorted()
    }

    // MARK: Growing

    private func grow(_ start: Composition, by rule: Rule, _ fitting: [Int], _ limits: CostLimits) -> [Step] {
        var composition = start
        var sum = guide.sum(of: start)
        var judged = judge?.sum(of: start) ?? []
        var tied = tieBreaker?.sum(of: start) ?? []
        var total = start.total
        var present = total == 0 ? worstScore(fitting) : guide.score(sum: sum, total: total)
        var best = total == 0 ? -.infinity : present
        var steps: [Step] = []
        var idle = 0
        for _ in 0..<settings.rounds where !settings.isLate {
            let allowed = allowed(composition, fitting, limits)
            let scores = total == 0 ? allowed.map { singles[$0] } : guide.scores(adding: allowed, times: 1, to: sum, total: total)
            guard let pick = pick(allowed, scores, by: rule, present: present, composition, tied, total, limits) else { break }
            composition = composition.adding(pick.model)
            guide.add(pick.model, times: 1, to: &sum)
            judge?.add(pick.model, times: 1, to: &judged)
            tieBreaker?.add(pick.model, times: 1, to: &tied)
            total += 1
            present = pick.score
            steps.append(Step(composition: composition, guideScore: present, score: judge?.score(sum: judged, total: total) ?? present))
            idle = present > best + guide.tolerance ? 0 : idle + 1
            best = max(best, present)
            if idle >= settings.patience { break }
        }
        return steps
    }

    /// Members, which cost nothing more, and models that keep the ensemble within the limits.
    private func allowed(_ composition: Composition, _ fitting: [Int], _ limits: CostLimits) -> [Int] {
        fitting.filter { composition.contains($0) || limits.allow(problem.cost(of: composition.adding($0))) }
    }

    private func pick(
        _ allowed: [Int], _ scores: [Double], by rule: Rule, present: Double, _ composition: Composition, _ tied: [Float], _ total: Int,
        _ limits: CostLimits
    ) -> (model: Int, score: Double)? {
        var values = scores
        var tolerance = guide.tolerance
        if rule == .gainPerCost, scores.contains(where: { $0 > present + tolerance }) {
            // A floor under the extra cost: without it a member's smallest gain, which costs nothing, would win over everything.
            let share = limits.share(of: problem.cost(of: composition))
            for (index, model) in allowed.enumerated() {
                let extra = composition.contains(model) ? 0 : limits.share(of: problem.cost(of: composition.adding(model))) - share
                values[index] = (scores[index] - present) / max(extra, 0.02)
            }
            tolerance /= 0.02
        }
        guard let highest = values.max() else { return nil }
        var best = allowed.indices.filter { values[$0] >= highest - tolerance }
        if best.count > 1 {
            let members = best.filter { composition.contains(allowed[$0]) }
            if !members.isEmpty { best = members }
        }
        if best.count > 1, let tieBreaker {
            let smooth = tieBreaker.scores(adding: best.map { allowed[$0] }, times: 1, to: tied, total: total)
            let smoothest = smooth.max() ?? 0
            best = zip(best, smooth).filter { $0.1 >= smoothest - tieBreaker.tolerance }.map(\.0)
        }
        guard var chosen = best.first else { return nil }
        for index in best.dropFirst() where problem.costs[allowed[index]].isCheaper(than: problem.costs[allowed[chosen]]) { chosen = index }
        return (allowed[chosen], scores[chosen])
    }

    // MARK: Repair

    /// Drops members and swaps them with outsiders while the score rises, or stays and the cost falls. Swaps are for tight limits only.
    private func repair(_ start: Step, _ fitting: [Int], _ limits: CostLimits) -> [Step] {
        var present = start
        var steps: [Step] = []
        let swaps = isLimited(fitting, limits)
        for _ in 0..<3 {
            let before = present.composition
            for entry in before.entries where present.composition.entries.count > 1 && !settings.isLate {
                let rest = present.composition.removing(entry.model)
                guard rest != present.composition else { continue }
                let sum = guide.sum(of: rest)
                let dropped = guide.score(sum: sum, total: rest.total)
                if dropped >= present.guideScore {
                    present = step(rest)
                    steps.append(present)
                    continue
                }
                guard swaps else { continue }
                let outsiders = fitting.filter { !present.composition.contains($0) && limits.allow(problem.cost(of: rest.adding($0))) }
                let scores = guide.scores(adding: outsiders, times: entry.count, to: sum, total: rest.total)
                if let index = scores.indices.max(by: { scores[$0] < scores[$1] }), scores[index] > present.guideScore + guide.tolerance {
                    present = step(rest.adding(outsiders[index], count: entry.count))
                    steps.append(present)
                }
            }
            if present.composition == before { break }
        }
        return steps
    }

    // MARK: Parts

    private func step(_ composition: Composition) -> Step {
        let score = guide.score(composition)
        return Step(composition: composition, guideScore: score, score: judge?.score(composition) ?? score)
    }

    /// Whether the limits keep anything out: all models together do not fit.
    private func isLimited(_ fitting: [Int], _ limits: CostLimits) -> Bool {
        !limits.allow(fitting.reduce(EnsembleCost()) { $0 + problem.costs[$1] })
    }

    /// What the first pick's gain is counted from: the worst usable model. Any fixed start would do that all models beat.
    private func worstScore(_ fitting: [Int]) -> Double { (fitting.map { singles[$0] }.min() ?? 0) - guide.tolerance }
}
