/// Primitive polynomials over the field of two elements, as bit masks: bit k is the coefficient of x^k.
enum PrimitivePolynomials {
    /// Of degree 1 to 10, by degree and value: 160 of them.
    static let small: [UInt64] = (1...10).flatMap { all(ofDegree: $0) }

    /// Of degree 11 to 13: 950 more.
    static let large: [UInt64] = (11...13).flatMap { all(ofDegree: $0) }

    static func degree(of polynomial: UInt64) -> Int { UInt64.bitWidth - 1 - polynomial.leadingZeroBitCount }

    static func all(ofDegree degree: Int) -> [UInt64] {
        (0..<UInt64(1) << UInt64(degree - 1)).map { UInt64(1) << UInt64(degree) | $0 << 1 | 1 }.filter(isPrimitive)
    }

    /// Whether the powers of x run through all residues but 0.
    static func isPrimitive(_ polynomial: UInt64) -> Bool {
        let degree = degree(of: polynomial)
        let top = UInt64(1) << UInt64(degree)
        let full = Int(top) - 1
        var power: UInt64 = 1
        for exponent in 1...full {
            power <<= 1
            if power & top != 0 { power ^= polynomial }
            if power == 1 { return exponent == full }
        }
        return false
    }
}
