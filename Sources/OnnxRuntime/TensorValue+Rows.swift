extension TensorValue {
    /// The rows `rows` as a tensor of their own. Copies their memory at once.
    /// - Throws: ``OnnxRuntimeError`` with code `.invalidTensor` when the rows are not there.
    public func slice(rows: Range<Int>) throws -> TensorValue {
        guard !shape.isEmpty, rows.lowerBound >= 0, rows.upperBound <= rowCount else {
            throw OnnxRuntimeError(.invalidTensor, "rows \(rows) were asked of a tensor of shape \(shape)")
        }
        let rowLength = shape.dropFirst().reduce(1, *)
        let newShape = [rows.count] + shape.dropFirst()
        let elements = rows.lowerBound * rowLength..<rows.upperBound * rowLength
        if let width = datatype.byteWidth {
            let part = Array(bytes[elements.lowerBound * width..<elements.upperBound * width])
            return TensorValue(unchecked: datatype, newShape, part, [])
        }
        let start = offsets[elements.lowerBound]
        let part = Array(bytes[start..<offsets[elements.upperBound]])
        return TensorValue(unchecked: datatype, newShape, part, offsets[elements.lowerBound...elements.upperBound].map { $0 - start })
    }

    /// The rows of all tensors behind one another: how a batch is made of requests.
    /// - Throws: ``OnnxRuntimeError`` with code `.invalidTensor` when there are none, or datatypes or row shapes differ.
    public static func concatenate(_ values: [TensorValue]) throws -> TensorValue {
        guard let first = values.first, !first.shape.isEmpty else {
            throw OnnxRuntimeError(.invalidTensor, "tensors with at least one axis are needed to make a batch")
        }
        if values.count == 1 { return first }
        var rows = 0
        var byteCount = 0
        for value in values {
            guard value.datatype == first.datatype, !value.shape.isEmpty, value.shape.dropFirst() == first.shape.dropFirst() else {
                throw OnnxRuntimeError(
                    .invalidTensor,
                    "a batch needs rows of one kind: got \(value.datatype.protocolName) \(value.shape) after "
                        + "\(first.datatype.protocolName) \(first.shape)")
            }
            rows += value.rowCount
            byteCount += value.byteCount
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        var offsets: [Int] = first.datatype == .bytes ? [0] : []
        for value in values {
            let start = bytes.count
            bytes.append(contentsOf: value.bytes)
            for offset in value.offsets.dropFirst() { offsets.append(start + offset) }
        }
        return TensorValue(unchecked: first.datatype, [rows] + first.shape.dropFirst(), bytes, offsets)
    }
}
