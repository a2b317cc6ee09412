/// A Sobol sequence: points of the unit cube that fill it evenly, whatever their number, best at powers of two.
///
/// The points come in the order of Gray's code, as most libraries give them. With a seed they are scrambled by a random linear matrix and a
/// digital shift for each dimension (Matoušek 1998): as even as before, but each point alone is uniform, and different seeds are
/// independent.
///
/// Source: Joe and Kuo 2008 for the direction numbers of the first 161 dimensions. Beyond, the polynomials go on and the initial numbers are
/// chosen at random, the same for every seed: each coordinate alone stays perfectly even, pairs are about as good as independent ones.
public struct SobolSequence: Sendable {
    public let dimensions: Int
    /// `[dimensions][indexBits]`, each a binary fraction of `digits` bits.
    private let directions: [UInt64]
    /// The digital shift of each dimension.
    private let shifts: [UInt64]

    /// Bits of a coordinate: all that a `Double` in [0, 1) holds evenly.
    private static let digits = 52
    /// Bits of an index that are told apart.
    private static let indexBits = 32

    /// - Parameters:
    ///   - dimensions: The coordinates of a point.
    ///   - seed: The seed of the scrambling; not scrambled when nil.
    public init(dimensions: Int, seed: UInt64?) {
        precondition(dimensions >= 0, "a point has no fewer than 0 coordinates")
        self.dimensions = dimensions
        var directions: [UInt64] = []
        directions.reserveCapacity(dimensions * Self.indexBits)
        var shifts = [UInt64](repeating: 0, count: dimensions)
        for dimension in 0..<dimensions {
            let plain = Self.plainDirections(dimension)
            guard let seed else {
                directions += plain
                continue
            }
            var generator = TrialGenerator(seed: seed, trial: dimension)
            let columns = Self.scramblingColumns(&generator)
            directions += plain.map { Self.product($0, columns) }
            shifts[dimension] = generator.next() >> UInt64(64 - Self.digits)
        }
        self.directions = directions
        self.shifts = shifts
    }

    /// A point of the sequence, each coordinate in [0, 1).
    ///
    /// - Parameter index: From 0; beyond 2³² − 1 the sequence begins again.
    public func point(at index: Int) -> [Double] {
        let index = UInt64(bitPattern: Int64(index))
        var gray = (index ^ index >> 1) & (UInt64(1) << UInt64(Self.indexBits) - 1)
        var bits = shifts
        while gray != 0 {
            let bit = gray.trailingZeroBitCount
            for dimension in 0..<dimensions { bits[dimension] ^= directions[dimension * Self.indexBits + bit] }
            gray &= gray - 1
        }
        return bits.map { Double($0) * 0x1p-52 }
    }

    /// The direction numbers of a dimension before scrambling.
    private static func plainDirections(_ dimension: Int) -> [UInt64] {
        guard dimension > 0 else { return (1...indexBits).map { UInt64(1) << UInt64(digits - $0) } }
        let (polynomial, initial) = row(dimension - 1)
        let degree = PrimitivePolynomials.degree(of: polynomial)
        var numbers = (0..<degree).map { initial[$0] << UInt64(digits - 1 - $0) }
        while numbers.count < indexBits {
            let k = numbers.count
            var next = numbers[k - degree] ^ numbers[k - degree] >> UInt64(degree)
            for step in 1..<max(degree, 1) where polynomial >> UInt64(degree - step) & 1 == 1 { next ^= numbers[k - step] }
            numbers.append(next)
        }
        return numbers
    }

    /// The polynomial and the initial numbers of a dimension after the first.
    private static func row(_ position: Int) -> (polynomial: UInt64, initial: [UInt64]) {
        let table = SobolTable.initialNumbers
        if position < table.count { return (PrimitivePolynomials.small[position], table[position]) }
        let polynomials = PrimitivePolynomials.large
        let polynomial = polynomials[(position - table.count) % polynomials.count]
        var generator = TrialGenerator(seed: 0x50_B0_1, trial: position)
        let initial = (0..<PrimitivePolynomials.degree(of: polynomial)).map { place in
            generator.next() & (UInt64(1) << UInt64(place + 1) - 1) | 1
        }
        return (polynomial, initial)
    }

    /// A random matrix, lower triangular with ones on the diagonal, by columns: column k is what bit k of a coordinate turns into.
    private static func scramblingColumns(_ generator: inout TrialGenerator) -> [UInt64] {
        (0..<UInt64(digits)).map { bit in UInt64(1) << bit | generator.next() & (UInt64(1) << bit - 1) }
    }

    private static func product(_ bits: UInt64, _ columns: [UInt64]) -> UInt64 {
        var (rest, product) = (bits, UInt64(0))
        while rest != 0 {
            product ^= columns[rest.trailingZeroBitCount]
            rest &= rest - 1
        }
        return product
    }
}
