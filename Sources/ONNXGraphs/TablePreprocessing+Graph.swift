extension TablePreprocessing {
    /// The values that preprocessing leaves in a graph.
    struct Encoded {
        /// `[N, featureCount]` float; nil where there are no numbers.
        var features: String?
        /// One per category: `[N]` int64.
        var indices: [String]
    }

    /// Declares one input per column and builds the arithmetic of ``features(_:)``.
    func encode(in builder: GraphBuilder) throws -> Encoded {
        try validate()
        for number in numbers { try builder.input(number.name, number.isDate ? .double : .float, ["N", 1]) }
        for category in categories { try builder.input(category.name, .string, ["N", 1]) }
        // Plain numbers and dates differ in precision, so they are standardised apart and brought into order again.
        let plain = numbers.filter { !$0.isDate }
        let dates = numbers.filter(\.isDate)
        var values: [String] = []
        var missing: [String] = []
        for (group, isDate) in [(plain, false), (dates, true)] where !group.isEmpty {
            let (standardized, absent) = standardize(group, areDates: isDate, in: builder)
            values.append(standardized)
            if let absent { missing.append(absent) }
        }
        let indices = categories.map { index(of: $0, in: builder) }
        guard !numbers.isEmpty else { return Encoded(features: nil, indices: indices) }
        var joined = inOrder(values, grouped: plain.map(\.name) + dates.map(\.name), wanted: numbers.map(\.name), in: builder)
        joined = clip(joined, in: builder)
        guard !missing.isEmpty else { return Encoded(features: joined, indices: indices) }
        let grouped = (plain + dates).filter(\.hasIndicator).map(\.name)
        let indicators = inOrder(missing, grouped: grouped, wanted: numbers.filter(\.hasIndicator).map(\.name), in: builder)
        return Encoded(features: builder.node("Concat", [joined, indicators], ["axis": 1], named: "features"), indices: indices)
    }

    /// - Returns: `[N, group]` float, and `[N, those with an indicator]` float.
    private func standardize(_ group: [Number], areDates: Bool, in builder: GraphBuilder) -> (values: String, missing: String?) {
        let prefix = areDates ? "dates" : "numbers"
        func row(_ values: [Double], _ name: String) -> String {
            builder.constant(areDates ? .doubles(values) : .floats(values.map { Float($0) }), named: "\(prefix).\(name)")
        }
        let toFloat: KeyValuePairs<String, NodeAttribute> = ["to": .int(Int(ElementType.float.rawValue))]
        var value = concatenated(group.map(\.name), named: prefix, in: builder)
        // False for NaN, as every comparison with it, and for infinities.
        let largest: ConstantTensor = areDates ? .doubles([.greatestFiniteMagnitude], shape: []) : .scalar(.greatestFiniteMagnitude)
        let size = builder.node("Abs", [value], named: "\(prefix).size")
        let present = builder.node("LessOrEqual", [size, builder.constant(largest, named: "\(prefix).largest")], named: "\(prefix).present")
        value = builder.node("Where", [present, value, row(group.map(\.replacement), "replacement")], named: "\(prefix).filled")
        value = builder.node("Sub", [value, row(group.map(\.center), "center")], named: "\(prefix).centered")
        value = builder.node("Mul", [value, row(group.map { 1 / $0.scale }, "factor")], named: "\(prefix).scaled")
        if areDates { value = builder.node("Cast", [value], toFloat, named: "\(prefix).float") }

        let marked = group.indices.filter { group[$0].hasIndicator }
        guard !marked.isEmpty else { return (value, nil) }
        let absent = builder.node("Not", [present], named: "\(prefix).absent")
        var missing = builder.node("Cast", [absent], toFloat, named: "\(prefix).missing")
        if marked.count < group.count { missing = selected(missing, marked, in: builder) }
        return (value, missing)
    }

    private func clip(_ value: String, in builder: GraphBuilder) -> String {
        switch clipping {
        case .none: return value
        case .hard(let limit):
            let bounds = [-Float(limit), Float(limit)].map { builder.constant(.scalar($0), named: "clip.bound") }
            return builder.node("Clip", [value] + bounds, named: "clip")
        case .smooth(let limit):
            let bounds = [Float(-1e4), 1e4].map { builder.constant(.scalar($0), named: "clip.bound") }
            let factor = Float(1 / limit)
            let scaled = builder.node("Mul", [value, builder.constant(.scalar(factor), named: "clip.factor")], named: "clip.scaled")
            let held = builder.node("Clip", [scaled] + bounds, named: "clip.held")
            let square = builder.node("Mul", [held, held], named: "clip.square")
            let sum = builder.node("Add", [square, builder.constant(.scalar(1), named: "one")], named: "clip.sum")
            let bent = builder.node("Div", [held, builder.node("Sqrt", [sum], named: "clip.root")], named: "clip.bent")
            return builder.node("Mul", [bent, builder.constant(.scalar(1 / factor), named: "clip.limit")], named: "clip")
        }
    }

    private func index(of category: Category, in builder: GraphBuilder) -> String {
        guard !category.levels.isEmpty else {
            // An encoder needs at least one key; without levels every row has index 0.
            let shape = builder.node("Shape", [category.name], ["start": 0, "end": 1])
            return builder.node("ConstantOfShape", [shape], ["value": .tensor(.int64s([0]))], named: "\(category.name).index")
        }
        let index = builder.node(
            "LabelEncoder", [category.name],
            ["keys_strings": .strings(category.levels), "values_int64s": .ints(Array(1...category.levels.count)), "default_int64": 0],
            domain: GraphBuilder.learnersDomain, named: "\(category.name).code")
        return builder.node("Squeeze", [index, builder.constant(.int64s([1]), named: "axis1")], named: "\(category.name).index")
    }

    private func inOrder(_ parts: [String], grouped: [String], wanted: [String], in builder: GraphBuilder) -> String {
        let value = concatenated(parts, named: "joined", in: builder)
        guard grouped != wanted else { return value }
        return selected(value, wanted.compactMap { grouped.firstIndex(of: $0) }, in: builder)
    }

    private func selected(_ value: String, _ columns: [Int], in builder: GraphBuilder) -> String {
        let positions = builder.constant(.int64s(columns.map { Int64($0) }), named: "columns")
        return builder.node("Gather", [value, positions], ["axis": 1], named: "selected")
    }

    private func concatenated(_ parts: [String], named name: String, in builder: GraphBuilder) -> String {
        parts.count == 1 ? parts[0] : builder.node("Concat", parts, ["axis": 1], named: name)
    }
}
