import Foundation

/// The source of chance for one trial: the same seed and number give the same bits on every machine.
///
/// SplitMix64 (Steele, Lea and Flood 2014, Fast Splittable Pseudorandom Number Generators): 64 bits of state, so any pair of seed
/// and number starts a stream of its own at no cost.
public struct TrialGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64, trial: Int = 0) {
        // The number is mixed before it joins the seed; otherwise neighbouring seeds would share their streams, shifted.
        state = seed &+ Self.mix(UInt64(bitPattern: Int64(trial)) &+ 0x9E37_79B9_7F4A_7C15)
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number in [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A draw of the standard normal distribution (Box and Muller).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
