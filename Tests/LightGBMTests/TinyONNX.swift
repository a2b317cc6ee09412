import LightGBM

/// Just enough protobuf to write an ONNX model of one `TreeEnsembleRegressor` node, for checks against ONNX Runtime.
/// Field numbers are those of onnx.proto.
enum TinyONNX {
    /// Input `x`, FP32 [rows, features]; output `scores`, FP32 [rows, targets].
    static func regressor(_ trees: TreeEnsembleAttributes, featureCount: Int) -> [UInt8] {
        var node = Message()
        node.text(1, "x")
        node.text(2, "scores")
        node.text(4, "TreeEnsembleRegressor")
        node.text(7, "ai.onnx.ml")
        node.message(5, attribute("n_targets", type: 2) { $0.integer(3, trees.targetCount) })
        for (name, values) in trees.integerAttributes {
            node.message(5, attribute(name, type: 7) { attribute in for value in values { attribute.integer(8, Int(value)) } })
        }
        for (name, values) in trees.floatAttributes {
            node.message(5, attribute(name, type: 6) { attribute in for value in values { attribute.float(7, value) } })
        }
        for (name, values) in trees.stringAttributes {
            node.message(5, attribute(name, type: 8) { attribute in for value in values { attribute.text(9, value) } })
        }
        var graph = Message()
        graph.message(1, node)
        graph.text(2, "trees")
        graph.message(11, tensor("x", width: featureCount))
        graph.message(12, tensor("scores", width: trees.targetCount))
        var model = Message()
        model.integer(1, 8)
        model.message(7, graph)
        for (domain, version) in [("", 17), ("ai.onnx.ml", 3)] {
            var opset = Message()
            opset.text(1, domain)
            opset.integer(2, version)
            model.message(8, opset)
        }
        return model.bytes
    }

    private static func attribute(_ name: String, type: Int, _ fill: (inout Message) -> Void) -> Message {
        var attribute = Message()
        attribute.text(1, name)
        attribute.integer(20, type)
        fill(&attribute)
        return attribute
    }

    private static func tensor(_ name: String, width: Int) -> Message {
        var rows = Message()
        rows.text(2, "rows")
        var columns = Message()
        columns.integer(1, width)
        var shape = Message()
        shape.message(1, rows)
        shape.message(1, columns)
        var tensor = Message()
        tensor.integer(1, 1)
        tensor.message(2, shape)
        var type = Message()
        type.message(1, tensor)
        var info = Message()
        info.text(1, name)
        info.message(2, type)
        return info
    }

    struct Message {
        var bytes: [UInt8] = []

        mutating func integer(_ field: Int, _ value: Int) {
            varint(UInt64(field << 3))
            varint(UInt64(bitPattern: Int64(value)))
        }

        mutating func float(_ field: Int, _ value: Float) {
            varint(UInt64(field << 3 | 5))
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }

        mutating func text(_ field: Int, _ value: String) { block(field, Array(value.utf8)) }

        mutating func message(_ field: Int, _ value: Message) { block(field, value.bytes) }

        private mutating func block(_ field: Int, _ content: [UInt8]) {
            varint(UInt64(field << 3 | 2))
            varint(UInt64(content.count))
            bytes.append(contentsOf: content)
        }

        private mutating func varint(_ value: UInt64) {
            var rest = value
            while rest > 0x7f {
                bytes.append(UInt8(rest & 0x7f) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
    }
}
