import CLightGBM

/// A model of boosted trees, or a forest: trained step by step, asked for predictions, saved as text.
///
/// Owned by a native handle that is released with the last reference. See ``LightGBM`` for threads.
public final class Booster: @unchecked Sendable {
    let functions: Functions
    let native: BoosterHandle
    // LightGBM refers to the data for as long as the booster trains.
    private var data: [TrainingData]

    /// A booster without trees.
    /// - Throws: ``LightGBMError`` with LightGBM's text, for an unknown objective for one.
    public init(_ training: TrainingData, parameters: Parameters) throws {
        functions = training.functions
        native = try Booster.create(training, parameters)
        data = [training]
    }

    /// A booster that goes on where `earlier` stopped: its trees come first, new ones are fitted to what they leave over.
    ///
    /// LightGBM's trainer knows nothing of merged trees, hence the condition below. With the same data and parameters, and without
    /// anything random, the result is that of training in one go, but for rounding. Random choices (bagging, `feature_fraction`) start
    /// anew: give another `seed` each time, or the same rows and columns are drawn again.
    /// - Parameter training: made with `earlier`'s raw predictions for the same rows as its `initialScores`; so are validation sets
    ///   added later.
    /// - Throws: ``LightGBMError`` with LightGBM's text, or when the number of features or classes differs.
    public init(_ training: TrainingData, parameters: Parameters, continuing earlier: Booster) throws {
        functions = training.functions
        native = try Booster.create(training, parameters)
        data = [training]
        // Everything is set, so `deinit` releases the handle when one of these throws.
        let classes = (try functions.number(functions.boosterGetNumClasses, of: native), try earlier.classCount)
        guard classes.0 == classes.1, try earlier.featureCount == training.columnCount else {
            throw LightGBMError(
                .invalidArgument,
                "a model of \(classes.1) classes and \(try earlier.featureCount) features cannot go on with "
                    + "\(classes.0) classes and \(training.columnCount) features")
        }
        // Puts copies of the other booster's trees before those of this one.
        try functions.call("taking over the earlier trees") { functions.boosterMerge(native, earlier.native) }
    }

    /// A booster from its text, for predictions and for going on with training. It cannot be trained itself.
    /// - Throws: ``LightGBMError`` with LightGBM's text; `NativeLibraryError` where the library is missing.
    public init(modelText: String) throws {
        functions = try Functions.shared()
        // Its reader searches any text for trees and finds none without saying so; look before asking.
        guard modelText.hasPrefix("tree\n") || modelText.hasPrefix("tree\r\n") else {
            throw LightGBMError(.invalidModel, "this is not a LightGBM model: its text begins with the line 'tree'")
        }
        var created: BoosterHandle?
        var iterations: Int32 = 0
        let functions = functions
        try functions.call("reading a model") { functions.boosterLoadModelFromString(modelText, &iterations, &created) }
        guard let created else { throw LightGBMError(.failed, "LightGBM returned no model and no reason") }
        native = created
        data = []
    }

    deinit { _ = functions.boosterFree(native) }

    private static func create(_ training: TrainingData, _ parameters: Parameters) throws -> BoosterHandle {
        let functions = training.functions
        let line = try parameters.line()
        var created: BoosterHandle?
        try functions.call("creating a booster") { functions.boosterCreate(training.native, line, &created) }
        guard let created else { throw LightGBMError(.failed, "LightGBM returned no booster and no reason") }
        return created
    }

    // MARK: Training

    /// Adds data whose metrics ``evaluate(_:)`` reports. Made with the training data as its reference.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    public func addValidation(_ validation: TrainingData) throws {
        try functions.call("adding validation data") { functions.boosterAddValidData(native, validation.native) }
        data.append(validation)
    }

    /// Adds the trees of one iteration, one for each class.
    /// - Returns: whether training is finished: no split was worth making, so further iterations change nothing.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    @discardableResult
    public func updateOneIteration() throws -> Bool {
        guard !data.isEmpty else {
            throw LightGBMError(.invalidArgument, "this booster came from a text and has no data; make one that continues it")
        }
        var isFinished: Int32 = 0
        try functions.call("training") { functions.boosterUpdateOneIter(native, &isFinished) }
        return isFinished != 0
    }

    /// Takes the last iteration's trees away.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    public func removeLastIteration() throws {
        try functions.call("removing an iteration") { functions.boosterRollbackOneIter(native) }
    }

    /// Changes parameters between iterations, the learning rate for one.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    public func setParameters(_ parameters: Parameters) throws {
        let line = try parameters.line()
        try functions.call("changing parameters") { functions.boosterResetParameter(native, line) }
    }

    /// Values of the metrics (parameter `metric`) in LightGBM's order.
    /// - Parameter index: 0 for the training data, then the validation sets from 1 on.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    public func evaluate(_ index: Int) throws -> [(name: String, value: Double)] {
        guard (0..<data.count).contains(index) else {
            throw LightGBMError(.invalidArgument, "data \(index) was asked for, but the booster has \(data.count)")
        }
        let names = try metricNames()
        var values = [Double](repeating: 0, count: names.count)
        var count: Int32 = 0
        try functions.call("evaluating") { functions.boosterGetEval(native, Int32(index), &count, &values) }
        return Array(zip(names, values.prefix(Int(count))).map { (name: $0, value: $1) })
    }

    private func metricNames() throws -> [String] {
        let count = try functions.number(functions.boosterGetEvalCounts, of: native)
        // Names of metrics are short words; the library says when this was not enough.
        let width = 128
        var storage = [CChar](repeating: 0, count: max(1, count * width))
        var found: Int32 = 0
        var needed = 0
        return try storage.withUnsafeMutableBufferPointer { buffer in
            var pointers = (0..<count).map { buffer.baseAddress?.advanced(by: $0 * width) }
            try functions.call("listing metrics") {
                functions.boosterGetEvalNames(native, Int32(count), &found, width, &needed, &pointers)
            }
            return pointers.prefix(Int(found)).map { $0.map { String(cString: $0) } ?? "" }
        }
    }

    // MARK: Sizes

    /// Iterations, those taken over included.
    public var iterationCount: Int {
        get throws { try treeCount / max(1, functions.number(functions.boosterNumModelPerIteration, of: native)) }
    }

    /// Trees of all iterations; a model of several classes has one for each class and iteration.
    public var treeCount: Int { get throws { try functions.number(functions.boosterNumberOfTotalModel, of: native) } }

    /// Scores for each row: the number of classes, 1 for two classes and for numbers.
    public var classCount: Int { get throws { try functions.number(functions.boosterGetNumClasses, of: native) } }

    /// Columns of the data that the model was trained on.
    public var featureCount: Int { get throws { try functions.number(functions.boosterGetNumFeature, of: native) } }

    /// Trains on the thread that calls, up to `iterations` more.
    /// - Returns: whether training is finished early.
    /// - Throws: ``LightGBMError`` with LightGBM's text.
    @discardableResult
    public func update(iterations: Int) throws -> Bool {
        for _ in 0..<iterations where try updateOneIteration() { return true }
        return false
    }
}
