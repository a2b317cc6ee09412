import ONNXGraphs
import Testing

@Suite struct TablePreprocessingTests {
    private func number(_ name: String, isDate: Bool = false, center: Double = 0, scale: Double = 1, indicator: Bool = false)
        -> TablePreprocessing.Number
    {
        .init(name: name, isDate: isDate, center: center, scale: scale, replacement: center, hasIndicator: indicator)
    }

    @Test func `numbers are standardised and missing ones replaced and marked`() {
        let table = TablePreprocessing(
            numbers: [number("a", center: 2, scale: 4), number("b", center: 1, scale: 2, indicator: true)], categories: [], clipping: .none)
        #expect(table.featureCount == 3)
        #expect(table.features([[2, 10, .nan], [3, .infinity, 1e300]]) == [0, 1, 0, 2, 0, 1, 0, 0, 1])
    }

    @Test func `clipping cuts or bends`() {
        var table = TablePreprocessing(numbers: [number("a")], categories: [], clipping: .hard(limit: 2))
        #expect(table.features([[1, -7, 3e38]]) == [1, -2, 2])
        table.clipping = .smooth(limit: 3)
        let bent = table.features([[0, 4, -4, 3e38]])
        #expect(abs(bent[1] - 2.4) < 1e-6 && abs(bent[2] + 2.4) < 1e-6)
        #expect(bent[0] == 0 && abs(bent[3] - 3) < 1e-5)
    }

    @Test func `categories have 0 for what is missing or new`() {
        let category = TablePreprocessing.Category(name: "c", levels: ["red", "blue"])
        #expect(category.indexCount == 3)
        #expect(category.indices(ofCodes: [0, 1, 2, -1, 9], levels: ["blue", "green", "red"]) == [2, 0, 1, 0, 0])
    }

    @Test func `a fit finds center and scale`() {
        let values: [Double] = [1, 2, 3, 4, 100, .nan]
        let robust = TablePreprocessing.Number(name: "a", fitting: values, by: .quartiles)
        #expect(robust.center == 3 && robust.scale == 2 && robust.hasIndicator && robust.replacement == 3)
        let moments = TablePreprocessing.Number(name: "a", fitting: [1, 3], by: .moments)
        #expect(moments.center == 2 && moments.scale == 1 && !moments.hasIndicator)
        for values in [[], [5, 5, 5], [.nan], [.infinity]] as [[Double]] {
            for fit in TablePreprocessing.Number.Fit.allCases {
                #expect(TablePreprocessing.Number(name: "a", fitting: values, by: fit).scale == 1, "\(values) by \(fit)")
            }
        }
        // Quartiles that meet: half the range stands in.
        #expect(TablePreprocessing.Number(name: "a", fitting: [0, 0, 0, 0, 0, 0, 0, 0, 8], by: .quartiles).scale == 4)
    }

    @Test func `spoilt preprocessing is refused`() {
        let bad: [TablePreprocessing] = [
            .init(numbers: [number("a", scale: 0)], categories: []), .init(numbers: [number("a", center: .nan)], categories: []),
            .init(numbers: [], categories: [.init(name: "c", levels: ["x", "x"])]),
            .init(numbers: [number("a")], categories: [], clipping: .hard(limit: 0)),
        ]
        for table in bad { #expect(throws: ONNXError.self) { try table.validate() } }
    }

    @Test func `trees read one matrix from mixed columns`() throws {
        let columns: [TableInputs.Column] = [
            .init(name: "a", kind: .number), .init(name: "b", kind: .number),
            .init(name: "color", kind: .category(levels: ["red", "blue"])), .init(name: "when", kind: .date), .init(name: "empty", kind: .category(levels: [])),
        ]
        for (type, name) in [(ElementType.float, "matrix"), (.double, "matrix-double")] {
            let builder = GraphBuilder(name: "matrix")
            let features = try TableInputs.features(builder, columns: columns, type: type)
            // Plus zero where a number is there, so that the test can compare: a NaN differs from itself.
            let zero = builder.constant(type == .float ? .floats([0]) : .doubles([0]))
            let shown = builder.node("Where", [builder.node("IsNaN", [features]), zero, features])
            try builder.output(shown, as: "features", type, ["N", 5])
            let model = try builder.model()
            #expect(model.inputs.map(\.elementType) == [.float, .float, .string, .double, .string])
            let seconds = type == .float ? Double(Float(1_700_000_001)) : 1_700_000_001
            try ModelFiles.leave(
                model, named: name,
                inputs: [
                    ("a", [2, 1], .numbers([1, .nan])), ("b", [2, 1], .numbers([-2.5, 4])), ("color", [2, 1], .strings(["blue", "pink"])),
                    ("when", [2, 1], .numbers([1_700_000_001, .nan])), ("empty", [2, 1], .strings(["x", ""])),
                ], outputs: [("features", [2, 5], .numbers([1, -2.5, 1, seconds, -1, 0, 4, -1, 0, -1]))], tolerance: 0)
        }
        #expect(throws: ONNXError.self) { try TableInputs.features(GraphBuilder(name: "none"), columns: []) }
        #expect(throws: ONNXError.self) { try TableInputs.features(GraphBuilder(name: "twice"), columns: [columns[0], columns[0]]) }
    }
}
