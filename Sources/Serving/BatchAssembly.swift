import OnnxRuntime

/// The tensors of a batch: the rows of all segments, in order, for the inputs that an engine has.
///
/// A segment that is a whole request is passed on as it is. Otherwise numbers are copied once, straight into the batch.
func assembleBatch(_ segments: [Segment], for inputs: [TensorInfo]) throws -> [String: TensorValue] {
    var batch: [String: TensorValue] = [:]
    batch.reserveCapacity(inputs.count)
    for input in inputs {
        let parts = segments.compactMap { segment in segment.job.inputs[input.name].map { ($0, segment.rows) } }
        guard parts.count == segments.count, let first = parts.first?.0 else {
            throw ServingError(.invalidArgument, "input '\(input.name)' is missing")
        }
        if parts.count == 1, parts[0].1 == 0..<first.rowCount {
            batch[input.name] = first
        } else if let width = first.datatype.byteWidth {
            batch[input.name] = try gather(parts, bytesPerRow: first.shape.dropFirst().reduce(width, *))
        } else {
            batch[input.name] = try TensorValue.concatenate(parts.map { try $0.slice(rows: $1) })
        }
    }
    return batch
}

private func gather(_ parts: [(tensor: TensorValue, rows: Range<Int>)], bytesPerRow: Int) throws -> TensorValue {
    let first = parts[0].tensor
    let rowCount = parts.reduce(0) { $0 + $1.rows.count }
    return try TensorValue(first.datatype, shape: [rowCount] + first.shape.dropFirst()) { target in
        var offset = 0
        for (tensor, rows) in parts {
            tensor.bytes.withUnsafeBytes { source in
                let range = rows.lowerBound * bytesPerRow..<rows.upperBound * bytesPerRow
                UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + range.count]).copyMemory(
                    from: .init(rebasing: source[range]))
            }
            offset += rows.count * bytesPerRow
        }
    }
}

/// Rows of zeros, or of empty texts, that an engine can be warmed up with; nil where an inner axis is open.
func blankBatch(_ inputs: [TensorInfo], rows: Int) -> [String: TensorValue]? {
    var batch: [String: TensorValue] = [:]
    for input in inputs {
        guard let rowShape = input.rowShape, rowShape.allSatisfy({ $0 >= 0 }) else { return nil }
        let shape = [rows] + rowShape
        let count = shape.reduce(1, *)
        // More than this is not worth the time before the first request.
        guard count < 1 << 26 else { return nil }
        let blank =
            if let width = input.datatype.byteWidth {
                try? TensorValue(input.datatype, shape: shape, bytes: [UInt8](repeating: 0, count: count * width))
            } else {
                try? TensorValue(texts: [], offsets: [Int](repeating: 0, count: count + 1), shape: shape)
            }
        guard let blank else { return nil }
        batch[input.name] = blank
    }
    return batch
}

extension TensorInfo {
    /// Axes after the rows; nil for an input without axes.
    var rowShape: [Int]? { shape.isEmpty ? nil : Array(shape.dropFirst()) }
}
