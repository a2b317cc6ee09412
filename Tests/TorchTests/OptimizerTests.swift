import Foundation
import Testing
import Torch

@Suite(needsTorch) struct OptimizerTests {
    /// Leaves `gradient` in `parameter`: the derivative of their product.
    private func setGradient(_ parameter: Tensor, _ gradient: [Double]) throws {
        parameter.resetGradient()
        try backward(parameter.multiplied(by: Tensor(gradient, shape: parameter.shape)).sum(), parameters: [parameter])
    }

    @Test func adamWFollowsItsFormula() throws {
        let parameter = try Tensor([1, -2] as [Double]).requireGradient()
        let optimizer = try AdamW([ParameterGroup([NamedTensor("w", parameter)], weightDecay: 0.1)], learningRate: 0.01)
        var (w, m, v) = ([1.0, -2.0], [0.0, 0.0], [0.0, 0.0])
        for (step, gradient) in [[0.5, -1.0], [0.25, 2.0], [-3.0, 0.0]].enumerated() {
            optimizer.learningRate = 0.01 * Double(step + 1)
            try setGradient(parameter, gradient)
            try optimizer.step()
            for i in 0..<2 {
                w[i] -= optimizer.learningRate * 0.1 * w[i]
                m[i] = 0.9 * m[i] + 0.1 * gradient[i]
                v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i]
                let (mean, square) = (m[i] / (1 - pow(0.9, Double(step + 1))), v[i] / (1 - pow(0.999, Double(step + 1))))
                w[i] -= optimizer.learningRate * mean / (square.squareRoot() + 1e-8)
            }
            let values = try parameter.toArray(of: Double.self)
            #expect(zip(values, w).allSatisfy { abs($0 - $1) < 1e-9 }, "step \(step): \(values) against \(w)")
        }
        #expect(optimizer.steps == 3)
    }

    @Test(arguments: [false, true])
    func sgdFollowsItsFormula(nesterov: Bool) throws {
        let parameter = try Tensor([1, -2] as [Double]).requireGradient()
        let group = ParameterGroup([NamedTensor("w", parameter)], weightDecay: 0.1, learningRateFactor: 2)
        let optimizer = try SGD([group], learningRate: 0.05, momentum: 0.9, nesterov: nesterov)
        var (w, velocity) = ([1.0, -2.0], [0.0, 0.0])
        for gradient in [[0.5, -1.0], [0.25, 2.0], [-3.0, 0.0]] {
            try setGradient(parameter, gradient)
            try optimizer.step()
            for i in 0..<2 {
                let slope = gradient[i] + 0.1 * w[i]
                velocity[i] = 0.9 * velocity[i] + slope
                w[i] -= 0.1 * (nesterov ? slope + 0.9 * velocity[i] : velocity[i])
            }
            let values = try parameter.toArray(of: Double.self)
            #expect(zip(values, w).allSatisfy { abs($0 - $1) < 1e-12 }, "\(values) against \(w)")
        }
    }

    @Test func plainDescentNeedsNoMemory() throws {
        let parameter = try Tensor([1, -2] as [Double]).requireGradient()
        let optimizer = try SGD([ParameterGroup([NamedTensor("w", parameter)])], learningRate: 0.5)
        try setGradient(parameter, [2, 2])
        try optimizer.step()
        #expect(try parameter.toArray(of: Double.self) == [0, -3])
        #expect(try optimizer.state().map(\.name) == ["optimizer.steps"])
    }

    /// The operators walk through memory, so the layouts of parameter, gradient and moments have to agree.
    @Test func channelsLastParametersMakeTheSameSteps() throws {
        func trained(_ format: MemoryFormat) throws -> [Float] {
            var generator = TensorGenerator(seed: 5)
            let weight = try generator.heNormal([4, 3, 3, 3]).contiguous(format).requireGradient()
            let input = try Tensor(generator.normal(2 * 3 * 36), shape: [2, 3, 6, 6]).contiguous(format)
            let optimizer = try AdamW([ParameterGroup([NamedTensor("w", weight)])], learningRate: 0.1)
            for _ in 0..<3 {
                optimizer.resetGradients()
                let output = try input.conv2d(weight)
                try backward(output.multiplied(by: output).mean(), parameters: [weight])
                try optimizer.step()
            }
            return try weight.toArray()
        }
        #expect(agree(try trained(.contiguous), try trained(.channelsLast), tolerance: 1e-4))
    }

    @Test func parametersWithoutGradientStay() throws {
        let used = try Tensor([1] as [Double]).requireGradient(), unused = try Tensor([1] as [Double]).requireGradient()
        let optimizer = try AdamW([ParameterGroup([NamedTensor("a", used), NamedTensor("b", unused)], weightDecay: 1)], learningRate: 0.1)
        try setGradient(used, [1])
        try optimizer.step()
        #expect(try unused.item() == 1)
        #expect(try used.item() < 1)
        optimizer.resetGradients()
        #expect(optimizer.parameters.allSatisfy { $0.gradient == nil })
    }

    @Test func decayGoesToWeightsOnly() throws {
        let groups = ParameterGroup.decayingWeightsOnly(
            [NamedTensor("w", try .zeros([2, 2])), NamedTensor("b", try .zeros([2]))], weightDecay: 0.1)
        #expect(groups.map(\.weightDecay) == [0.1, 0])
        #expect(groups.map { $0.parameters.map(\.name) } == [["w"], ["b"]])
    }

    @Test func aRestoredTrainingGoesOnExactly() throws {
        func steps(_ optimizer: any Optimizer, _ parameter: Tensor, _ count: Int) throws {
            for _ in 0..<count {
                optimizer.resetGradients()
                try backward(parameter.multiplied(by: parameter).sum(), parameters: [parameter])
                try optimizer.step()
            }
        }
        func make(_ parameter: Tensor, adam: Bool) throws -> any Optimizer {
            let groups = [ParameterGroup([NamedTensor("w", parameter)])]
            return adam ? try AdamW(groups, learningRate: 0.1) : try SGD(groups, learningRate: 0.01, momentum: 0.9, nesterov: true)
        }
        for adam in [true, false] {
            let first = try Tensor([1, 5] as [Float]).requireGradient()
            let optimizer = try make(first, adam: adam)
            try steps(optimizer, first, 3)
            let saved = try SafetensorsFile(optimizer.state() + [NamedTensor("w", first)])
            try steps(optimizer, first, 3)

            let second = try saved.tensor(named: "w").requireGradient()
            let resumed = try make(second, adam: adam)
            try resumed.restore(saved.tensors())
            try steps(resumed, second, 3)
            #expect(resumed.steps == 6)
            #expect(try second.toArray() == first.toArray())

            let other = try make(Tensor([1, 2, 3] as [Float]).requireGradient(), adam: adam)
            let error = #expect(throws: TorchError.self) { try other.restore(saved.tensors()) }
            #expect(error?.message.contains("has shape [2], expected [3]") == true)
            #expect(throws: TorchError.self) { try other.restore([]) }
            #expect(other.steps == 0)
        }
    }

    @Test func weightAveragesFollowSlowly() throws {
        let weight = try Tensor([0] as [Float]).requireGradient()
        let average = try WeightAverage(of: [NamedTensor("w", weight)], decay: 0.5)
        try weight.fill(1)
        for _ in 0..<20 { try average.update() }
        #expect(abs(try average.averages[0].tensor.item() - 1) < 1e-4)
        try weight.fill(2)
        try average.update()
        #expect(abs(try average.averages[0].tensor.item() - 1.5) < 1e-4)
        #expect(!average.averages[0].tensor.requiresGradient)
    }
}
