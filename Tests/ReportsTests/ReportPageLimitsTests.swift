import ChartTesting
import Foundation
import Reports
import Testing

/// What a run can leave behind when it went badly, or far beyond the ordinary.
@Suite struct ReportPageLimitsTests {
    private static let oddNumbers: [Double] = [
        .nan, .infinity, -.infinity, 0, -0.0, 1e300, -1e300, 1e99, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e15 + 1, -1e-9,
    ]

    @discardableResult private func check(_ content: ReportContent, _ name: String = "") -> String {
        let page = ReportPage.html(for: content)
        let checker = MarkupChecker(page)
        #expect(checker.problems == [], "\(name)")
        return page
    }

    @Test func anEmptyRunGivesAPage() {
        let page = check(ReportContent(header: .sample()))
        #expect(page.contains("No trial was run."))
        #expect(page.contains("No model was finished."))
        #expect(page.contains("No ensemble was chosen."))
        #expect(!page.contains("tutti serve"))
    }

    @Test func oneTrialGivesAPage() {
        var content = ReportContent(header: .sample())
        content.trials = [.init(number: 0, learner: "linear", state: .complete, evaluations: [.init(value: 0.5, seconds: 0)])]
        #expect(check(content).contains("class=\"best\""))
    }

    @Test(arguments: oddNumbers, [true, false])
    func oddNumbersDoNotTrap(number: Double, isAlone: Bool) {
        var content = ReportContent.sample
        for index in content.trials.indices where isAlone || index % 2 == 0 {
            content.trials[index].evaluations = [
                .init(fidelity: number, value: number, seconds: number), .init(fidelity: 1, value: number, seconds: 3),
            ]
            content.trials[index].fidelity = number
        }
        for index in content.models.indices where isAlone || index % 2 == 0 {
            content.models[index].value = number
            content.models[index].msPerRow = number
            content.models[index].throughput = number
            content.models[index].latencyMs = number
            content.models[index].trainingSeconds = number
            content.models[index].fidelity = number
            content.models[index].memoryBytes = .max
            content.models[index].sizeBytes = .min
            content.models[index].macs = .max
        }
        for index in content.ensembles.indices where isAlone || index % 2 == 0 {
            content.ensembles[index].value = number
            content.ensembles[index].msPerRow = number
            content.ensembles[index].members[0].weight = number
        }
        content.allocation?.batches = [[.max, .min], [1]]
        content.allocation?.predictedThroughput = number
        content.scores.rows = [.init(name: "best", values: [number, 1, 2, 3]), .init(name: "fast", values: [number])]
        content.header.effort.spentSeconds = number
        content.header.effort.budgetSeconds = number
        content.header.data.rows = .max
        content.header.effort.workers = .min
        check(content, "classification with \(number)")
        content.outcome = .regression(.init(truth: [number, 1, 2, number, 3], predicted: [1, number, 2.5, number]))
        check(content, "regression with \(number)")
        content.outcome = .regression(.init(truth: [number, number], predicted: [number, number]))
        check(content, "regression with nothing but \(number)")
    }

    @Test(arguments: [0, 1, 2, 5, 30, 31, 100, 1000])
    func anyNumberOfClassesGivesAPage(count: Int) {
        var content = ReportContent.sample
        let counts = (0..<count).map { row in (0..<count).map { row == $0 ? 50 : (row * 7 + $0 * 3) % 11 == 0 ? 1 + $0 % 5 : 0 } }
        content.outcome = .classification(.init(classes: (0..<count).map { "class number \($0)" }, counts: counts))
        let page = check(content, "\(count) classes")
        #expect(page.contains("Worst confusions") == (count > 30))
        #expect(page.contains("id=\"confusion-wide-title\"") == (1...30).contains(count))
        #expect(page.utf8.count < 1_000_000)
    }

    @Test func raggedAndNegativeCountsAreTakenAsTheyCome() {
        var content = ReportContent.sample
        content.outcome = .classification(.init(classes: ["a"], counts: [[1, 2, 3, 4], [], [-5, .max, .max]]))
        check(content)
        content.outcome = .classification(.init(classes: ["a", "b"], counts: []))
        #expect(check(content).contains("no validation rows"))
    }

    @Test func regressionDrawsAtMostTwoThousandRows() {
        var content = ReportContent.sample
        let truth = (0..<50_000).map { Double($0 % 977) }
        content.outcome = .regression(.init(truth: truth, predicted: truth.map { $0 * 1.1 }))
        let page = check(content)
        #expect(page.contains("2,000 rows are drawn"))
        #expect(page.utf8.count < 1_500_000)
    }

    @Test func aLongSearchIsThinned() {
        var content = ReportContent.sample
        content.trials = (0..<20_000).map { number in
            .init(
                number: number, learner: "learner \(number % 40)", state: number % 9 == 0 ? .fail : .complete,
                evaluations: [0, 1].map { .init(value: sin(Double(number) + $0), seconds: Double(number) + $0) },
                failure: "reason \(number % 100)")
        }
        let page = check(content)
        #expect(page.contains("2,500 of 40,000 evaluations are drawn"))
        #expect(page.contains("more reasons not shown"))
        #expect(page.utf8.count < 2_500_000)
    }

    @Test func hopelessEvaluationsDoNotSqueezeTheRest() {
        var content = ReportContent.sample
        content.header.metric = .logLoss
        content.trials = (0..<40).map { number in
            let value = number == 3 ? 4000 : 0.3 + 0.01 * Double(number % 7)
            return .init(number: number, learner: "linear", state: .complete, evaluations: [.init(value: value, seconds: Double(number))])
        }
        #expect(check(content).contains("1 evaluation lies beyond the axis"))
    }

    @Test func unknownMembersAndManyEnsemblesAreShown() {
        var content = ReportContent.sample
        content.ensembles += (0..<40).map { number in
            let members = [ReportContent.Ensemble.Member(id: "lost-\(number)", weight: 1)]
            return .init(name: "\(number)", members: members, value: 0.9, msPerRow: 0.01, latencyMs: 1, memoryBytes: 1)
        }
        #expect(check(content).contains("more points on the front not shown"))
        content.ensembles = [.init(name: "best", members: [], value: 0.9, msPerRow: 0, latencyMs: 0, memoryBytes: 0)]
        check(content)
    }
}
