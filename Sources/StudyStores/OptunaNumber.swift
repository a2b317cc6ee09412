import Search

/// Objective values as Optuna stores them: a number, or a word for what SQL cannot hold.
enum OptunaNumber {
    static func columns(_ value: Double) -> (value: Double?, type: String) {
        if value.isNaN { return (nil, "NAN") }
        if value.isInfinite { return (nil, value > 0 ? "INF_POS" : "INF_NEG") }
        return (value, "FINITE")
    }

    static func value(_ number: Double?, _ type: String) -> Double {
        switch type {
        case "INF_POS": .infinity
        case "INF_NEG": -.infinity
        case "NAN": .nan
        default: number ?? .nan
        }
    }
}

extension TrialState {
    /// The word in Optuna's tables.
    var optunaName: String {
        switch self {
        case .running: "RUNNING"
        case .complete: "COMPLETE"
        case .pruned: "PRUNED"
        case .failed: "FAIL"
        case .waiting: "WAITING"
        }
    }

    init?(optunaName: String) {
        guard let state = Self.allCases.first(where: { $0.optunaName == optunaName }) else { return nil }
        self = state
    }
}
