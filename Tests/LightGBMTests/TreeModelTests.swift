import LightGBM
import OnnxRuntime
import Testing

private let areBothThere = isLightGBMThere && (try? OnnxRuntime.load()) != nil

/// Kinds of models that are turned into values and into ONNX.
struct ModelCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var parameters: Parameters
    var link: TreeModel.Link
    var iterations = 60

    static let all: [ModelCase] = [
        ModelCase(testDescription: "regression", parameters: ["objective": "regression"], link: .identity),
        ModelCase(
            testDescription: "without NaN as a value", parameters: ["objective": "regression", "use_missing": "false"], link: .identity),
        ModelCase(
            testDescription: "one-hot categories", parameters: ["objective": "regression", "max_cat_to_onehot": "100"], link: .identity),
        ModelCase(
            testDescription: "large sets of categories",
            parameters: ["objective": "regression", "max_cat_threshold": "60", "cat_smooth": "1", "cat_l2": "0", "min_data_per_group": "1"],
            link: .identity),
        ModelCase(testDescription: "poisson", parameters: ["objective": "poisson"], link: .exponential),
        ModelCase(testDescription: "binary", parameters: ["objective": "binary", "sigmoid": "0.7"], link: .sigmoid(scale: 0.7)),
        ModelCase(testDescription: "multiclass", parameters: ["objective": "multiclass", "num_class": "3"], link: .softmax),
        ModelCase(
            testDescription: "one against all", parameters: ["objective": "multiclassova", "num_class": "3"], link: .sigmoid(scale: 1)),
        ModelCase(
            testDescription: "random forest",
            parameters: ["objective": "binary", "boosting": "rf", "bagging_freq": "1", "bagging_fraction": "0.6"],
            link: .sigmoid(scale: 1)),
        ModelCase(testDescription: "dart", parameters: ["objective": "binary", "boosting": "dart"], link: .sigmoid(scale: 1)),
    ]

    func booster(_ data: SampleData) throws -> Booster {
        let labels =
            switch parameters["objective"] {
            case "binary": data.halves
            case "multiclass", "multiclassova": data.thirds
            case "poisson": data.numbers.map { max(0, $0) }
            default: data.numbers
            }
        let all = single.merging(parameters) { $1 }
        let booster = try Booster(try data.training(labels: labels, all), parameters: all)
        try booster.update(iterations: iterations)
        return booster
    }
}

@Suite(.enabled(if: isLightGBMThere, "LightGBM is not installed")) struct TreeModelTests {
    let data = SampleData(rows: 3000, seed: 11)
    let unseen = SampleData(rows: 4000, seed: 12, gapsEverywhere: true)

    @Test(arguments: ModelCase.all) func valuesPredictAsLightGBMDoes(kind: ModelCase) throws {
        let booster = try kind.booster(data)
        let model = try booster.treeModel()
        #expect(model.trees.count == (try booster.treeCount))
        #expect(try model.link == kind.link)
        #expect(model.averagesIterations == (kind.parameters["boosting"] == "rf"))
        let expected = try unseen.withMatrix { try booster.predict($0, .raw) }
        let divisor = model.averagesIterations ? Double(model.iterationCount) : 1
        for row in stride(from: 0, to: unseen.rowCount, by: 7) {
            let scores = model.scores(unseen.rows[row * 6..<row * 6 + 6].map { Double($0) })
            let same = zip(scores, expected[row * model.classCount..<(row + 1) * model.classCount]).allSatisfy { $0 == $1 / divisor }
            #expect(same, "row \(row)")
        }
    }

    @Test(.enabled(if: areBothThere, "ONNX Runtime is not installed"), arguments: ModelCase.all)
    func onnxPredictsAsLightGBMDoes(kind: ModelCase) throws {
        let booster = try kind.booster(data)
        let model = try booster.treeModel()
        let session = try Session(model: TinyONNX.regressor(TreeEnsembleAttributes(model), featureCount: 6))
        let expected = try unseen.withMatrix { try booster.predict($0, .raw) }
        let output = try session.run(.float(unseen.rows, [unseen.rowCount, 6])).first
        let scores = try #require(output?.floats)
        #expect(output?.shape == [unseen.rowCount, model.classCount])
        let divisor = model.averagesIterations ? Double(model.iterationCount) : 1
        var largest = 0.0
        for (score, wanted) in zip(scores, expected) {
            largest = max(largest, abs(Double(score) - wanted / divisor) / max(1, abs(wanted / divisor)))
        }
        // A row in a wrong leaf differs by far more; sums of 60 Float32 numbers differ by less.
        #expect(largest <= 1e-5)
        // One row at a time takes another way through ONNX Runtime.
        for row in 0..<50 {
            let one = try session.run(.float(Array(unseen.rows[row * 6..<row * 6 + 6]), [1, 6])).first?.floats ?? []
            for (index, score) in one.enumerated() {
                let wanted = expected[row * model.classCount + index] / divisor
                #expect(abs(Double(score) - wanted) <= 1e-5 * max(1, abs(wanted)))
            }
        }
    }

    @Test(.enabled(if: areBothThere, "ONNX Runtime is not installed")) func treesOfOneLeafAreExported() throws {
        let options = single.merging(["objective": "regression", "min_data_in_leaf": "5000"]) { $1 }
        let booster = try Booster(try data.training(labels: data.numbers, options), parameters: options)
        #expect(try booster.update(iterations: 3) == true)
        let model = try booster.treeModel()
        #expect(model.trees.allSatisfy { $0.splits.isEmpty })
        let session = try Session(model: TinyONNX.regressor(TreeEnsembleAttributes(model), featureCount: 6))
        let score = try #require(try session.run(.float([0, 0, 0, 0, 0, 0], [1, 6])).first?.floats?.first)
        let mean = data.numbers.reduce(0, +) / 3000
        #expect(abs(score - mean) < 1e-4)
    }

    @Test func modelsWithoutACounterpartAreErrors() throws {
        let linear = single.merging(["objective": "regression", "linear_tree": "true"]) { $1 }
        let booster = try Booster(try data.training(labels: data.numbers, linear), parameters: linear)
        // The first iteration of a linear booster still has constant leaves.
        try booster.update(iterations: 2)
        #expect { try booster.treeModel() } throws: { ($0 as? LightGBMError)?.code == .notExportable }

        let zeros = single.merging(["objective": "regression", "zero_as_missing": "true"]) { $1 }
        let other = try Booster(try data.training(labels: data.numbers, zeros), parameters: zeros)
        try other.update(iterations: 2)
        let model = try other.treeModel()
        #expect { try TreeEnsembleAttributes(model) } throws: { ($0 as? LightGBMError)?.code == .notExportable }
    }

    @Test func textsThatAreNoModelAreErrors() throws {
        let booster = try ModelCase.all[0].booster(data)
        let text = try booster.modelText(iterations: 1)
        for key in ["tree\n", "num_tree_per_iteration=", "leaf_value=", "threshold=", "left_child=", "cat_threshold=", "num_leaves="] {
            #expect(throws: LightGBMError.self) { try TreeModel(modelText: text.replacing(key, with: "x\(key)x")) }
        }
        // A tree that walks in a circle.
        let circle = text.replacing(try Regex("left_child=-?[0-9]+"), with: "left_child=0")
        #expect(throws: LightGBMError.self) { try TreeModel(modelText: circle) }
        #expect(throws: LightGBMError.self) { try TreeModel(modelText: "") }
    }

    @Test func thresholdsAreRoundedDown() throws {
        let split = TreeModel.Split(
            feature: 0, decision: .threshold(0.1, missing: .goes(left: true)), left: .leaf(0), right: .leaf(1))
        var model = TreeModel(
            classCount: 1, featureNames: ["a"], objective: "regression", averagesIterations: false,
            trees: [TreeModel.Tree(splits: [split], leafValues: [1, 2])])
        // Float(0.1) is above 0.1, so it must go right.
        #expect(try TreeEnsembleAttributes(model).nodesValues[0] == Float(0.1).nextDown)
        model.trees[0].splits[0].decision = .threshold(1e300, missing: .isZero)
        #expect(try TreeEnsembleAttributes(model).nodesValues[0] == .greatestFiniteMagnitude)
        #expect(try TreeEnsembleAttributes(model).nodesMissingValueTracksTrue[0] == 1)
        model.trees[0].splits[0].decision = .threshold(-1e300, missing: .isZero)
        #expect(try TreeEnsembleAttributes(model).nodesValues[0] == -.infinity)
        #expect(try TreeEnsembleAttributes(model).nodesMissingValueTracksTrue[0] == 0)
    }
}
