import Foundation
import ONNXGraphs
import Testing

@Suite struct GraphBuilderTests {
    private func doubler(_ factor: Float = 2, input: String = "x", output: String = "y", opset: Int = 17) throws -> ONNXModel {
        let builder = GraphBuilder(name: "doubler", opset: opset)
        let x = try builder.input(input, .float, ["N", 3])
        let doubled = builder.node("Mul", [x, builder.constant(.scalar(factor))])
        try builder.output(doubled, as: output, .float, ["N", 3])
        return try builder.model(metadata: ["made by": "a test", "classes": "[]"])
    }

    @Test func `a model comes back from its bytes as it was`() throws {
        let bytes = try doubler().serialize()
        let model = try ONNXModel(reading: bytes)
        #expect(model.inputs == [TensorDescription(name: "x", elementType: .float, dimensions: ["N", 3])])
        #expect(model.outputs == [TensorDescription(name: "y", elementType: .float, dimensions: ["N", 3])])
        #expect(model.metadata == ["made by": "a test", "classes": "[]"])
        #expect(model.opsets == ["": 17])
        #expect(model.producer == "tutti")
        #expect(model.operators == ["Mul"])
        #expect(model.storedElementCount == 1)
        #expect(try model.serialize() == bytes)
    }

    @Test func `the bytes of a small model are those of the published format`() throws {
        let builder = GraphBuilder(name: "g")
        let x = try builder.input("x", .float, ["N"])
        try builder.output(builder.node("Abs", [x]), as: "y", .float, ["N"])
        // A tensor of floats with one axis called N: tags and lengths by hand from the published field numbers.
        let type: [UInt8] = [18, 11, 10, 9, 8, 1, 18, 5, 10, 3, 18, 1, 78]
        let node: [UInt8] = [10, 17, 10, 1, 120, 18, 1, 121, 26, 4] + Array("Abs1".utf8) + [34, 3] + Array("Abs".utf8)
        let values: [UInt8] = [90, 16, 10, 1, 120] + type + [98, 16, 10, 1, 121] + type
        let graph = node + [18, 1, 103] + values
        let expected = [8, 8, 18, 5] + Array("tutti".utf8) + [58, UInt8(graph.count)] + graph + [66, 2, 16, 17]
        #expect(try builder.model().serialize() == expected)
    }

    @Test func `names are unique and unclaimed ones are kept`() throws {
        let builder = GraphBuilder(name: "names")
        let x = try builder.input("Relu", .float, ["N"])
        let first = builder.node("Relu", [x])
        let second = builder.node("Relu", [first])
        #expect(Set([x, first, second]).count == 3)
        #expect(throws: ONNXError.self) { try builder.input("Relu", .float, ["N"]) }
        #expect(throws: ONNXError.self) { try builder.input("", .float, ["N"]) }
        #expect(throws: ONNXError.self) { try builder.model() }
        // A column may well be called like the output.
        #expect(try builder.output(second, as: "Relu", .float, ["N"]) == "Relu_")
    }

    @Test func `a value that is an input, or an output already, is copied to become an output`() throws {
        let builder = GraphBuilder(name: "copies")
        let x = try builder.input("x", .float, ["N"])
        let y = try builder.output(builder.node("Neg", [x]), as: "y", .float, ["N"])
        try builder.output(x, as: "same", .float, ["N"])
        try builder.output(y, as: "again", .float, ["N"])
        let model = try builder.model()
        #expect(model.operators == ["Neg", "Identity", "Identity"])
        try ModelFiles.leave(
            model, named: "copies", inputs: [("x", [2], .numbers([1, -2]))],
            outputs: [("y", [2], .numbers([-1, 2])), ("same", [2], .numbers([1, -2])), ("again", [2], .numbers([-1, 2]))])
    }

    @Test func `every kind of attribute and constant is written`() throws {
        let builder = GraphBuilder(name: "kinds")
        let x = try builder.input("x", .string, ["N", 1])
        let code = builder.node(
            "LabelEncoder", [x], ["keys_strings": .strings(["a", "b"]), "values_floats": .floats([1, 2]), "default_float": -1.0],
            domain: GraphBuilder.learnersDomain)
        let flags = builder.constant(.bools([true]))
        let chosen = builder.node("Where", [flags, code, builder.constant(.floats([0]))])
        let wide = builder.node("Cast", [chosen], ["to": .int(Int(ElementType.double.rawValue))])
        let sum = builder.node("Add", [wide, builder.constant(.doubles([0.5], shape: [1, 1]))])
        let length = builder.node("Shape", [builder.constant(.strings(["é", ""]))])
        let zeros = builder.node("ConstantOfShape", [length], ["value": .tensor(.doubles([3]))])
        let parts = builder.node("Split", [zeros, builder.constant(.int64s([1, 1]))], ["axis": 0], outputs: ["left", "right"])
        try builder.output(builder.node("Add", [sum, parts[1]]), as: "y", .double, ["N", 1])
        let model = try builder.model()
        #expect(model.opsets == ["": 17, "ai.onnx.ml": 3])
        try ModelFiles.leave(
            model, named: "kinds", inputs: [("x", [3, 1], .strings(["b", "a", "z"]))],
            outputs: [("y", [3, 1], .numbers([5.5, 4.5, 2.5]))])
    }

    @Test func `several models become one that shares inputs and gives their weighted mean`() throws {
        let merged = try ONNXModel.weightedMean(
            of: [(try doubler(2), 1), (try doubler(4), 2), (try doubler(10, input: "z"), 1)], metadata: ["members": "3"])
        #expect(merged.inputs.map(\.name) == ["x", "z"])
        #expect(merged.outputs.map(\.name) == ["y"])
        #expect(merged.metadata == ["members": "3"])
        let again = try ONNXModel.weightedMean(of: [(merged, 1), (try doubler(0), 1)])
        try ModelFiles.leave(
            again, named: "mean", inputs: [("x", [1, 3], .numbers([1, 2, 3])), ("z", [1, 3], .numbers([1, 0, 0]))],
            outputs: [("y", [1, 3], .numbers([2.5, 2.5, 3.75]))])
    }

    @Test func `models that do not fit together are refused with a reason`() throws {
        let strings = GraphBuilder(name: "other")
        let x = try strings.input("x", .double, ["N", 3])
        try strings.output(x, as: "y", .double, ["N", 3])
        let other = try strings.model()
        #expect(throws: ONNXError.self) { try ONNXModel.weightedMean(of: [(try doubler(), 1), (other, 1)]) }
        #expect(throws: ONNXError.self) { try ONNXModel.weightedMean(of: [(try doubler(), 1), (try doubler(opset: 13), 1)]) }
        #expect(throws: ONNXError.self) { try ONNXModel.weightedMean(of: []) }
        #expect(throws: ONNXError.self) { try ONNXModel.weightedMean(of: [(try doubler(), -1)]) }
    }

    @Test func `bytes that are no model are refused`() {
        #expect(throws: ONNXError.self) { try ONNXModel(reading: []) }
        #expect(throws: ONNXError.self) { try ONNXModel(reading: Array("PK not a model".utf8)) }
        #expect(throws: ONNXError.self) { try ONNXModel(contentsOf: URL(fileURLWithPath: "/nowhere/model.onnx")) }
    }
}
