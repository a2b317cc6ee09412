public import SearchSpaces

extension Study {
    /// Adds a configuration that was evaluated elsewhere, as a complete trial: samplers learn from it as from their own.
    ///
    /// - Parameters:
    ///   - values: One per objective, raw, in the study's directions.
    ///   - constraints: By name; one above 0 is violated.
    /// - Returns: The trial's number.
    /// - Throws: `SearchSpaceError` when the space does not have the configuration; `SearchError` (`invalidResult`, `storage`).
    @discardableResult
    public func add(_ configuration: Configuration, values: [Double], constraints: [String: Double] = [:]) throws -> Int {
        guard values.count == definition.directions.count, !values.contains(where: \.isNaN) else {
            throw SearchError(.invalidResult, "Got the values \(values), expected \(definition.directions.count) that are numbers.")
        }
        let valid = try space.validate(configuration)
        return try store.transaction(in: name) { transaction in
            var trial = Trial(number: transaction.trials.count, state: .complete, configuration: valid)
            trial.values = values
            trial.constraints = constraints
            trial.start = transaction.now
            trial.completion = transaction.now
            return try transaction.append(trial)
        }
    }

    /// Puts the best configurations of an earlier study at the head of what is tried, best first.
    ///
    /// What this space does not have is left to the sampler: parameters that are new, values outside their domain (numbers are moved to the
    /// nearest bound). Configurations that come out alike are tried once, and forbidden ones not at all.
    ///
    /// - Parameters:
    ///   - earlier: Trials of a study with the same number of objectives.
    ///   - directions: Of that study; this one's when nil.
    ///   - count: How many at most.
    /// - Returns: The numbers of the waiting trials.
    /// - Throws: `SearchError` (`invalidOption`) when the objectives do not fit, (`storage`).
    @discardableResult
    public func warmStart(from earlier: [Trial], directions: [Direction]? = nil, best count: Int = 5) throws -> [Int] {
        let directions = directions ?? definition.directions
        guard directions.count == definition.directions.count else {
            throw SearchError(
                .invalidOption, "The earlier study has \(directions.count) objectives, this one \(definition.directions.count); they must be as many.")
        }
        let results = earlier.compactMap { trial in
            trial.state == .failed ? nil : trial.lastResult.map { (trial: trial, reach: trial.state == .complete ? Int.max : $0.fidelity, values: $0.values) }
        }.filter { $0.values.count == directions.count }
        var chosen: [Configuration] = []
        // What came further is more to be trusted, whatever its value.
        for (_, tier) in Dictionary(grouping: results, by: \.reach).sorted(by: { $0.key > $1.key }) {
            let losses = tier.map { entry in zip(directions, entry.values).map { $0.loss($1) } }
            for index in Front.order(losses, violations: tier.map(\.trial.violation)) {
                let fitting = fitted(tier[index].trial.configuration)
                let isPossible = (try? space.checkFixed(fitting, seed: definition.seed)) != nil
                if !fitting.isEmpty, isPossible, !chosen.contains(fitting) { chosen.append(fitting) }
            }
        }
        return try chosen.prefix(max(count, 0)).map { try enqueue($0) }
    }

    /// The part of a foreign configuration that this space has, numbers moved into their bounds.
    private func fitted(_ configuration: Configuration) -> Configuration {
        var result = Configuration()
        for parameter in space.parameters {
            guard let value = configuration[parameter.name] else { continue }
            if let same = parameter.domain.canonical(value) {
                result[parameter.name] = same
                continue
            }
            guard let number = value.number, number.isFinite else { continue }
            switch parameter.domain {
            case .float(let low, let high, _, nil): result[parameter.name] = .float(min(max(number, low), high))
            case .integer(let low, let high, _, 1):
                // Compared as they are: a number beyond all whole numbers must not be rounded to one.
                result[parameter.name] = .integer(number <= Double(low) ? low : number >= Double(high) ? high : Int(number.rounded()))
            default: continue
            }
        }
        return result
    }
}
