/// A search space of a widely used learner, as the literature recommends it.
public struct ReadySpace: Sendable {
    /// What it is asked for by: `svm`, `svm-wide`.
    public let id: String
    /// The learner, and whose parameter names the space has.
    public let name: String
    public let summary: String
    public let source: String
    /// The space.
    public let space: SearchSpace
}

/// Search spaces that are there from the start: for a learner of another library, tuned as a program.
///
/// ```swift
/// let study = try Study(space: ReadySpaces.named("gradient-boosting").space, sampler: TPE())
/// ```
public enum ReadySpaces {
    /// - Throws: `SearchSpaceError` (`unknownParameter`) that names those there are.
    public static func named(_ id: String) throws -> ReadySpace {
        guard let space = all.first(where: { $0.id == id }) else {
            throw SearchSpaceError(
                .unknownParameter, "There is no ready-made search space \"\(id)\"; there are \(all.map(\.id).joined(separator: ", ")).")
        }
        return space
    }

    /// In the order of the review's tables, the wider ones after them.
    public static let all: [ReadySpace] = [
        entry(
            "elastic-net", "Elastic net (glmnet)", "mixing and penalty of a penalised linear model", review,
            [.float("alpha", 0...1, default: 0.5), .float("lambda", 1e-4...1e4, log: true, default: 1)]),
        entry(
            "k-nn", "Nearest neighbours", "neighbours, distance and kernel", review,
            [
                .integer("k", 1...50, log: true, default: 7), .float("distance", 1...5, default: 2),
                .categorical("kernel", ["rectangular", "optimal", "epanechnikov", "biweight", "triweight", "cos", "inv", "gaussian", "rank"], default: "optimal"),
            ]),
        entry(
            "svm", "Support vector machine (e1071)", "kernel, cost and the kernel's own parameters", review,
            [
                .categorical("kernel", ["polynomial", "radial", "sigmoid", "linear"], default: "radial"),
                .float("cost", 1e-4...1e4, log: true, default: 1),
                .float("gamma", 1e-4...1e4, log: true, default: 0.1).when("kernel", .differs("linear")),
                .integer("degree", 2...5, default: 3).when("kernel", .equals("polynomial")),
            ]),
        entry(
            "decision-tree", "Decision tree (rpart)", "when a node may split, and how much a split must gain", review,
            [
                .integer("minsplit", 2...128, log: true, default: 20), .integer("minbucket", 1...64, log: true, default: 7),
                .float("cp", 1e-4...0.1, log: true, default: 0.01),
            ]),
        entry(
            "random-forest", "Random forest (ranger)", "trees, columns per split and rows per tree", review,
            [
                .integer("num.trees", 1...2000, default: 500), .float("mtry.ratio", 0...1, default: 0.3),
                .boolean("replace", default: true), .float("sample.fraction", 0.1...1, default: 1),
            ]),
        entry(
            "gradient-boosting", "Gradient-boosted trees (XGBoost)", "rounds, learning rate, depth, samples and penalties", review,
            [
                .integer("nrounds", 1...5000, default: 500), .float("eta", 1e-4...1, log: true, default: 0.1), .integer("max_depth", 1...20, default: 6),
                .float("subsample", 0.1...1, default: 1), .float("colsample_bytree", 0.1...1, default: 1), .float("colsample_bylevel", 0.1...1, default: 1),
                .float("lambda", 1e-3...1e3, log: true, default: 1), .float("alpha", 1e-3...1e3, log: true, default: 1e-3),
            ]),
        entry(
            "neural-network", "Multilayer perceptron with momentum", "layers, units, learning rate and regularisation", review,
            [
                .integer("layers", 1...5, default: 2), .integer("units", 16...512, log: true, default: 128),
                .float("learning_rate", 1e-5...1, log: true, default: 1e-2), .float("momentum", 0...1, default: 0.9),
                .float("weight_decay", 1e-5...0.1, log: true, default: 1e-4), .float("dropout", 0...0.5, default: 0),
                .integer("batch_size", 16...512, log: true, default: 64),
            ]),
        entry(
            "elastic-net-wide", "Elastic net (glmnet)", "the wider space of the random bot", bot,
            [.float("alpha", 0...1, default: 0.5), .float("s", 1e-4...1e3, log: true, default: 1)]),
        entry(
            "svm-wide", "Support vector machine (e1071)", "the wider space of the random bot", bot,
            [
                .categorical("kernel", ["linear", "polynomial", "radial"], default: "radial"), .float("cost", 1e-4...1e3, log: true, default: 1),
                .float("gamma", 1e-4...1e3, log: true, default: 0.1).when("kernel", .equals("radial")),
                .float("tolerance", 1e-4...2, log: true, default: 1e-3), .integer("degree", 2...5, default: 3).when("kernel", .equals("polynomial")),
            ]),
        entry(
            "decision-tree-wide", "Decision tree (rpart)", "the wider space of the random bot", bot,
            [
                .float("cp", 1e-4...1, log: true, default: 0.01), .integer("maxdepth", 1...30, default: 30), .integer("minbucket", 1...100, default: 7),
                .integer("minsplit", 1...100, default: 20),
            ]),
        entry(
            "random-forest-wide", "Random forest (ranger)", "the wider space of the random bot", bot,
            [
                .integer("num.trees", 1...2000, default: 500), .boolean("replace", default: true), .float("sample.fraction", 0.1...1, default: 1),
                .float("mtry.ratio", 0...1, default: 0.3),
                .categorical("respect.unordered.factors", ["ignore", "order", "partition"], default: "ignore"), .integer("min.node.size", 1...100, default: 1),
                .categorical("splitrule", ["gini", "extratrees"], default: "gini"),
                .integer("num.random.splits", 1...100, default: 1).when("splitrule", .equals("extratrees")),
            ]),
        entry(
            "gradient-boosting-wide", "Gradient-boosted trees (XGBoost)", "the wider space of the random bot", bot,
            [
                .categorical("booster", ["gblinear", "gbtree", "dart"], default: "gbtree"), .integer("nrounds", 7...2981, log: true, default: 500),
                .float("eta", 1e-4...1, log: true, default: 0.1).when("booster", trees),
                .float("gamma", 1e-5...7, log: true, default: 1e-5).when("booster", trees), .float("lambda", 1e-4...1e3, log: true, default: 1),
                .float("alpha", 1e-4...1e3, log: true, default: 1e-4), .float("subsample", 0.1...1, default: 1),
                .integer("max_depth", 1...15, default: 6).when("booster", trees),
                .float("min_child_weight", 1...100, log: true, default: 1).when("booster", trees),
                .float("colsample_bytree", 0.01...1, default: 1).when("booster", trees),
                .float("colsample_bylevel", 0.01...1, default: 1).when("booster", trees),
                .float("rate_drop", 0...1, default: 0).when("booster", .equals("dart")), .float("skip_drop", 0...1, default: 0).when("booster", .equals("dart")),
            ]),
    ]

    private static let review = "Bischl et al. 2023, Hyperparameter Optimization: Foundations, Algorithms, Best Practices and Open Challenges, appendix"
    private static let bot = "Binder, Pfisterer and Bischl 2020, Collecting Empirical Data About Hyperparameters for Data Driven AutoML"
    private static let trees = Condition.Test.isIn(["gbtree", "dart"])

    private static func entry(_ id: String, _ name: String, _ summary: String, _ source: String, _ parameters: [Parameter]) -> ReadySpace {
        do {
            return ReadySpace(id: id, name: name, summary: summary, source: source, space: try SearchSpace(parameters))
        } catch {
            preconditionFailure("the ready-made search space \(id) is wrong: \(error)")
        }
    }
}
