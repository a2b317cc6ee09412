import Foundation
import Networks

/// A network made ready for serving: dropout gone, and each batch norm folded into the convolution or matrix before it, where nothing
/// else reads that one's output (Jacob et al. 2018, section 3.2). The other norms become a scale and a shift.
struct ServingNetwork {
    let network: Network
    let weights: [String: WeightTensor]
    /// Nodes to be written, in order.
    private(set) var nodes: [Network.Node] = []
    /// Kernels with norms folded in, by node id; values in the parameter's layout.
    private(set) var kernels: [String: (weight: WeightTensor, bias: [Float]?)] = [:]
    /// Norms that stand alone, by node id.
    private(set) var scales: [String: (factor: [Float], offset: [Float])] = [:]
    /// Nodes that are gone, and whose value stands for theirs.
    private var standIns: [String: String] = [:]

    /// - Throws: `NetworkError` where weights are missing, or of another shape.
    init(_ network: Network, weights: [String: WeightTensor]) throws {
        try network.check(weights)
        self.network = network
        self.weights = weights
        for node in network.nodes {
            if case .dropout = node.layer { standIns[node.id] = source(of: node) }
        }
        let readers = readerCounts()
        var foldable: Set<String> = []
        for node in network.nodes where standIns[node.id] == nil {
            switch node.layer {
            case .conv2d, .linear:
                guard let weight = weights["\(node.id).weight"] else { continue }
                kernels[node.id] = (weight, weights["\(node.id).bias"]?.values)
                if readers[node.id] == 1 { foldable.insert(node.id) }
                nodes.append(node)
            case .batchNorm(let norm):
                let change = Self.scaleAndShift(node.id, norm, weights)
                let before = resolve(source(of: node))
                if foldable.remove(before) != nil {
                    fold(change, into: before)
                    standIns[node.id] = before
                } else {
                    scales[node.id] = (change.factor.map { Float($0) }, change.offset.map { Float($0) })
                    nodes.append(node)
                }
            default: nodes.append(node)
            }
        }
    }

    /// The node or input whose value is read under a name.
    func resolve(_ name: String) -> String {
        var result = name
        while let next = standIns[result] { result = next }
        return result
    }

    private func source(of node: Network.Node) -> String { node.inputs.first ?? "" }

    /// Readers of each node once dropout is gone; being the result counts as one.
    private func readerCounts() -> [String: Int] {
        var counts: [String: Int] = [resolve(network.output): 1]
        for node in network.nodes where standIns[node.id] == nil {
            for name in node.inputs { counts[resolve(name), default: 0] += 1 }
        }
        return counts
    }

    private static func scaleAndShift(
        _ id: String, _ norm: BatchNorm, _ weights: [String: WeightTensor]
    ) -> (factor: [Double], offset: [Double]) {
        func values(_ name: String) -> [Double] { weights["\(id).\(name)"]?.values.map { Double($0) } ?? [] }
        let (scale, shift, mean, variance) = (values("weight"), values("bias"), values("running_mean"), values("running_var"))
        let factor = zip(scale, variance).map { $0 / (max($1, 0) + norm.epsilon).squareRoot() }
        let offset = shift.indices.map { shift[$0] - mean[$0] * factor[$0] }
        return (factor, offset)
    }

    private mutating func fold(_ change: (factor: [Double], offset: [Double]), into id: String) {
        guard var (weight, bias) = kernels[id], !change.factor.isEmpty else { return }
        let perChannel = weight.values.count / change.factor.count
        for channel in change.factor.indices {
            let factor = change.factor[channel]
            for index in channel * perChannel..<(channel + 1) * perChannel {
                weight.values[index] = Float(Double(weight.values[index]) * factor)
            }
        }
        bias = change.offset.indices.map { Float(Double(bias?[$0] ?? 0) * change.factor[$0] + change.offset[$0]) }
        kernels[id] = (weight, bias)
    }
}
