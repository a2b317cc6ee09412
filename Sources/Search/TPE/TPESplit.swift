/// The trials of a history, split into a few good ones and the rest.
struct TPESplit {
    /// The trials with a result, best first; nil where final values of one objective say it all.
    private let ranked: [Int]?
    /// Running and failed trials without a result: never good, but among the bad.
    private let unranked: [Int]
    private let losses: [Double]
    private let objectives: Int
    /// How many trials have a result.
    let resultCount: Int

    init(_ context: SamplingContext, _ memory: TPEMemory.State, enough: Int) {
        objectives = context.directions.count
        guard memory.intricate == 0, objectives == 1 else {
            let history = TPEHistory(context, enough: enough)
            ranked = history.ranked
            unranked = history.unranked
            losses = []
            resultCount = history.ranked.count
            return
        }
        ranked = nil
        var unranked: [Int] = []
        var losses = memory.finalValues
        var count = 0
        let isMaximised = context.directions[0] == .maximize
        for number in losses.indices {
            if losses[number].isNaN {
                let state = memory.trials[number].state
                if number != context.number, state == .running || state == .failed { unranked.append(number) }
            } else if number == context.number {
                losses[number] = .nan
            } else {
                if isMaximised { losses[number] = -losses[number] }
                count += 1
            }
        }
        self.unranked = unranked
        self.losses = losses
        resultCount = count
    }

    /// The best of the trials for which `isIncluded`, and all others of them, each by number.
    func split(where isIncluded: (Int) -> Bool) -> (good: [Int], bad: [Int]) {
        let rest = unranked.filter(isIncluded)
        guard let ranked else { return splitByFinalValue(rest, where: isIncluded) }
        let included = ranked.filter(isIncluded)
        let goodCount = TPE.goodCount(included.count, objectives: objectives)
        return (included.prefix(goodCount).sorted(), (included.dropFirst(goodCount) + rest).sorted())
    }

    /// Positions from best to worst: by front, and within those that reach into the first `count` by the volume that each adds to the ones
    /// before it (Ozaki et al. 2022, Multiobjective Tree-Structured Parzen Estimator). For four objectives and more, where volumes are dear, and
    /// beyond so many places of three the less crowded come first.
    static func order(_ losses: [[Double]], upTo count: Int) -> [Int] {
        guard let objectives = losses.first?.count, objectives <= 3 else { return Front.order(losses) }
        var order: [Int] = []
        for front in Front.fronts(losses) {
            let members = front.map { losses[$0] }
            let room = min(count - order.count, front.count, objectives == 3 ? mostVolumes : .max)
            guard room > 0 else {
                order += Front.order(members).map { front[$0] }
                continue
            }
            let chosen = Hypervolume.subset(room, of: members, reference: Hypervolume.referencePoint(of: members))
            let isChosen = Set(chosen)
            order += (chosen + Front.order(members).filter { !isChosen.contains($0) }).map { front[$0] }
        }
        return order
    }

    /// Places of three objectives that are given by volume: their cost grows with the square.
    private static let mostVolumes = 100

    /// Without sorting everything: the good ones are few.
    private func splitByFinalValue(_ rest: [Int], where isIncluded: (Int) -> Bool) -> (good: [Int], bad: [Int]) {
        var included: [Int] = []
        included.reserveCapacity(losses.count)
        for number in losses.indices where !losses[number].isNaN && isIncluded(number) { included.append(number) }
        let goodCount = TPE.goodCount(included.count, objectives: objectives)
        var best: [(loss: Double, number: Int)] = []
        for number in included {
            let entry = (loss: losses[number], number: number)
            if best.count == goodCount {
                guard let last = best.last, entry.loss < last.loss else { continue }
                best.removeLast()
            }
            var place = best.count
            while place > 0, (entry.loss, entry.number) < (best[place - 1].loss, best[place - 1].number) { place -= 1 }
            best.insert(entry, at: place)
        }
        let good = best.map(\.number).sorted()
        var bad: [Int] = []
        bad.reserveCapacity(included.count + rest.count)
        // Both are by number already.
        var (next, other) = (0, 0)
        for number in included {
            if next < good.count, good[next] == number {
                next += 1
                continue
            }
            while other < rest.count, rest[other] < number {
                bad.append(rest[other])
                other += 1
            }
            bad.append(number)
        }
        return (good, bad + rest[other...])
    }
}
