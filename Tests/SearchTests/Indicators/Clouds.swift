/// Points that any language can make again, to compare figures with other programs.
enum Clouds {
    /// Uniform in the unit cube, or on the unit sphere; numbers from x ← 1664525 x + 1013904223 mod 2³², row by row.
    static func points(_ count: Int, objectives: Int, seed: UInt32, onSphere: Bool = false) -> [[Double]] {
        var state = seed
        return (0..<count).map { _ in
            let row = (0..<objectives).map { _ in
                state = 1_664_525 &* state &+ 1_013_904_223
                return Double(state) / 4_294_967_296
            }
            let radius = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return onSphere ? row.map { $0 / radius } : row
        }
    }

    /// The same on a coarse grid, so that many coordinates and whole points are equal.
    static func grid(_ count: Int, objectives: Int, seed: UInt32) -> [[Double]] {
        points(count, objectives: objectives, seed: seed).map { $0.map { ($0 * 5).rounded() / 5 } }
    }
}
