/// Exponential moving averages of a network's tensors, which often predict better than the tensors themselves
/// (Polyak and Juditsky 1992).
public final class WeightAverage {
    /// The averages, under the names of what they follow.
    public let averages: [NamedTensor]
    /// Share of an average that stays in an update, once there were enough of them.
    public let decay: Double
    private let followed: [Tensor]
    private var updates = 0

    /// Starts from the present values.
    /// - Parameter tensors: parameters, and running statistics of batch normalisation, which an average of parameters alone would not fit.
    /// - Throws: ``TorchError`` when there is no memory for the copies.
    public init(of tensors: [NamedTensor], decay: Double) throws {
        self.decay = decay
        followed = tensors.map(\.tensor)
        averages = try withoutGradients {
            try tensors.map { NamedTensor($0.name, try $0.tensor.detached().copied()) }
        }
    }

    /// Moves the averages towards the present values. The first updates move further, so that the start is soon forgotten.
    /// - Throws: ``TorchError`` with libtorch's text.
    public func update() throws {
        updates += 1
        let decay = min(decay, Double(1 + updates) / Double(10 + updates))
        for (average, tensor) in zip(averages, followed) {
            try average.tensor.moveTowards(tensor, weight: 1 - decay)
        }
    }
}
