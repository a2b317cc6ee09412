/// Which of several asynchronous brackets a new trial joins: the one that is furthest behind its share.
///
/// Shares are the bracket sizes of Hyperband's paper (Li et al. 2018, algorithm 1), met by counting instead of by a random draw.
struct BracketShares {
    let rungs: Int
    let eta: Int
    let brackets: Int

    func next(_ trials: [Trial]) -> Int {
        guard brackets > 1 else { return 0 }
        var counts = [Int](repeating: 0, count: brackets)
        for trial in trials where trial.progress.attempts > 0 && counts.indices.contains(trial.progress.bracket) {
            counts[trial.progress.bracket] += 1
        }
        func load(_ bracket: Int) -> Double {
            let halvings = rungs - 1 - bracket
            var size = 1.0
            for _ in 0..<halvings { size *= Double(eta) }
            let share = (Double(rungs) * size / Double(halvings + 1)).rounded(.up)
            return Double(counts[bracket] + 1) / share
        }
        return (0..<brackets).min { load($0) < load($1) } ?? 0
    }
}
