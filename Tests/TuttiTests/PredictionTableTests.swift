import Learning
import Testing
import Tutti

@Suite("Predictions as CSV")
struct PredictionTableTests {
    private func text(_ table: PredictionTable, _ withProbabilities: Bool) -> String {
        String(decoding: table.csv(withProbabilities: withProbabilities), as: UTF8.self)
    }

    @Test func theMostProbableClassComesFirstAndThenEveryClass() {
        let table = PredictionTable(Predictions(width: 2, values: [0.25, 0.75, 0.5, 0.5]), classes: ["no", "yes"])
        #expect(text(table, false) == "prediction\nyes\nno\n")
        #expect(text(table, true) == "prediction,no,yes\nyes,0.25,0.75\nno,0.5,0.5\n")
    }

    @Test func namesThatHoldDelimitersAreQuoted() {
        let table = PredictionTable(Predictions(width: 3, values: [0, 0, 1]), classes: ["a\"b", "c\nd", "e,f"])
        #expect(text(table, true) == "prediction,\"a\"\"b\",\"c\nd\",\"e,f\"\n\"e,f\",0.0,0.0,1.0\n")
    }

    @Test func aRegressionHasOneColumnWhetherProbabilitiesAreAskedForOrNot() {
        let table = PredictionTable(Predictions(width: 1, values: [1.5, -2]), classes: [])
        #expect(text(table, false) == "prediction\n1.5\n-2.0\n")
        #expect(text(table, true) == text(table, false))
    }

    @Test func noRowsGiveAHeader() {
        #expect(text(PredictionTable(Predictions(width: 2, values: []), classes: ["a", "b"]), true) == "prediction,a,b\n")
    }
}
