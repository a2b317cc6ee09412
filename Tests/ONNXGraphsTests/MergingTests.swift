import Foundation
import Networks
import ONNXGraphs
import Testing

@Suite struct MergingTests {
    /// A linear network of one number and one category, with weights that are easy to follow:
    /// value = (a − 1) · slope + (0, 10, 20 for unknown, "x", "y").
    private func member(slope: Float, category: String) throws -> ONNXModel {
        var builder = NetworkBuilder()
        let number = builder.input("numbers", .numbers(count: 1))
        let index = builder.input("category0", .category(levels: 3))
        let scaled = builder.add(.linear(Linear(outFeatures: 1, bias: false)), number, named: "slope")
        let shift = builder.add(.embedding(Embedding(levels: 3, dimension: 1)), index, named: "shift")
        let sum = builder.add(.add, scaled, shift)
        let weights = [
            "slope.weight": WeightTensor(shape: [1, 1], values: [slope]), "shift.weight": WeightTensor(shape: [3, 1], values: [0, 10, 20]),
        ]
        let table = TablePreprocessing(
            numbers: [.init(name: "a", center: 1, scale: 1, replacement: 1, hasIndicator: false)],
            categories: [.init(name: category, levels: ["x", "y"])], clipping: .none)
        return try NetworkExporter.export(
            builder.network(output: sum), weights: weights, preprocessing: .table(table), head: .regression(mean: 0, scale: 1))
    }

    @Test func `exported members share the columns that both read`() throws {
        let model = try ONNXModel.weightedMean(
            of: [(member(slope: 1, category: "b"), 3), (member(slope: 5, category: "c"), 1)], metadata: ["members": "2"])
        #expect(model.inputs.map(\.name) == ["a", "b", "c"])
        #expect(model.outputs.map(\.name) == ["values"])
        // Row 1: ¾·(1 + 10) + ¼·(5 + 20); row 2 has nothing known: 0.
        try ModelFiles.leave(
            model, named: "merged-tables",
            inputs: [
                ("a", [2, 1], .numbers([2, .nan])), ("b", [2, 1], .strings(["x", "?"])), ("c", [2, 1], .strings(["y", ""])),
            ], outputs: [("values", [2, 1], .numbers([14.5, 0]))])
    }

    @Test func `models with branches keep their meaning when they become parts`() throws {
        // Made with onnx 1.23 helpers: y = -x where the sum of x is below 2, else 2·x; the branches read x and a constant from outside.
        let bytes = Data(
            base64Encoded: """
                CAg68QEKIgoBeBIBcyIJUmVkdWNlU3VtKg8KCGtlZXBkaW1zGACgAQIKEQoBcwoDdHdvEgFjIgRMZXNzCoEBCgFjEgF5IgJJZio8CgtlbHNlX2Jy\
                YW5jaDIqChAKAXgKA3R3bxIBZSIDTXVsEgRlbHNlYhAKAWUSCwoJCAESBQoDEgFOoAEFKjcKC3RoZW5fYnJhbmNoMiUKCwoBeBIBdCIDTmVnEgR0\
                aGVuYhAKAXQSCwoJCAESBQoDEgFOoAEFEgFnKg0QASIEAAAAQEIDdHdvWhAKAXgSCwoJCAESBQoDEgFOYhAKAXkSCwoJCAESBQoDEgFOQgQKABAR
                """)
        let branching = try ONNXModel(reading: [UInt8](try #require(bytes)))
        let builder = GraphBuilder(name: "parts")
        let x = try builder.input("t", .float, ["N"])
        let first = try #require(try builder.embed(branching, prefix: "first.", inputs: ["x": x])["y"])
        let second = try #require(try builder.embed(branching, prefix: "second.", inputs: ["x": first])["y"])
        try builder.output(second, as: "y", .float, ["N"])
        try ModelFiles.leave(
            try builder.model(), named: "branches", inputs: [("t", [2], .numbers([1, -3]))], outputs: [("y", [2], .numbers([-2, 6]))])
    }

    @Test func `columns of one kind only, and categories without levels, work`() throws {
        let table = TablePreprocessing(
            numbers: [.init(name: "when", isDate: true, center: 0, scale: 2, replacement: 4, hasIndicator: false)],
            categories: [.init(name: "none", levels: [])], clipping: .none)
        let network = try Network.mlp(
            numbers: 1, categories: [1], embeddingDimension: { _ in 1 }, hidden: [], batchNorm: false, outputs: 1)
        let weights = [
            "embedding0.weight": WeightTensor(shape: [1, 1], values: [7]), "head.weight": WeightTensor(shape: [1, 2], values: [1, 1]),
            "head.bias": WeightTensor(shape: [1], values: [0]),
        ]
        let model = try NetworkExporter.export(
            network, weights: weights, preprocessing: .table(table), head: .regression(mean: 0, scale: 1))
        try ModelFiles.leave(
            model, named: "no-levels", inputs: [("when", [2, 1], .numbers([6, .infinity])), ("none", [2, 1], .strings(["a", ""]))],
            outputs: [("values", [2, 1], .numbers([10, 9]))])

        let categories = TablePreprocessing(numbers: [], categories: [.init(name: "c", levels: ["x"])])
        let only = try Network.mlp(numbers: 0, categories: [2], embeddingDimension: { _ in 1 }, hidden: [], outputs: 1)
        let tensors = [
            "embedding0.weight": WeightTensor(shape: [2, 1], values: [1, 2]), "head.weight": WeightTensor(shape: [1, 1], values: [3]),
            "head.bias": WeightTensor(shape: [1], values: [1]),
        ]
        let small = try NetworkExporter.export(
            only, weights: tensors, preprocessing: .table(categories), head: .regression(mean: 0, scale: 1))
        try ModelFiles.leave(
            small, named: "only-categories", inputs: [("c", [2, 1], .strings(["x", "y"]))], outputs: [("values", [2, 1], .numbers([7, 4]))])
    }
}
