import Foundation
import Networks

/// A network computed by plain loops, one row at a time, from the definitions of its layers: slow, and hard to get wrong.
/// Values are kept flat; an image as `[channels, height, width]`, a category as its index.
struct ReferenceForward {
    let network: Network
    let weights: [String: WeightTensor]

    /// - Parameter inputs: by name.
    func callAsFunction(_ inputs: [String: [Double]]) -> [Double] {
        var values = inputs
        for node in network.nodes {
            let sources = node.inputs.map { (values[$0] ?? [], network.shapes[$0] ?? .vector(0)) }
            values[node.id] = result(of: node, sources)
        }
        return values[network.output] ?? []
    }

    private func weight(_ node: Network.Node, _ name: String) -> [Double] {
        weights["\(node.id).\(name)"]?.values.map { Double($0) } ?? []
    }

    private func result(of node: Network.Node, _ sources: [([Double], ValueShape)]) -> [Double] {
        let (x, shape) = sources[0]
        switch node.layer {
        case .conv2d(let conv): return convolved(x, shape, conv, node)
        case .linear(let linear):
            let (weight, bias) = (weight(node, "weight"), weight(node, "bias"))
            return (0..<linear.outFeatures).map { row in
                x.indices.reduce(bias.isEmpty ? 0 : bias[row]) { $0 + weight[row * x.count + $1] * x[$1] }
            }
        case .embedding(let embedding):
            let start = Int(x[0]) * embedding.dimension
            return Array(weight(node, "weight")[start..<start + embedding.dimension])
        case .batchNorm(let norm):
            let (scale, shift) = (weight(node, "weight"), weight(node, "bias"))
            let (mean, variance) = (weight(node, "running_mean"), weight(node, "running_var"))
            let area = x.count / scale.count
            return x.indices.map { index in
                let c = index / area
                return (x[index] - mean[c]) / (variance[c] + norm.epsilon).squareRoot() * scale[c] + shift[c]
            }
        case .layerNorm(let norm):
            let mean = x.reduce(0, +) / Double(x.count)
            let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
            let (scale, shift) = (weight(node, "weight"), weight(node, "bias"))
            return x.indices.map { (x[$0] - mean) / (variance + norm.epsilon).squareRoot() * scale[$0] + shift[$0] }
        case .relu: return x.map { max($0, 0) }
        case .gelu: return x.map { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }
        case .silu: return x.map { $0 / (1 + exp(-$0)) }
        case .tanh: return x.map { Foundation.tanh($0) }
        case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
        case .dropout, .flatten: return x
        case .maxPool(let pool): return pooled(x, shape, pool, node) { $0.max() ?? 0 }
        case .averagePool(let pool): return pooled(x, shape, pool, node) { $0.reduce(0, +) / Double($0.count) }
        case .globalAveragePool:
            let area = x.count / shape.channelCount
            return (0..<shape.channelCount).map { c in x[c * area..<(c + 1) * area].reduce(0, +) / Double(area) }
        case .add: return x.indices.map { index in sources.reduce(0) { $0 + $1.0[index] } }
        case .multiply:
            let area = x.count / sources[1].0.count
            return x.indices.map { x[$0] * sources[1].0[$0 / area] }
        case .concatenate: return sources.flatMap(\.0)
        case .spaceToDepth(let layer): return blocked(x, shape, layer.block)
        }
    }

    private func convolved(_ x: [Double], _ shape: ValueShape, _ conv: Conv2d, _ node: Network.Node) -> [Double] {
        guard case .image(let channels, let height, let width) = shape,
            case .image(_, let outHeight, let outWidth)? = network.shapes[node.id]
        else { return [] }
        let (weight, bias) = (weight(node, "weight"), weight(node, "bias"))
        let (perGroupIn, perGroupOut) = (channels / conv.groups, conv.outChannels / conv.groups)
        var result: [Double] = []
        for out in 0..<conv.outChannels {
            for y in 0..<outHeight {
                for z in 0..<outWidth {
                    var sum = bias.isEmpty ? 0 : bias[out]
                    for c in 0..<perGroupIn {
                        for ky in 0..<conv.kernel.height {
                            for kx in 0..<conv.kernel.width {
                                let row = y * conv.stride.height + ky - conv.padding.height
                                let column = z * conv.stride.width + kx - conv.padding.width
                                guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
                                let source = (out / perGroupOut * perGroupIn + c) * height * width + row * width + column
                                sum += x[source] * weight[((out * perGroupIn + c) * conv.kernel.height + ky) * conv.kernel.width + kx]
                            }
                        }
                    }
                    result.append(sum)
                }
            }
        }
        return result
    }

    private func pooled(
        _ x: [Double], _ shape: ValueShape, _ pool: Pool, _ node: Network.Node, _ combine: ([Double]) -> Double
    ) -> [Double] {
        guard case .image(let channels, let height, let width) = shape,
            case .image(_, let outHeight, let outWidth)? = network.shapes[node.id]
        else { return [] }
        var result: [Double] = []
        for c in 0..<channels {
            for y in 0..<outHeight {
                for z in 0..<outWidth {
                    var window: [Double] = []
                    for ky in 0..<pool.kernel.height {
                        for kx in 0..<pool.kernel.width {
                            let row = y * pool.stride.height + ky - pool.padding.height
                            let column = z * pool.stride.width + kx - pool.padding.width
                            guard (0..<height).contains(row), (0..<width).contains(column) else { continue }
                            window.append(x[(c * height + row) * width + column])
                        }
                    }
                    result.append(combine(window))
                }
            }
        }
        return result
    }

    private func blocked(_ x: [Double], _ shape: ValueShape, _ block: Int) -> [Double] {
        guard case .image(let channels, let height, let width) = shape else { return [] }
        var result: [Double] = []
        for c in 0..<channels {
            for by in 0..<block {
                for bx in 0..<block {
                    for y in 0..<height / block {
                        for z in 0..<width / block { result.append(x[(c * height + y * block + by) * width + z * block + bx]) }
                    }
                }
            }
        }
        return result
    }
}

/// A small generator with a seed, so that a failing case can be made again (Steele et al. 2014, SplitMix64).
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Even in ±1.
    mutating func signed() -> Double { Double(next() >> 11) / Double(1 << 52) - 1 }

    /// Weights of a plausible size for every parameter, running statistics included.
    mutating func weights(for network: Network) -> [String: WeightTensor] {
        var result: [String: WeightTensor] = [:]
        for parameter in network.parameters {
            let fan = max(parameter.elementCount / (parameter.shape.first ?? 1), 1)
            let values = (0..<parameter.elementCount).map { _ -> Float in
                switch parameter.role {
                case .weight: Float(signed() * (3 / Double(fan)).squareRoot())
                case .embedding: Float(signed())
                case .bias, .normShift, .runningMean: Float(signed() * 0.3)
                case .normScale: Float(1 + signed() * 0.5)
                case .runningVariance: Float(1.2 + signed())
                }
            }
            result[parameter.name] = WeightTensor(shape: parameter.shape, values: values)
        }
        return result
    }
}
