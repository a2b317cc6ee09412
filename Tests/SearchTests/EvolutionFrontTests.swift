import Foundation
import SearchSpaces
import SearchTesting
import Testing

@testable import Search

@Suite struct EvolutionFrontTests {
    @Test("fronts are those of the definition", arguments: [1, 2, 3, 4])
    func fronts(objectives: Int) {
        var generator = TrialGenerator(seed: UInt64(objectives))
        for _ in 0..<20 {
            // Few values, so that there are ties and equal points.
            let losses = (0..<40).map { _ in (0..<objectives).map { _ in Double(generator.next() % 6) } }
            let ranks = Front.ranks(losses)
            let expected = (0...(ranks.max() ?? 0)).map { rank in losses.indices.filter { ranks[$0] == rank } }
            #expect(Front.fronts(losses) == expected)
        }
    }

    @Test("contributions are what the volume loses", arguments: [2, 3])
    func contributions(objectives: Int) {
        var generator = TrialGenerator(seed: 9)
        for _ in 0..<10 {
            let all = (0..<30).map { _ in (0..<objectives).map { _ in Double(generator.next() % 10) / 10 } }
            let front = Array(Set(Front.fronts(all)[0].map { all[$0] }))
            let reference = [Double](repeating: 1.1, count: objectives)
            let volumes = HypervolumeContributions.of(front, reference: reference, &generator)
            let whole = Self.volume(front)
            for (index, volume) in volumes.enumerated() {
                var rest = front
                rest.remove(at: index)
                #expect(abs(volume - (whole - Self.volume(rest))) < 1e-9)
            }
            // Estimated as for more objectives.
            let padded = front.map { $0 + [Double](repeating: 0.1, count: 4 - objectives) }
            let estimates = HypervolumeContributions.of(padded, reference: reference + [Double](repeating: 1.1, count: 4 - objectives), &generator)
            for (estimate, volume) in zip(estimates, volumes) { #expect(abs(estimate - volume) < 0.03) }
        }
    }

    /// The volume up to 1.1 of points whose coordinates are multiples of 0.1, by counting cells.
    private static func volume(_ points: [[Double]]) -> Double {
        let objectives = points.first?.count ?? 0
        let cells = Int(pow(11, Double(objectives)))
        let covered = (0..<cells).count { cell in
            var (rest, corner): (Int, [Double]) = (cell, [])
            for _ in 0..<objectives {
                corner.append(Double(rest % 11) / 10)
                rest /= 11
            }
            return points.contains { point in zip(point, corner).allSatisfy { $0 <= $1 + 1e-9 } }
        }
        return Double(covered) * pow(0.1, Double(objectives))
    }

    @Test func referencePointsAreALattice() {
        #expect(ReferencePoints.lattice(3, partitions: 12).count == 91)
        #expect(ReferencePoints.about(100, objectives: 3).count == 91)
        #expect(ReferencePoints.about(100, objectives: 2).count == 100)
        // Two layers, so that some are inside: 8 objectives give 36 and 8.
        let many = ReferencePoints.about(50, objectives: 8)
        #expect(many.count == 44 && many.contains { $0.allSatisfy { $0 > 0 } })
        #expect(many.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 })
    }

    @Test func crossoverAndMutationKeepTheRangeAndTheMean() {
        var generator = TrialGenerator(seed: 4)
        let operators = GeneticOperators()
        var (sum, count) = (0.0, 0)
        for _ in 0..<2000 {
            let (a, b) = (generator.uniform(), generator.uniform())
            let pair = operators.crossed(min(a, b), max(a, b), generator.uniform())
            let mutated = operators.mutated(a, generator.uniform())
            for value in [pair.low, pair.high, mutated] { #expect((0...1).contains(value)) }
            sum += pair.low + pair.high - a - b
            count += abs(mutated - a) < 0.1 ? 1 : 0
        }
        #expect(abs(sum / 2000) < 0.01)
        #expect(count > 1700 && count < 2000)
    }

    @Test("on a concave front they dominate more than random search", arguments: ["nsga2", "nsga3", "sms-emoa", "de"])
    func volume(id: String) throws {
        // ZDT2 in 6 dimensions (Zitzler, Deb and Thiele 2000).
        let space = try SearchSpace((0..<6).map { .float("x\($0)", 0...1) })
        func volume(_ id: String, _ options: Configuration) throws -> Double {
            let study = try Study(space: space, directions: [.minimize, .minimize], sampler: Samplers.make(id, options), seed: 1)
            let front = try study.optimize(
                trials: 400,
                objectives: { trial in
                    let x = try (0..<6).map { try trial.float("x\($0)") }
                    let g = 1 + 9 * x.dropFirst().reduce(0, +) / 5
                    return [x[0], g * (1 - pow(x[0] / g, 2))]
                })
            let points = front.map(\.values).sorted { $0[0] < $1[0] }
            var (sum, above) = (0.0, 5.0)
            for point in points where point[1] < above {
                sum += max(1.1 - point[0], 0) * (above - point[1])
                above = point[1]
            }
            return sum
        }
        let (own, random) = (try volume(id, ["population": 20]), try volume("random", [:]))
        #expect(own > random * 1.05, "\(id) \(own), random \(random)")
    }

    @Test("what violates constraints dies out", arguments: ["nsga2", "sms-emoa", "nsga3"])
    func constraints(id: String) throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(
            space: space, directions: [.minimize, .minimize], sampler: try Samplers.make(id, ["population": 10]), seed: 2)
        for _ in 0..<150 {
            let job = try #require(try study.ask(worker: "w").job)
            let (x, y) = (try job.configuration.float("x"), try job.configuration.float("y"))
            // Only a corner of the space is allowed, and it has the worst values.
            try study.tell(job, [x, y], constraints: ["corner": 1.5 - x - y])
        }
        let late = try study.trials().suffix(50)
        #expect(late.count { $0.violation == 0 } > 25, "\(late.count { $0.violation == 0 })")
    }

    @Test("NSGA-II holds a competition after as many results as there are offspring", arguments: [1, 2, 10])
    func generations(offspring: Int) throws {
        let space = try SearchSpace([.float("x", 0...1), .float("y", 0...1)])
        let study = try Study(
            space: space, directions: [.minimize, .minimize],
            sampler: try Samplers.make("nsga2", ["population": 10, "offspring": .integer(offspring), "differences": 0]), seed: 3)
        try study.optimize(trials: 50, objectives: { try [$0.float("x"), 1 - $0.float("x") * $0.float("y")] })
        let generations = try study.trials().map { $0.notedNumber(.generation) ?? 0 }
        #expect(generations == (0..<50).map { $0 < 10 ? 0 : ($0 - 10) / offspring + 1 })
    }

    @Test func whatNSGA2RemembersChangesNoAnswer() throws {
        let space = try SearchSpace((0..<3).map { .float("x\($0)", 0...1) })
        let used = try NSGA2(population: 8)
        var trials: [Trial] = []
        for number in 0..<80 {
            let context = SamplingContext(space: space, directions: [.minimize, .minimize], trials: trials, number: number, seed: 5)
            let proposal = try #require(try used.propose(context))
            #expect(try NSGA2(population: 8).propose(context) == proposal)
            var trial = Trial(number: number, state: .running, configuration: proposal.configuration)
            trial.notes = proposal.notes
            trials.append(trial)
            // Results come late, and one is a failure.
            guard number >= 3 else { continue }
            let x = try (0..<3).map { try trials[number - 3].configuration.float("x\($0)") }
            trials[number - 3].state = number == 30 ? .failed : .complete
            trials[number - 3].values = number == 30 ? [] : [x[0] + x[2], 1 - x[0] + x[1]]
        }
    }

    @Test func whatFailedOrViolatesIsNeverBetter() throws {
        let good = Outcome(number: 0, losses: [1, 2])
        let other = Outcome(number: 1, losses: [2, 1])
        let worse = Outcome(number: 2, losses: [2, 2])
        let forbidden = Outcome(number: 3, losses: [0, 0], violation: 1)
        let failed = try #require(Outcome(Trial(number: 4, state: .failed, configuration: [:]), [.minimize, .minimize]))
        #expect(good.isBetter(than: worse) && !good.isBetter(than: other) && !other.isBetter(than: good))
        #expect(worse.isBetter(than: forbidden) && !forbidden.isBetter(than: worse))
        #expect(forbidden.isBetter(than: failed) && !failed.isBetter(than: forbidden))
    }

    @Test func differencesFollowAValleyThatCrossoverLeaves() throws {
        // All points lie on a diagonal; so do all that differences make of them, but for mutations.
        let genome = Genome(try SearchSpace((0..<4).map { .float("x\($0)", 0...1) }))
        var generator = TrialGenerator(seed: 8)
        let operators = GeneticOperators(mutationProbability: 0)
        for _ in 0..<200 {
            let points = (0..<3).map { _ in [Double](repeating: 0.3 + 0.4 * generator.uniform(), count: 4) }
            let child = genome.moved(points[0], from: points[1], to: points[2], operators, &generator)
            #expect(child.allSatisfy { abs($0 - child[0]) < 1e-12 && (0...1).contains($0) })
            #expect(points[1] == points[2] || child != points[0])
        }
        // Near a border they stay inside.
        let child = genome.moved([0.1, 0.9, 0, 1], from: [1, 0, 1, 0], to: [0, 1, 0, 1], operators, &generator)
        #expect(child[0] < 0.1 && child[1] > 0.9 && child[2] == 0 && child[3] == 1)
    }
}
