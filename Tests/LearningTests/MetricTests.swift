import Datasets
import Foundation
import Learning
import Testing

@Suite struct MetricTests {
    private let truth = Dataset.Target.classes([0, 1, 1, 0], names: ["a", "b"])

    private func binary(_ positives: [Float]) -> Predictions { Predictions(width: 2, values: positives.flatMap { [1 - $0, $0] }) }

    @Test func accuracyCountsMostProbableClasses() {
        #expect(Metric.accuracy.value(binary([0.1, 0.9, 0.4, 0.2]), truth) == 0.75)
    }

    @Test func aucIsTheShareOfPairsInOrder() {
        // Positives 0.9 and 0.4 against negatives 0.1 and 0.6: three of four pairs are in order.
        #expect(Metric.auc.value(binary([0.1, 0.9, 0.4, 0.6]), truth) == 0.75)
    }

    @Test func aucCountsTiesHalf() {
        #expect(Metric.auc.value(binary([0.5, 0.5, 0.5, 0.5]), truth) == 0.5)
    }

    @Test func aucOfOneClassIsNotDefined() {
        #expect(Metric.auc.value(binary([0.5, 0.2]), .classes([1, 1], names: ["a", "b"])).isNaN)
    }

    @Test func logLossIsTheMeanNegativeLogarithm() {
        let expected = -(2 * log(0.9) + log(0.4) + log(0.8)) / 4
        #expect(abs(Metric.logLoss.value(binary([0.1, 0.9, 0.4, 0.2]), truth) - expected) < 1e-6)
    }

    @Test func logLossOfACertainMistakeIsFinite() {
        #expect(Metric.logLoss.value(binary([1, 1, 1, 1]), truth).isFinite)
    }

    @Test func balancedAccuracyWeighsClassesAlike() {
        let predictions = binary([0, 0, 1, 0])
        #expect(Metric.balancedAccuracy.value(predictions, truth) == 0.75)
    }

    @Test func rowsWithoutATruthAreLeftOut() {
        let truth = Dataset.Target.classes([0, -1, 1, -1], names: ["a", "b"])
        #expect(Metric.accuracy.value(binary([0.1, 0.9, 0.9, 0.9]), truth) == 1)
    }

    @Test func errorsOfRegression() {
        let truth = Dataset.Target.values([1, 2, 3, .nan])
        let predictions = Predictions(width: 1, values: [1, 2, 6, 100])
        #expect(abs(Metric.rmse.value(predictions, truth) - 3.0.squareRoot()) < 1e-12)
        #expect(Metric.mae.value(predictions, truth) == 1)
        #expect(abs(Metric.r2.value(predictions, truth) - (1 - 9.0 / 2)) < 1e-12)
    }

    @Test(arguments: Metric.all)
    func scoreIsHigherForBetter(_ metric: Metric) {
        let isRegression = metric.kinds.contains(.regression)
        let truth = isRegression ? Dataset.Target.values([1, 2, 3, 4]) : truth
        let good = isRegression ? Predictions(width: 1, values: [1, 2, 3, 4.1]) : binary([0.2, 0.8, 0.7, 0.1])
        let bad = isRegression ? Predictions(width: 1, values: [3, 2, 2, 9]) : binary([0.9, 0.1, 0.6, 0.7])
        #expect(metric.score(good, truth) > metric.score(bad, truth))
        #expect(metric.value(ofScore: metric.score(good, truth)) == metric.value(good, truth))
    }
}
