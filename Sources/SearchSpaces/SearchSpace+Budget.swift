extension SearchSpace {
    /// Trials for each parameter that varies.
    private static let trialsPerParameter = 50

    /// How many trials a search should have where nothing else limits it: fifty for each parameter that varies.
    ///
    /// Source: Bischl et al. 2023, Hyperparameter Optimization: Foundations, Algorithms, Best Practices and Open Challenges, whose baseline,
    /// random search, gets 50 to 100 evaluations per parameter. A space that has fewer configurations needs no more than all of them.
    public var advisedTrialCount: Int {
        let varying = parameters.filter { $0.domain.count != 1 }
        let wanted = Self.trialsPerParameter * max(varying.count, 1)
        let counts = varying.map(\.domain.count)
        guard counts.allSatisfy({ $0 != nil }) else { return wanted }
        var combinations = 1
        for case let count? in counts {
            combinations = combinations.multipliedReportingOverflow(by: count).overflow ? Int.max : combinations * count
            if combinations >= wanted { return wanted }
        }
        return combinations
    }
}
