import Foundation
import Testing
import Torch

@Suite(needsTorch) struct TrainingTests {
    /// A small network of the usual parts, trained on noise.
    private final class SmallNetwork {
        var generator: TensorGenerator
        let parameters: [NamedTensor]
        let mean: Tensor, variance: Tensor
        let optimizer: AdamW
        let images: Tensor, labels: Tensor

        init(width: Int = 8) throws {
            var generator = TensorGenerator(seed: 11)
            parameters = try [
                NamedTensor("convolution", generator.heNormal([width, 1, 3, 3]).requireGradient()),
                NamedTensor("scale", Tensor.full(1, [width]).requireGradient()),
                NamedTensor("shift", Tensor.zeros([width]).requireGradient()),
                NamedTensor("head", generator.glorotUniform([4, width]).requireGradient()),
            ]
            mean = try .zeros([width])
            variance = try .full(1, [width])
            optimizer = try AdamW(ParameterGroup.decayingWeightsOnly(parameters, weightDecay: 0.01), learningRate: 0.01)
            images = try Tensor((0..<64 * 784).map { _ in UInt8.random(in: 0...255, using: &generator) }, shape: [64, 1, 28, 28])
            labels = try Tensor((0..<64).map { _ in Int64.random(in: 0..<4, using: &generator) })
            self.generator = generator
        }

        func step() throws -> Double {
            let rows = (0..<32).map { _ in Int.random(in: 0..<64, using: &generator) }
            let inputs = try images.batch(rows)
                .flippedHorizontally(rows.map { $0 % 2 == 0 }).normalizedPixels(mean: [0.5], standardDeviation: [0.25])
            let p = parameters.map(\.tensor)
            let features = try inputs.conv2d(p[0], stride: 2, padding: 1)
                .batchNorm(weight: p[1], bias: p[2], runningMean: mean, runningVariance: variance, training: true)
                .relu().dropout(0.1, using: &generator).globalAvgPool2d()
            let loss = try features.linear(p[3]).crossEntropy(labels.batch(rows), labelSmoothing: 0.1)
            optimizer.resetGradients()
            try backward(loss, parameters: p)
            try clipGradients(of: p, maximumNorm: 1)
            try optimizer.step()
            return try loss.item()
        }
    }

    @Test func trainingRepeatsUnderItsSeed() throws {
        let first = try SmallNetwork(), second = try SmallNetwork()
        let losses = try (0..<10).map { _ in (try first.step(), try second.step()) }
        #expect(losses.allSatisfy { $0.0 == $0.1 })
        #expect(losses[9].0 != losses[0].0)
    }

    /// Other tests run in this process at the same time, so the networks here are wide: what is lost in each step is then far more
    /// than what the others take.
    @Test(.enabled(if: residentBytes() != nil, "resident memory is read from /proc, which is not here"))
    func trainingKeepsNoMemory() throws {
        let network = try SmallNetwork(width: 32)
        // Allocators and libtorch's caches fill in the first steps.
        for _ in 0..<20 { _ = try network.step() }
        let before = try #require(residentBytes())
        for _ in 0..<200 { _ = try network.step() }
        let growth = try #require(residentBytes()) - before
        // One lost activation map per step: 200 steps · 32 images · 32 channels · 14 · 14 pixels · 4 bytes = 160 MB.
        #expect(growth < 60_000_000, "resident memory grew by \(growth) bytes in 200 steps")
    }

    @Test(.enabled(if: residentBytes() != nil, "resident memory is read from /proc, which is not here"))
    func errorsKeepNoMemory() throws {
        let input = try Tensor.zeros([1, 3, 256, 256]), kernel = try Tensor.zeros([4, 2, 3, 3])
        for _ in 0..<20 { _ = try? input.adding(1).conv2d(kernel) }
        let before = try #require(residentBytes())
        for _ in 0..<300 { _ = try? input.adding(1).conv2d(kernel) }
        let growth = try #require(residentBytes()) - before
        #expect(growth < 60_000_000, "resident memory grew by \(growth) bytes; the inputs alone were 236 MB")
    }

    @Test func tensorsCanBeUsedFromManyThreads() async throws {
        let weight = try Tensor([Float](repeating: 0.5, count: 64), shape: [8, 8])
        let sums = try await withThrowingTaskGroup(of: Double.self) { group in
            for index in 0..<8 {
                group.addTask {
                    var tensor = try Tensor([Float](repeating: Float(index), count: 8), shape: [1, 8])
                    for _ in 0..<50 { tensor = try withoutGradients { try tensor.linear(weight).multiplied(by: 0.25) } }
                    return try tensor.sum().item()
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums.sorted() == (0..<8).map { Double($0) * 8 })
    }
}

/// Memory of this process that is in RAM, or nil where there is no /proc.
private func residentBytes() -> Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * 4096 } : nil
}
