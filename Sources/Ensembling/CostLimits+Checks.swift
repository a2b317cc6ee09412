import Learning

extension CostLimits {
    /// Whether an ensemble keeps to every limit.
    public func allow(_ ensemble: Ensemble) -> Bool {
        allow(
            EnsembleCost(
                latencyMs: ensemble.latencyMs, msPerRow: ensemble.msPerRow, memoryBytes: ensemble.memoryBytes, sizeBytes: ensemble.sizeBytes,
                models: ensemble.members.count))
    }

    /// The tighter of two limits, one by one.
    public func tightened(by other: CostLimits) -> CostLimits {
        CostLimits(
            latencyMs: tighter(latencyMs, other.latencyMs), memoryBytes: tighter(memoryBytes, other.memoryBytes),
            models: tighter(models, other.models), msPerRow: tighter(msPerRow, other.msPerRow))
    }

    func allow(_ cost: EnsembleCost) -> Bool {
        if let latencyMs, !(cost.latencyMs <= latencyMs) { return false }
        if let memoryBytes, cost.memoryBytes > memoryBytes { return false }
        if let models, cost.models > models { return false }
        if let msPerRow, !(cost.msPerRow <= msPerRow) { return false }
        return true
    }

    /// The largest share of any limit that a cost takes; 0 where nothing is limited. Model counts are left out: they make no member dearer
    /// than another.
    func share(of cost: EnsembleCost) -> Double {
        var share = 0.0
        if let latencyMs { share = max(share, cost.latencyMs / latencyMs) }
        if let memoryBytes { share = max(share, Double(cost.memoryBytes) / Double(max(memoryBytes, 1))) }
        if let msPerRow { share = max(share, cost.msPerRow / msPerRow) }
        return share
    }

    /// The error for a library none of whose models keeps to the limits: for each limit that no model meets, the model that comes nearest.
    func nothingFits(_ ids: [String], _ costs: [EnsembleCost]) -> EnsembleError {
        var reasons: [String] = []
        func check(_ limit: Double?, _ what: String, _ unit: String, _ measure: (EnsembleCost) -> Double) {
            guard let limit, let nearest = costs.indices.min(by: { measure(costs[$0]) < measure(costs[$1]) }) else { return }
            let least = measure(costs[nearest])
            guard !(least <= limit) else { return }
            let got = least.isFinite ? "needs \(shown(least)) \(unit)" : "was not measured"
            reasons.append("\(what) is limited to \(shown(limit)) \(unit) and the cheapest model, '\(ids[nearest])', \(got)")
        }
        check(latencyMs, "latency", "ms", \.latencyMs)
        check(memoryBytes.map(Double.init), "memory", "bytes") { Double($0.memoryBytes) }
        check(msPerRow, "work", "ms per row", \.msPerRow)
        check(models.map(Double.init), "the number of models", "models") { Double($0.models) }
        if reasons.isEmpty, let cheapest = costs.indices.min(by: { share(of: costs[$0]) < share(of: costs[$1]) }) {
            reasons.append("each limit alone can be met, not all by one model; '\(ids[cheapest])' comes nearest")
        }
        return EnsembleError(.nothingFits, "no model fits the limits: \(reasons.joined(separator: "; ")); raise the limit or train smaller models")
    }
}

private func tighter<Number: Comparable>(_ one: Number?, _ other: Number?) -> Number? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
}

private func shown(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String((value * 1e4).rounded() / 1e4)
}

/// What some models cost together: each counted once, one after another on one thread.
struct EnsembleCost: Sendable, Hashable {
    var latencyMs = 0.0
    var msPerRow = 0.0
    var memoryBytes = 0
    var sizeBytes = 0
    var models = 0

    init() {}

    init(latencyMs: Double, msPerRow: Double, memoryBytes: Int, sizeBytes: Int, models: Int) {
        self.latencyMs = latencyMs
        self.msPerRow = msPerRow
        self.memoryBytes = memoryBytes
        self.sizeBytes = sizeBytes
        self.models = models
    }

    init(_ cost: Cost) {
        self.init(latencyMs: cost.singleRowMs, msPerRow: cost.msPerRow, memoryBytes: cost.memoryBytes, sizeBytes: cost.sizeBytes, models: 1)
    }

    static func + (one: Self, other: Self) -> Self {
        Self(
            latencyMs: one.latencyMs + other.latencyMs, msPerRow: one.msPerRow + other.msPerRow,
            memoryBytes: saturatingSum(one.memoryBytes, other.memoryBytes), sizeBytes: saturatingSum(one.sizeBytes, other.sizeBytes),
            models: one.models + other.models)
    }

    /// An order that decides between equals: work first, then latency, then memory.
    func isCheaper(than other: Self) -> Bool {
        (msPerRow, latencyMs, memoryBytes, models) < (other.msPerRow, other.latencyMs, other.memoryBytes, other.models)
    }
}

/// Costs come from files: a silly number must not trap.
private func saturatingSum(_ one: Int, _ other: Int) -> Int {
    let (sum, overflow) = one.addingReportingOverflow(other)
    return overflow ? .max : sum
}
