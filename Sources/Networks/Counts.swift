/// What one row costs, counted without running anything. Formulas: Sze, Chen, Yang and Emer, "Efficient Processing of Deep Neural
/// Networks", Proceedings of the IEEE 2017.
public struct NetworkCounts: Codable, Sendable, Hashable {
    /// The share of one node.
    public struct Layer: Codable, Sendable, Hashable {
        public var id: String
        /// Multiply-accumulate operations. Norms (folded when served), additions, activations and pools count as none.
        public var macs: Int
        /// Trained numbers, biases and norms included, running statistics not.
        public var weights: Int
        /// Numbers in convolution kernels, linear matrices and embeddings alone: what tables in papers usually count.
        public var kernelWeights: Int
        /// Numbers in its output.
        public var activations: Int
    }

    /// In the order of the nodes.
    public var layers: [Layer]
    /// Most numbers alive at once; see ``Network/counts``.
    public var peakActivations: Int

    public var macs: Int { layers.reduce(0) { $0 + $1.macs } }
    public var weights: Int { layers.reduce(0) { $0 + $1.weights } }
    public var kernelWeights: Int { layers.reduce(0) { $0 + $1.kernelWeights } }
    public var activations: Int { layers.reduce(0) { $0 + $1.activations } }
}

extension Network {
    /// Costs per layer and in all, for one row.
    ///
    /// The peak of activations follows the order of the nodes: an output is added when it is made, an input is freed after its last
    /// reader, and each value has room of its own (an engine that works in place needs less).
    public var counts: NetworkCounts {
        let layers = nodes.map { node in
            let trained = parameters(of: node).filter(\.isTrainable)
            let kernels = trained.filter { $0.role == .weight || $0.role == .embedding }
            return NetworkCounts.Layer(
                id: node.id, macs: macs(of: node), weights: trained.reduce(0) { $0 + $1.elementCount },
                kernelWeights: kernels.reduce(0) { $0 + $1.elementCount }, activations: shapes[node.id]?.elementCount ?? 0)
        }
        return NetworkCounts(layers: layers, peakActivations: peakActivations)
    }

    private func macs(of node: Node) -> Int {
        let weight = parameters(of: node).first?.elementCount ?? 0
        switch (node.layer, shapes[node.id]) {
        case (.conv2d, .image(_, let height, let width)): return weight * height * width
        case (.linear, _): return weight
        default: return 0
        }
    }

    private var peakActivations: Int {
        var lastReader: [String: Int] = [:]
        for (index, node) in nodes.enumerated() { for name in node.inputs { lastReader[name] = index } }
        lastReader[output] = nodes.count
        var live = inputs.reduce(0) { $0 + (shapes[$1.name]?.elementCount ?? 0) }
        var peak = live
        for (index, node) in nodes.enumerated() {
            live += shapes[node.id]?.elementCount ?? 0
            peak = max(peak, live)
            for name in Set(node.inputs) where lastReader[name] == index { live -= shapes[name]?.elementCount ?? 0 }
        }
        return peak
    }
}
