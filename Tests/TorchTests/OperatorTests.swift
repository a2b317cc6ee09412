import Foundation
import Testing
import Torch

@Suite(needsTorch) struct OperatorTests {
    @Test func convolutionAgreesWithItsDefinition() throws {
        let input = try Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9] as [Float], shape: [1, 1, 3, 3])
        let kernel = try Tensor([1, 0, 0, -1] as [Float], shape: [1, 1, 2, 2])
        let bias = try Tensor([10] as [Float])
        #expect(try input.conv2d(kernel, bias: bias).toArray() == [6, 6, 6, 6])
        let padded = try input.conv2d(kernel, stride: 2, padding: 1)
        #expect(padded.shape == [1, 1, 2, 2])
        #expect(try padded.toArray() == [-1, -3, -7, 1 * 5 - 9])
        #expect(try input.conv2d(kernel, dilation: 2).toArray() == [1 - 9])
        let grouped = try concatenated([input, input], dimension: 1).conv2d(Tensor([2, 3] as [Float], shape: [2, 1, 1, 1]), groups: 2)
        #expect(try grouped.narrowed(1, start: 1, length: 1).toArray() == [3, 6, 9, 12, 15, 18, 21, 24, 27])
        let wide = try input.conv2d(Tensor([1, 1, 1] as [Float], shape: [1, 1, 1, 3]), padding: Size2D(height: 0, width: 1))
        #expect(try wide.toArray() == [3, 6, 5, 9, 15, 11, 15, 24, 17])
    }

    @Test func batchNormalisationUsesTheBatchInTrainingAndTheStatisticsAfter() throws {
        let input = try Tensor([1, 3, 10, 30] as [Float], shape: [2, 2, 1, 1])
        // Channels: [1, 10] and [3, 30].
        let mean = try Tensor.zeros([2]), variance = try Tensor.full(1, [2])
        let weight = try Tensor([1, 2] as [Float]), bias = try Tensor([0, 5] as [Float])
        let output = try input.batchNorm(
            weight: weight, bias: bias, runningMean: mean, runningVariance: variance, training: true, momentum: 0.5, epsilon: 0)
        #expect(agree(try output.toArray(), [-1, 3, 1, 7]))
        #expect(agree(try mean.toArray(), [2.75, 8.25]))
        // The unbiased variance: 9²/2 and 27²/2.
        #expect(agree(try variance.toArray(), [0.5 + 0.5 * 40.5, 0.5 + 0.5 * 364.5]))
        let known = try input.batchNorm(
            weight: nil, bias: nil, runningMean: Tensor([1, 3] as [Float]), runningVariance: Tensor([4, 9] as [Float]),
            training: false, epsilon: 0)
        #expect(agree(try known.toArray(), [0, 0, 4.5, 9]))
    }

    @Test func otherNormalisationsCentreTheirGroups() throws {
        let input = try Tensor([1, 3, 10, 30] as [Float], shape: [2, 2])
        let one = try Tensor.full(1, [2]), zero = try Tensor.zeros([2])
        #expect(agree(try input.layerNorm(weight: one, bias: zero, epsilon: 0).toArray(), [-1, 1, -1, 1]))
        #expect(agree(try input.groupNorm(groups: 1, weight: one, bias: nil, epsilon: 0).toArray(), [-1, 1, -1, 1]))
    }

    @Test func activationsAgreeWithTheirFormulas() throws {
        let values: [Float] = [-4, -1.5, -0.25, 0, 0.5, 2, 7]
        let input = try Tensor(values)
        func check(_ output: Tensor, _ formula: (Double) -> Double) throws {
            #expect(agree(try output.toArray(), values.map { Float(formula(Double($0))) }, tolerance: 2e-6))
        }
        let sigmoid = { (x: Double) in 1 / (1 + exp(-x)) }
        try check(input.relu()) { max($0, 0) }
        try check(input.relu6()) { min(max($0, 0), 6) }
        try check(input.leakyRelu(slope: 0.1)) { $0 < 0 ? 0.1 * $0 : $0 }
        try check(input.gelu()) { $0 * 0.5 * (1 + erf($0 / 2.squareRoot())) }
        try check(input.silu()) { $0 * sigmoid($0) }
        try check(input.hardsigmoid()) { min(max($0 + 3, 0), 6) / 6 }
        try check(input.hardswish()) { $0 * min(max($0 + 3, 0), 6) / 6 }
        try check(input.mish()) { $0 * Foundation.tanh(log(1 + exp($0))) }
        try check(input.sigmoid(), sigmoid)
        try check(input.tanh()) { Foundation.tanh($0) }
        let total = values.reduce(0) { $0 + exp(Double($1)) }
        try check(input.softmax()) { exp($0) / total }
        try check(input.logSoftmax()) { $0 - log(total) }
    }

    @Test func poolsReduceWindows() throws {
        let input = try Tensor((1...16).map { Float($0) }, shape: [1, 1, 4, 4])
        #expect(try input.maxPool2d(2).toArray() == [6, 8, 14, 16])
        #expect(try input.avgPool2d(2).toArray() == [3.5, 5.5, 11.5, 13.5])
        #expect(try input.avgPool2d(2, padding: 1).toArray() == [1, 2.5, 4, 7, 8.5, 10, 13, 14.5, 16])
        #expect(try input.adaptiveAvgPool2d(2).toArray() == [3.5, 5.5, 11.5, 13.5])
        let mean = try input.globalAvgPool2d()
        #expect(mean.shape == [1, 1])
        #expect(try mean.item() == 8.5)
        #expect(try input.spaceToDepth(2).shape == [1, 4, 2, 2])
    }

    @Test func arithmeticStretchesSizesOfOne() throws {
        let matrix = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        let row = try Tensor([10, 20, 30] as [Float])
        #expect(try matrix.adding(row).toArray() == [11, 22, 33, 14, 25, 36])
        #expect(try matrix.subtracting(row).toArray() == [-9, -18, -27, -6, -15, -24])
        #expect(try matrix.multiplied(by: row).toArray() == [10, 40, 90, 40, 100, 180])
        #expect(try matrix.divided(by: matrix).toArray() == [1, 1, 1, 1, 1, 1])
        #expect(try matrix.multiplied(by: 0.5).toArray() == [0.5, 1, 1.5, 2, 2.5, 3])
        #expect(try matrix.adding(1).toArray() == [2, 3, 4, 5, 6, 7])
        #expect(try matrix.matmul(matrix.permuted([1, 0])).toArray() == [14, 32, 32, 77])
        #expect(try matrix.linear(Tensor([1, 1, 1] as [Float], shape: [1, 3]), bias: Tensor([1] as [Float])).toArray() == [7, 16])
        #expect(try matrix.sum().item() == 21)
        #expect(try matrix.mean(over: [0]).toArray() == [2.5, 3.5, 4.5])
        #expect(try matrix.sum(over: [1], keepingDimensions: true).shape == [2, 1])
        #expect(try matrix.argmax().toArray(of: Int64.self) == [2, 2])
    }

    @Test func shapesChangeWithoutChangingValues() throws {
        let cube = try Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])
        #expect(try cube.flattened().shape == [2, 12])
        #expect(try cube.reshaped([4, -1]).shape == [4, 6])
        #expect(try stacked([cube, cube]).shape == [2, 2, 3, 4])
        #expect(try concatenated([cube, cube], dimension: 1).shape == [2, 6, 4])
        #expect(try cube.selected(Tensor([1, 1] as [Int64]), dimension: 2).shape == [2, 3, 2])
        #expect(throws: TorchError.self) { try cube.reshaped([5, 5]) }
    }

    @Test func embeddingLooksUpRows() throws {
        let table = try Tensor([0, 1, 10, 11, 20, 21] as [Float], shape: [3, 2])
        #expect(try table.embedding(Tensor([2, 0] as [Int64])).toArray() == [20, 21, 0, 1])
        #expect(throws: TorchError.self) { try table.embedding(Tensor([3] as [Int64])) }
    }

    @Test func lossesAgreeWithTheirFormulas() throws {
        let logits: [Double] = [2, 0, -1, 0.5, 1, 3]
        let input = try Tensor(logits, shape: [2, 3])
        let target = try Tensor([0, 1] as [Int64])
        let logProbabilities = stride(from: 0, to: 6, by: 3).flatMap { row in
            let total = log(logits[row..<row + 3].reduce(0) { $0 + exp($1) })
            return logits[row..<row + 3].map { $0 - total }
        }
        let (first, second) = (-logProbabilities[0], -logProbabilities[4])
        func close(_ tensor: Tensor, _ expected: Double) throws { #expect(abs(try tensor.item() - expected) < 1e-12) }
        try close(input.crossEntropy(target), (first + second) / 2)
        try close(input.crossEntropy(target, reduction: .sum), first + second)
        let spread = -logProbabilities.reduce(0, +) / 3
        try close(input.crossEntropy(target, labelSmoothing: 0.1), (0.9 * (first + second) + 0.1 * spread) / 2)
        try close(input.crossEntropy(target, classWeights: Tensor([1, 3, 5] as [Double])), (first + 3 * second) / 4)
        let smooth = try Tensor([1, 0, 0, 0, 1, 0] as [Double], shape: [2, 3])
        try close(input.crossEntropy(smooth), (first + second) / 2)

        let zeros = try Tensor.zeros([2, 3], dtype: .float64)
        try close(input.meanSquaredError(zeros), (4 + 0 + 1 + 0.25 + 1 + 9) / 6.0)
        try close(input.huberLoss(zeros, delta: 1, reduction: .sum), 1.5 + 0 + 0.5 + 0.125 + 0.5 + 2.5)
        try close(input.smoothL1Loss(zeros, beta: 2, reduction: .sum), 1 + 0 + 0.25 + 0.0625 + 0.25 + 2)
        try close(input.binaryCrossEntropy(zeros, reduction: .sum), logits.reduce(0) { $0 + log(1 + exp($1)) })
    }

    @Test func dropoutRepeatsUnderItsSeedAndKeepsTheMean() throws {
        let ones = try Tensor.full(1, [200, 200])
        var generator = TensorGenerator(seed: 7), again = TensorGenerator(seed: 7)
        let dropped = try ones.dropout(0.25, using: &generator)
        #expect(try dropped.toArray() == ones.dropout(0.25, using: &again).toArray())
        #expect(try dropped.toArray() != ones.dropout(0.25, using: &again).toArray())
        #expect(abs(try dropped.mean().item() - 1) < 0.02)
        #expect(Set(try dropped.toArray()) == [0, Float(1 / 0.75)])
        let channels = try Tensor.full(1, [8, 16, 3, 3]).channelDropout(0.5, using: &generator)
        #expect(Set(try channels.mean(over: [2, 3]).toArray()) == [0, 2])
        #expect(throws: TorchError.self) { try ones.dropout(1, using: &generator) }
    }
}
