public import Learning
import SearchSpaces

/// The list of learners. Adding one is a file with the algorithm and a line here.
public enum Learners {
    public static let all: [any Learner] = [
        GradientBoostedTrees(),
        MultilayerPerceptron(),
        ConvolutionalNetwork(),
    ]

    /// - Throws: ``LearningError`` `.unknown` listing what there is.
    public static func named(_ id: String) throws -> any Learner {
        guard let learner = all.first(where: { $0.card.id == id }) else {
            throw LearningError(.unknown, "there is no learner '\(id)'; choose among \(all.map(\.card.id).joined(separator: ", "))")
        }
        return learner
    }

    /// The learners that can learn a task, in the order of the list.
    public static func handling(_ task: LearningTask) -> [any Learner] { all.filter { $0.card.handles(task) } }
}
