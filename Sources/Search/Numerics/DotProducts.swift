/// Sums of products of rows: the inner loops of dense linear algebra.
///
/// Four rows times two at once keep eight sums in registers, so that each number loaded is used several times. Two lanes, because that
/// is what every x86-64 has.
enum DotProducts {
    /// Rows shorter than this are not worth the lanes.
    private static let shortLength = 16

    @inline(__always)
    private static func pair(_ pointer: UnsafePointer<Double>, _ index: Int) -> SIMD2<Double> {
        UnsafeRawPointer(pointer + index).loadUnaligned(as: SIMD2<Double>.self)
    }

    /// The products of rows `a`, `a + stride`, … (four) with `b` and `c`, over positions from `start` to before `end`.
    static func fourByTwo(
        _ a: UnsafePointer<Double>, stride: Int, _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>, from start: Int, to end: Int
    ) -> (withB: SIMD4<Double>, withC: SIMD4<Double>) {
        let (a0, a1, a2, a3) = (a, a + stride, a + 2 * stride, a + 3 * stride)
        var (b0, b1, b2, b3) = (SIMD2<Double>(), SIMD2<Double>(), SIMD2<Double>(), SIMD2<Double>())
        var (c0, c1, c2, c3) = (SIMD2<Double>(), SIMD2<Double>(), SIMD2<Double>(), SIMD2<Double>())
        var k = start
        while k + 2 <= end {
            let (x, y) = (pair(b, k), pair(c, k))
            let (r0, r1) = (pair(a0, k), pair(a1, k))
            b0 += r0 * x
            c0 += r0 * y
            b1 += r1 * x
            c1 += r1 * y
            let (r2, r3) = (pair(a2, k), pair(a3, k))
            b2 += r2 * x
            c2 += r2 * y
            b3 += r3 * x
            c3 += r3 * y
            k += 2
        }
        var withB = SIMD4(b0[0] + b0[1], b1[0] + b1[1], b2[0] + b2[1], b3[0] + b3[1])
        var withC = SIMD4(c0[0] + c0[1], c1[0] + c1[1], c2[0] + c2[1], c3[0] + c3[1])
        if k < end {
            withB += SIMD4(a0[k], a1[k], a2[k], a3[k]) * b[k]
            withC += SIMD4(a0[k], a1[k], a2[k], a3[k]) * c[k]
        }
        return (withB, withC)
    }

    /// The product of two rows over positions from `start` to before `end`.
    static func one(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, from start: Int = 0, to end: Int) -> Double {
        var k = start
        var sum = 0.0
        if end - start >= shortLength {
            var (s0, s1, s2, s3) = (SIMD2<Double>(), SIMD2<Double>(), SIMD2<Double>(), SIMD2<Double>())
            while k + 8 <= end {
                s0 += pair(a, k) * pair(b, k)
                s1 += pair(a, k + 2) * pair(b, k + 2)
                s2 += pair(a, k + 4) * pair(b, k + 4)
                s3 += pair(a, k + 6) * pair(b, k + 6)
                k += 8
            }
            let total = (s0 + s1) + (s2 + s3)
            sum = total[0] + total[1]
        }
        while k < end {
            sum += a[k] * b[k]
            k += 1
        }
        return sum
    }
}
