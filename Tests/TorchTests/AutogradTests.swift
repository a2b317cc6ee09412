import Testing
import Torch

@Suite(needsTorch) struct AutogradTests {
    @Test func gradientsAgreeWithTheDerivative() throws {
        let x = try Tensor([1, 2, 3] as [Float]).requireGradient()
        #expect(x.requiresGradient)
        #expect(x.gradient == nil)
        try backward(x.multiplied(by: x).sum(), parameters: [x])
        #expect(try x.gradient?.toArray() == [2, 4, 6])
        try backward(x.adding(x).subtracting(x).sum(), parameters: [x])
        #expect(try x.gradient?.toArray() == [3, 5, 7])
        x.resetGradient()
        #expect(x.gradient == nil)
        try backward(x.sum(), parameters: [x])
        #expect(try x.gradient?.toArray() == [1, 1, 1])
    }

    @Test func rectifyingInPlaceOverwritesAndIsRecorded() throws {
        let weight = try Tensor([1, -2, 3, -4] as [Float], shape: [2, 2]).requireGradient()
        let sum = try Tensor([1, 2] as [Float], shape: [1, 2]).linear(weight).adding(4)
        #expect(try sum.toArray() == [1, -1])
        let rectified = try sum.rectifyInPlace()
        #expect(try sum.toArray() == [1, 0])
        try backward(rectified.multiplied(by: rectified).sum(), parameters: [weight])
        #expect(try weight.gradient?.toArray() == [2, 4, 0, 0])
    }

    @Test func rectifyingInPlaceIsRefusedWhereAGradientWouldBeWrong() throws {
        let parameter = try Tensor([1] as [Float]).requireGradient()
        #expect(throws: TorchError.self) { try parameter.rectifyInPlace() }
        let overwritten = try parameter.sigmoid().rectifyInPlace().sum()
        #expect(throws: TorchError.self) { try backward(overwritten, parameters: [parameter]) }
    }

    /// Every element of every parameter, moved a little both ways, in 64 bits.
    @Test(arguments: [MemoryFormat.contiguous, .channelsLast])
    func gradientsAgreeWithFiniteDifferences(format: MemoryFormat) throws {
        var generator = TensorGenerator(seed: 3)
        func random(_ shape: [Int]) throws -> [Double] { generator.normal(shape.reduce(1, *)).map(Double.init) }
        let shapes = [[4, 2, 3, 3], [4], [4], [3, 4]]
        var values = try shapes.map(random)
        let input = try Tensor(random([2, 2, 5, 5]), shape: [2, 2, 5, 5]).contiguous(format)
        let target = try Tensor([2, 0] as [Int64])
        func parameters() throws -> [Tensor] { try zip(values, shapes).map { try Tensor($0, shape: $1) } }
        func loss(_ p: [Tensor]) throws -> Tensor {
            try input.conv2d(p[0], stride: 2, padding: 1)
                .batchNorm(
                    weight: p[1], bias: p[2], runningMean: .zeros([4], dtype: .float64), runningVariance: .full(1, [4], dtype: .float64),
                    training: true
                )
                .silu().globalAvgPool2d().linear(p[3]).crossEntropy(target, labelSmoothing: 0.1)
        }
        let tensors = try parameters()
        for tensor in tensors { try tensor.requireGradient() }
        try backward(loss(tensors), parameters: tensors)
        let step = 1e-5
        for (index, tensor) in tensors.enumerated() {
            let gradient = try #require(try tensor.gradient?.toArray(of: Double.self))
            for position in values[index].indices {
                let value = values[index][position]
                values[index][position] = value + step
                let above = try loss(parameters()).item()
                values[index][position] = value - step
                let below = try loss(parameters()).item()
                values[index][position] = value
                #expect(abs((above - below) / (2 * step) - gradient[position]) < 1e-7, "parameter \(index), element \(position)")
            }
        }
    }

    @Test func nothingIsRecordedWithoutGradients() throws {
        let x = try Tensor([1] as [Float]).requireGradient()
        let y = try withoutGradients { try x.multiplied(by: x) }
        #expect(!y.requiresGradient)
        #expect(try x.multiplied(by: x).requiresGradient)
        #expect(throws: TorchError.self) { try backward(y, parameters: [x]) }
        let error = #expect(throws: TorchError.self) { try withoutGradients { try x.reshaped([7]) } }
        #expect(error?.operation == "aten::reshape")
        #expect(try x.multiplied(by: x).requiresGradient, "recording is on again after an error")
    }

    @Test func onlyNumbersWithFractionsHaveGradients() throws {
        let x = try Tensor([1] as [Float]).requireGradient()
        #expect(try x.requireGradient(false).requiresGradient == false)
        try x.requireGradient()
        #expect(try x.multiplied(by: 2).detached().requiresGradient == false)
        #expect(throws: TorchError.self) { try Tensor([Int64(1)]).requireGradient() }
    }

    @Test(arguments: [MemoryFormat.contiguous, .channelsLast])
    func clippingScalesAllGradientsTogether(format: MemoryFormat) throws {
        let x = try Tensor([Float](repeating: 1, count: 36), shape: [2, 2, 3, 3]).contiguous(format).requireGradient()
        let y = try Tensor([2] as [Float]).requireGradient()
        // Gradients: 36 times 2 and once 5: the norm is √(144 + 25) = 13.
        try backward(x.multiplied(by: x).sum().adding(y.multiplied(by: 5).sum()), parameters: [x, y])
        #expect(abs(try clipGradients(of: [x, y], maximumNorm: 20) - 13) < 1e-5)
        #expect(try y.gradient?.item() == 5)
        #expect(abs(try clipGradients(of: [x, y], maximumNorm: 1.3) - 13) < 1e-5)
        #expect(agree(try #require(try y.gradient?.toArray()), [0.5]))
        #expect(agree(try #require(try x.gradient?.toArray()), [Float](repeating: 0.2, count: 36)))
        #expect(try clipGradients(of: [], maximumNorm: 1) == 0)
    }
}
