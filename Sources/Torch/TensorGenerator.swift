import Foundation

/// Random numbers for initial weights, masks, orders and choices: the same for the same seed on every machine and device.
///
/// xoshiro256++ (Blackman and Vigna 2021), seeded by SplitMix64.
public struct TensorGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var word = seed
        func next() -> UInt64 {
            word &+= 0x9E37_79B9_7F4A_7C15
            var mixed = word
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        state = (next(), next(), next(), next())
    }

    public mutating func next() -> UInt64 {
        let sum = state.0 &+ state.3
        let result = (sum << 23 | sum >> 41) &+ state.0
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = state.3 << 45 | state.3 >> 19
        return result
    }

    /// A number in 0..<1.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// `count` numbers, uniform in `range`.
    public mutating func uniform(_ count: Int, in range: ClosedRange<Float>) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        let width = Double(range.upperBound) - Double(range.lowerBound)
        for index in 0..<count { values[index] = Float(Double(range.lowerBound) + width * uniform()) }
        return values
    }

    /// `count` normal numbers of mean 0, by pairs (Box and Muller 1958).
    public mutating func normal(_ count: Int, standardDeviation: Float = 1) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        for index in stride(from: 0, to: count, by: 2) {
            let radius = (-2 * log(1 - uniform())).squareRoot() * Double(standardDeviation)
            let angle = 2 * Double.pi * uniform()
            values[index] = Float(radius * cos(angle))
            if index + 1 < count { values[index + 1] = Float(radius * sin(angle)) }
        }
        return values
    }

    /// 0..<count in random order.
    public mutating func permutation(_ count: Int) -> [Int] { (0..<count).shuffled(using: &self) }

    /// Weights for layers before a rectifier: normal with variance `2 / inputs` (He et al. 2015).
    ///
    /// - Parameter shape: `[outputs, inputs]` or `[outputs, inputs, kernel height, kernel width]`.
    /// - Throws: as ``Tensor/init(_:shape:device:)``.
    public mutating func heNormal(_ shape: [Int], device: TorchDevice = .cpu) throws -> Tensor {
        let inputs = shape.dropFirst().reduce(1, *)
        let values = normal(shape.reduce(1, *), standardDeviation: (2 / Float(max(inputs, 1))).squareRoot())
        return try Tensor(values, shape: shape, device: device)
    }

    /// Weights for layers before none or a symmetric function: uniform with variance `2 / (inputs + outputs)` (Glorot and Bengio 2010).
    ///
    /// - Parameter shape: as for ``heNormal(_:device:)``.
    /// - Throws: as ``Tensor/init(_:shape:device:)``.
    public mutating func glorotUniform(_ shape: [Int], device: TorchDevice = .cpu) throws -> Tensor {
        let area = shape.dropFirst(2).reduce(1, *)
        let fans = Float((shape.first ?? 1) * area + (shape.dropFirst().first ?? 1) * area)
        let bound = (6 / max(fans, 1)).squareRoot()
        return try Tensor(uniform(shape.reduce(1, *), in: -bound...bound), shape: shape, device: device)
    }

    /// Zeros with probability `rate`, else `1 / (1 - rate)`.
    mutating func dropoutMask(_ shape: [Int], rate: Double, device: TorchDevice) throws -> Tensor {
        guard rate > 0, rate < 1 else {
            throw TorchError(.invalidArgument, "dropout", "got a rate of \(rate), expected at least 0 and less than 1")
        }
        let count = shape.reduce(1, *)
        let kept = Float(1 / (1 - rate))
        // 16 bits decide on one element: the rate is exact to 1/65536, and four elements cost one draw.
        let threshold = UInt64(rate * 65536)
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            var word: UInt64 = 0
            for index in 0..<count {
                word = index & 3 == 0 ? next() : word >> 16
                buffer[index] = word & 0xFFFF < threshold ? 0 : kept
            }
            initialized = count
        }
        return try Tensor(values, shape: shape, device: device)
    }
}
