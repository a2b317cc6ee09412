extension TreeModel {
    /// Reads LightGBM's model text, which has every threshold and leaf exactly (17 digits), and categories as bits.
    ///
    /// The JSON form is not read: it is several times longer and says nothing more.
    /// - Throws: ``LightGBMError`` with code `.invalidModel` when a line is missing or cannot be read, and for linear trees.
    public init(modelText: String) throws {
        var header: [Substring: Substring] = [:]
        var sections: [[Substring: Substring]] = []
        // A section begins with `Tree=`; what follows the trees (importances, parameters) is not read.
        for line in modelText.utf8.split(separator: UInt8(ascii: "\n")) {
            let text = Substring(line)
            if text.hasPrefix("end of trees") { break }
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else {
                header[text] = ""
                continue
            }
            let key = Substring(line[..<equals])
            let value = Substring(line[line.index(after: equals)...])
            if key == "Tree" {
                sections.append([:])
            } else if sections.isEmpty {
                header[key] = value
            } else {
                sections[sections.count - 1][key] = value
            }
        }
        guard header["tree"] != nil else { throw LightGBMError(.invalidModel, "this is not a LightGBM model: no line 'tree'") }
        guard let classes = header["num_tree_per_iteration"].flatMap({ Int($0) }), classes > 0 else {
            throw LightGBMError(.invalidModel, "the model does not say how many trees an iteration has (num_tree_per_iteration)")
        }
        classCount = classes
        objective = String(header["objective"] ?? "")
        averagesIterations = header["average_output"] != nil
        featureNames = (header["feature_names"] ?? "").split(separator: " ").map(String.init)
        trees = []
        trees.reserveCapacity(sections.count)
        for (index, section) in sections.enumerated() {
            trees.append(try TextSection(lines: section, tree: index).tree(featureCount: featureNames.count))
        }
    }
}

/// The lines of one tree.
private struct TextSection {
    let lines: [Substring: Substring]
    /// Position among the trees, for messages.
    let tree: Int

    func tree(featureCount: Int) throws -> TreeModel.Tree {
        if let linear = lines["is_linear"], linear != "0" {
            throw LightGBMError(.notExportable, "tree \(tree) has linear leaves (linear_tree=true), which have no counterpart in ONNX")
        }
        let leafCount: Int = try single("num_leaves")
        let leafValues: [Double] = try numbers("leaf_value", leafCount)
        guard leafCount > 1 else { return TreeModel.Tree(splits: [], leafValues: leafValues) }

        let count = leafCount - 1
        let features: [Int] = try numbers("split_feature", count)
        let thresholds: [Double] = try numbers("threshold", count)
        let kinds: [Int] = try numbers("decision_type", count)
        let left: [Int] = try numbers("left_child", count)
        let right: [Int] = try numbers("right_child", count)
        let categoryCount: Int = try single("num_cat")
        let bounds: [Int] = categoryCount > 0 ? try numbers("cat_boundaries", categoryCount + 1) : []
        let words: [UInt32] = categoryCount > 0 ? try numbers("cat_threshold", bounds.last ?? 0) : []

        var splits: [TreeModel.Split] = []
        splits.reserveCapacity(count)
        for node in 0..<count {
            guard (0..<featureCount).contains(features[node]) else { throw fault("split_feature") }
            // Bit 0: categories; bit 1: missing goes left; bits 2 and 3: what counts as missing.
            let decision: TreeModel.Decision
            if kinds[node] & 1 != 0 {
                guard let set = Int(exactly: thresholds[node]), (0..<categoryCount).contains(set), bounds[set] >= 0,
                    bounds[set] <= bounds[set + 1], bounds[set + 1] <= words.count
                else { throw fault("cat_boundaries") }
                decision = .categories(TextSection.members(words[bounds[set]..<bounds[set + 1]]))
            } else {
                let goesLeft = kinds[node] & 2 != 0
                let missing: TreeModel.Missing =
                    switch kinds[node] >> 2 & 3 {
                    case 0: .isZero
                    case 1: .zeroGoes(left: goesLeft)
                    default: .goes(left: goesLeft)
                    }
                decision = .threshold(thresholds[node], missing: missing)
            }
            splits.append(
                TreeModel.Split(
                    feature: features[node], decision: decision, left: try child(left[node], after: node, count),
                    right: try child(right[node], after: node, count)))
        }
        return TreeModel.Tree(splits: splits, leafValues: leafValues)
    }

    /// A leaf is written as its complement. Splits are numbered in the order they were made, so a child comes after its parent: nothing
    /// read here can walk in a circle.
    private func child(_ number: Int, after parent: Int, _ splitCount: Int) throws -> TreeModel.Child {
        if number < 0, ~number <= splitCount { return .leaf(~number) }
        guard number > parent, number < splitCount else { throw fault("left_child") }
        return .split(number)
    }

    /// Positions of the bits that are set.
    private static func members(_ words: ArraySlice<UInt32>) -> [Int] {
        var members: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                members.append(index * 32 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return members
    }

    private func single<Number: LosslessStringConvertible>(_ key: Substring) throws -> Number {
        guard let value = lines[key], let number = Number(String(value)) else { throw fault(key) }
        return number
    }

    private func numbers<Number: LosslessStringConvertible>(_ key: Substring, _ count: Int) throws -> [Number] {
        guard let value = lines[key], count >= 0 else { throw fault(key) }
        let numbers = value.utf8.split(separator: UInt8(ascii: " ")).compactMap { Number(String(Substring($0))) }
        guard numbers.count == count else { throw fault(key) }
        return numbers
    }

    private func fault(_ key: Substring) -> LightGBMError {
        LightGBMError(.invalidModel, "the line '\(key)' of tree \(tree) is missing or not as LightGBM 4 writes it")
    }
}
