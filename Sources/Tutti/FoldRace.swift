import ModelLibrary
import Search

/// Whether a trial may stop after some folds because they show it to be worse than the best trial of its learner at the same fidelity.
///
/// The rival is of the same learner: another one's best may be better and the trial still be what an ensemble lacks.
final class FoldRace {
    private static let firstTest = 3
    private let library: ModelLibrary
    private let race: Race
    /// Best card by learner and fidelity.
    private var best: [String: ModelCard] = [:]
    private var seen: Set<String> = []

    /// - Throws: `SearchError` where there are no folds.
    init(_ library: ModelLibrary, folds: Int) throws {
        self.library = library
        race = try Race(instances: folds, firstTest: Self.firstTest, completesSurvivors: true, test: .t)
    }

    /// - Parameter scores: of the folds so far, higher is better.
    func isLost(_ scores: [Double], learner: String, fidelity: Int) -> Bool {
        guard scores.count >= Self.firstTest else { return false }
        look()
        guard let rival = best["\(learner)-\(fidelity)"]?.foldScores, rival.count == race.instances else { return false }
        return Self.isLost(scores, against: rival, race)
    }

    /// - Parameter rival: scores of all folds.
    static func isLost(_ scores: [Double], against rival: [Double], _ race: Race) -> Bool {
        guard (scores + rival).allSatisfy(\.isFinite) else { return false }
        let open = [Double](repeating: .nan, count: race.instances - scores.count)
        let standing = race.standing([rival.map { -$0 }, scores.map { -$0 } + open])
        return standing.eliminations.contains { $0.configuration == 1 }
    }

    /// Takes note of the models that have come into the library.
    private func look() {
        for id in (try? library.ids()) ?? [] where seen.insert(id).inserted {
            guard let card = try? library.card(of: id) else { continue }
            let key = "\(card.learner)-\(card.fidelity)"
            if best[key].map({ card.score > $0.score }) ?? true { best[key] = card }
        }
    }
}
