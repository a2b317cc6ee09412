import Dispatch

/// Results of independent computations, in order, on as many threads as there are cores.
func concurrently<Result>(_ count: Int, _ body: (Int) -> Result) -> [Result] {
    let lanes = min(count, 64)
    guard lanes > 1 else { return (0..<count).map(body) }
    return [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
        nonisolated(unsafe) let start = buffer.baseAddress
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: lanes) { lane in
                for index in (lane * count / lanes)..<((lane + 1) * count / lanes) {
                    start.map { ($0 + index).initialize(to: body(index)) }
                }
            }
        }
        initialized = count
    }
}

/// Numbers computed range by range, a scratch memory for each range; on one thread where the work is too small to be worth others.
func inLanes(_ count: Int, work: Int, _ body: (Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void) -> [Double] {
    let lanes = work < 100_000 ? 1 : min(count, 16)
    return [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
        buffer.initialize(repeating: 0)
        initialized = count
        guard lanes > 1 else { return body(0..<count, buffer) }
        nonisolated(unsafe) let buffer = buffer
        withoutActuallyEscaping(body) { body in
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: lanes) { lane in
                body((lane * count / lanes)..<((lane + 1) * count / lanes), buffer)
            }
        }
    }
}

/// Steele, Lea and Flood's generator (OOPSLA 2014): one word of state, the same on every platform.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
