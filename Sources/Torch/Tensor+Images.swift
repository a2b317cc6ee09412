/// Batches of images out of a data set that stays on the device as bytes, and random changes to them.
extension Tensor {
    /// Images at `rows` as a batch, on the same device: self `[images, channels, height, width]` of any type.
    /// - Throws: ``TorchError`` for a row that is not there.
    public func batch(_ rows: [Int]) throws -> Tensor {
        try selected(Tensor(rows.map { Int64($0) }, device: device))
    }

    /// Bytes 0...255 as numbers with the given mean and standard deviation of each channel taken out:
    /// `(x / 255 - mean) / standardDeviation`.
    /// - Parameters:
    ///   - mean: of each channel, in units of 0...1.
    ///   - standardDeviation: of each channel, in units of 0...1, more than 0.
    ///   - format: memory order of the result.
    /// - Throws: ``TorchError`` when the number of channels differs.
    public func normalizedPixels(mean: [Float], standardDeviation: [Float], format: MemoryFormat = .contiguous) throws -> Tensor {
        // One pass: normalisation with known statistics is what batch normalisation does outside training.
        let channels = [mean.count]
        return try to(.float32).contiguous(format).batchNorm(
            weight: nil, bias: nil,
            runningMean: Tensor(mean.map { $0 * 255 }, shape: channels, device: device),
            runningVariance: Tensor(standardDeviation.map { $0 * $0 * 255 * 255 }, shape: channels, device: device),
            training: false, epsilon: 0)
    }

    /// The images for which `choice` holds, mirrored left to right; the others as they are.
    /// - Throws: ``TorchError`` when there is not one choice per image.
    public func flippedHorizontally(_ choice: [Bool]) throws -> Tensor {
        let mask = try Tensor(choice, shape: [choice.count, 1, 1, 1], device: device)
        let mirrored = try call("aten::flip", [.tensor(self), .ints([3])])
        return try call("aten::where", overload: "self", [.tensor(mask), .tensor(mirrored), .tensor(self)])
    }

    /// Each image moved by its own number of whole pixels; what comes in at the border is zero.
    /// - Parameter offsets: one per image; positive is down and to the right. Beyond `limit` they are held.
    /// - Throws: ``TorchError`` when there is not one offset per image.
    public func shifted(_ offsets: [(down: Int, right: Int)], limit: Int) throws -> Tensor {
        let shape = shape
        guard shape.count == 4, offsets.count == shape[0], limit >= 0 else {
            throw TorchError(
                .invalidArgument, "shifted",
                "got \(offsets.count) offsets for shape \(shape), expected [images, channels, height, width] and one each")
        }
        let padded = try padded(limit)
        func gathered(_ tensor: Tensor, _ dimension: Int, _ offset: (Int) -> Int) throws -> Tensor {
            let length = shape[dimension]
            var indices: [Int64] = []
            indices.reserveCapacity(offsets.count * length)
            for image in 0..<offsets.count {
                let start = limit - min(max(offset(image), -limit), limit)
                for position in 0..<length { indices.append(Int64(start + position)) }
            }
            var indexShape = [shape[0], 1, 1, 1]
            indexShape[dimension] = length
            var target = tensor.shape
            target[dimension] = length
            let index = try Tensor(indices, shape: indexShape, device: device).expanded(target)
            return try tensor.call("aten::gather", [.tensor(tensor), .int(dimension), .tensor(index), .bool(false)])
        }
        let rows = try gathered(padded, 2) { offsets[$0].down }
        return try gathered(rows, 3) { offsets[$0].right }
    }

    /// Zeros around the images, `border` pixels on each side.
    /// - Throws: ``TorchError`` for a negative border larger than the image.
    public func padded(_ border: Int) throws -> Tensor {
        try call("aten::pad", [.tensor(self), .ints([border, border, border, border]), .string("constant"), .none])
    }
}
