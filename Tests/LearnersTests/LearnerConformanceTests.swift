import Learners
import Learning
import Testing
import Tutti
import TuttiTesting

@Suite(.enabled(if: Runtimes.areThere, "libtorch, ONNX Runtime and LightGBM are needed: run `make runtimes`"))
struct LearnerConformanceTests {
    @Test("Every learner keeps its card's promises", arguments: LearnerConformance.cases(of: Learners.all))
    func conforms(_ one: LearnerConformance.Case) throws {
        try one.check()
    }
}

enum Runtimes {
    static var areThere: Bool { Doctor.examine().allSatisfy { $0.isUsable || !$0.isRequired } }
}
