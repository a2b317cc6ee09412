/// Changes parameters by their gradients.
///
/// Gradients are read, not reset: call ``resetGradients()`` before the next backward pass.
public protocol Optimizer: AnyObject {
    /// What is changed, and how strongly.
    var groups: [ParameterGroup] { get }
    /// Length of the steps, to be set as the schedule wants before each one.
    var learningRate: Double { get set }
    /// Steps made.
    var steps: Int { get }

    /// Makes one step. Parameters without a gradient stay as they are.
    /// - Throws: ``TorchError`` with libtorch's text.
    func step() throws

    /// Everything that a training needs, beside the parameters, to go on exactly: for a checkpoint. The tensors are the live ones.
    /// - Throws: ``TorchError`` when there is no memory.
    func state() throws -> [NamedTensor]

    /// Goes on where ``state()`` was taken. The values are copied.
    /// - Throws: ``TorchError`` `.invalidArgument` when a tensor is missing or has another shape; then nothing has changed.
    func restore(_ state: [NamedTensor]) throws
}

extension Optimizer {
    /// Every parameter of every group.
    public var parameters: [Tensor] { groups.flatMap { $0.parameters.map(\.tensor) } }

    /// Removes the gradients of all parameters.
    public func resetGradients() {
        for group in groups {
            for parameter in group.parameters { parameter.tensor.resetGradient() }
        }
    }
}

/// Parameters that are changed alike.
public struct ParameterGroup: Sendable {
    /// Names are unique within an optimiser; they name its state too.
    public var parameters: [NamedTensor]
    /// Share of a parameter that is taken away in a step, before the learning rate.
    public var weightDecay: Double
    /// Factor of the optimiser's learning rate for this group.
    public var learningRateFactor: Double

    public init(_ parameters: [NamedTensor], weightDecay: Double = 0, learningRateFactor: Double = 1) {
        self.parameters = parameters
        self.weightDecay = weightDecay
        self.learningRateFactor = learningRateFactor
    }

    /// Two groups: matrices and kernels with the decay, biases and normalisation factors (one dimension or none) without. Decaying
    /// the latter only fights what they are there for (He et al. 2019, section 3.1).
    public static func decayingWeightsOnly(_ parameters: [NamedTensor], weightDecay: Double) -> [ParameterGroup] {
        [
            ParameterGroup(parameters.filter { $0.tensor.shape.count > 1 }, weightDecay: weightDecay),
            ParameterGroup(parameters.filter { $0.tensor.shape.count <= 1 }),
        ].filter { !$0.parameters.isEmpty }
    }
}

/// What an optimiser remembers of each parameter, by name.
struct OptimizerMemory {
    /// For each group, for each parameter.
    let tensors: [[Tensor]]
    private let names: [[String]]

    /// Zeros of each parameter's shape and memory order.
    init(_ groups: [ParameterGroup], suffix: String) throws {
        tensors = try groups.map { try $0.parameters.map { try $0.tensor.zerosLike() } }
        names = groups.map { $0.parameters.map { "\($0.name).\(suffix)" } }
    }

    var named: [NamedTensor] {
        zip(names, tensors).flatMap { names, tensors in zip(names, tensors).map { NamedTensor($0, $1) } }
    }

    /// Pairs of a stored tensor and the one it goes to.
    func matches(in state: [String: Tensor]) throws -> [(from: Tensor, to: Tensor)] {
        try named.map { own in
            guard let stored = state[own.name] else {
                throw TorchError(
                    .invalidArgument, "restore", "there is no tensor '\(own.name)'; the state belongs to another network or optimiser")
            }
            guard stored.shape == own.tensor.shape else {
                throw TorchError(.invalidArgument, "restore", "'\(own.name)' has shape \(stored.shape), expected \(own.tensor.shape)")
            }
            return (stored, own.tensor)
        }
    }
}

/// The name of the count of steps in an optimiser's state.
let stepsName = "optimizer.steps"

extension [NamedTensor] {
    /// By name; of several with one name the last.
    var byName: [String: Tensor] { Dictionary(map { ($0.name, $0.tensor) }) { $1 } }

    func storedSteps() throws -> Int {
        guard let tensor = byName[stepsName], tensor.count == 1 else {
            throw TorchError(.invalidArgument, "restore", "the optimiser's state has no count '\(stepsName)'")
        }
        return Int(try tensor.toArray(of: Int64.self)[0])
    }
}
