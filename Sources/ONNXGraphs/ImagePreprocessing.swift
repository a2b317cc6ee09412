/// How pixels become what a network reads: from `[N, height, width, channels]` bytes to `[N, channels, height, width]` numbers, each
/// channel (pixel / 255 − mean) / deviation.
public struct ImagePreprocessing: Codable, Sendable, Hashable {
    public var height: Int
    public var width: Int
    /// Per channel, of pixels scaled to 0…1.
    public var mean: [Double]
    /// Per channel, of pixels scaled to 0…1; above zero.
    public var deviation: [Double]

    public init(height: Int, width: Int, mean: [Double], deviation: [Double]) {
        self.height = height
        self.width = width
        self.mean = mean
        self.deviation = deviation
    }

    public var channels: Int { mean.count }
    /// Per channel: a pixel is multiplied by this, then ``offsets`` is added. Folded once, in double precision.
    public var factors: [Float] { deviation.map { Float(1 / (255 * $0)) } }
    public var offsets: [Float] { zip(mean, deviation).map { Float(-$0 / $1) } }

    /// - Throws: ``ONNXError`` `.badValue` where sizes or deviations are not positive or channels differ.
    public func validate() throws {
        guard height > 0, width > 0, channels > 0, deviation.count == channels, deviation.allSatisfy({ $0 > 0 && $0.isFinite }),
            mean.allSatisfy(\.isFinite)
        else {
            throw ONNXError(
                .badValue,
                "images of \(height)×\(width) with means \(mean) and deviations \(deviation): sizes and deviations must be "
                    + "positive, with one mean and one deviation per channel")
        }
    }

    /// `[count, channels, height, width]` by the arithmetic of the exported graph.
    /// - Precondition: the pixels fill whole images, `[count, height, width, channels]`.
    public func values(_ pixels: [UInt8]) -> [Float] {
        let area = height * width
        precondition(pixels.count % (area * channels) == 0, "pixels do not fill whole images")
        let (factors, offsets, channels) = (factors, offsets, channels)
        return [Float](unsafeUninitializedCapacity: pixels.count) { result, count in
            pixels.withUnsafeBufferPointer { pixels in
                for image in 0..<pixels.count / (area * channels) {
                    let start = image * area * channels
                    for channel in 0..<channels {
                        let (factor, offset) = (factors[channel], offsets[channel])
                        let plane = start + channel * area
                        for position in 0..<area {
                            result[plane + position] = Float(pixels[start + position * channels + channel]) * factor + offset
                        }
                    }
                }
            }
            count = pixels.count
        }
    }

    /// Declares the input `pixels` and builds the arithmetic of ``values(_:)``.
    /// - Returns: the name of `[N, channels, height, width]` float.
    func encode(in builder: GraphBuilder) throws -> String {
        try validate()
        var value = try builder.input("pixels", .uint8, ["N", .fixed(height), .fixed(width), .fixed(channels)])
        if channels == 1 {
            // One channel lies the same in both layouts. A 0 keeps the axis as it is.
            let shape = builder.constant(.int64s([0, 1, Int64(height), Int64(width)]), named: "planes.shape")
            value = builder.node("Reshape", [value, shape], named: "planes")
        } else {
            // Before the cast there is a quarter of the bytes to move.
            value = builder.node("Transpose", [value], ["perm": .ints([0, 3, 1, 2])], named: "planes")
        }
        value = builder.node("Cast", [value], ["to": .int(Int(ElementType.float.rawValue))], named: "planes.float")
        let factor = builder.constant(.floats(factors, shape: [channels, 1, 1]), named: "pixel.factor")
        let offset = builder.constant(.floats(offsets, shape: [channels, 1, 1]), named: "pixel.offset")
        return builder.node("Add", [builder.node("Mul", [value, factor], named: "planes.scaled"), offset], named: "image")
    }
}
