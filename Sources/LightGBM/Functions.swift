import CLightGBM
import NativeLibraries
import Synchronization

/// The functions of the opened library, looked up once. Read-only after `init`, hence safe on every thread.
final class Functions: @unchecked Sendable {
    let loaded: LoadedLibrary
    let datasetCreateFromMat: DatasetCreateFromMatFunction
    let datasetSetField: DatasetSetFieldFunction
    let datasetSetFeatureNames: DatasetSetFeatureNamesFunction
    let datasetFree: DatasetFreeFunction
    let boosterCreate: BoosterCreateFunction
    let boosterLoadModelFromString: BoosterLoadModelFromStringFunction
    let boosterMerge: BoosterMergeFunction
    let boosterAddValidData: BoosterAddValidDataFunction
    let boosterResetParameter: BoosterResetParameterFunction
    let boosterUpdateOneIter: BoosterUpdateOneIterFunction
    let boosterRollbackOneIter: BoosterRollbackOneIterFunction
    let boosterGetNumClasses: BoosterGetIntFunction
    let boosterGetNumFeature: BoosterGetIntFunction
    let boosterNumberOfTotalModel: BoosterGetIntFunction
    let boosterNumModelPerIteration: BoosterGetIntFunction
    let boosterGetEvalCounts: BoosterGetIntFunction
    let boosterGetEvalNames: BoosterGetEvalNamesFunction
    let boosterGetEval: BoosterGetEvalFunction
    let boosterFeatureImportance: BoosterFeatureImportanceFunction
    let boosterPredictForMat: BoosterPredictForMatFunction
    let boosterSaveModelToString: BoosterSaveModelToStringFunction
    let boosterDumpModel: BoosterSaveModelToStringFunction
    let boosterFree: BoosterFreeFunction
    private let getLastError: GetLastErrorFunction
    private let registerLogCallback: RegisterLogCallbackFunction

    private static let result = Result { try Functions() }

    /// The functions of the one library of the process.
    /// - Throws: `NativeLibraryError`, the same one each time.
    static func shared() throws -> Functions { try result.get() }

    private init() throws {
        loaded = try LightGBM.library.open()
        datasetCreateFromMat = try loaded.symbol("LGBM_DatasetCreateFromMat")
        datasetSetField = try loaded.symbol("LGBM_DatasetSetField")
        datasetSetFeatureNames = try loaded.symbol("LGBM_DatasetSetFeatureNames")
        datasetFree = try loaded.symbol("LGBM_DatasetFree")
        boosterCreate = try loaded.symbol("LGBM_BoosterCreate")
        boosterLoadModelFromString = try loaded.symbol("LGBM_BoosterLoadModelFromString")
        boosterMerge = try loaded.symbol("LGBM_BoosterMerge")
        boosterAddValidData = try loaded.symbol("LGBM_BoosterAddValidData")
        boosterResetParameter = try loaded.symbol("LGBM_BoosterResetParameter")
        boosterUpdateOneIter = try loaded.symbol("LGBM_BoosterUpdateOneIter")
        boosterRollbackOneIter = try loaded.symbol("LGBM_BoosterRollbackOneIter")
        boosterGetNumClasses = try loaded.symbol("LGBM_BoosterGetNumClasses")
        boosterGetNumFeature = try loaded.symbol("LGBM_BoosterGetNumFeature")
        boosterNumberOfTotalModel = try loaded.symbol("LGBM_BoosterNumberOfTotalModel")
        boosterNumModelPerIteration = try loaded.symbol("LGBM_BoosterNumModelPerIteration")
        boosterGetEvalCounts = try loaded.symbol("LGBM_BoosterGetEvalCounts")
        boosterGetEvalNames = try loaded.symbol("LGBM_BoosterGetEvalNames")
        boosterGetEval = try loaded.symbol("LGBM_BoosterGetEval")
        boosterFeatureImportance = try loaded.symbol("LGBM_BoosterFeatureImportance")
        boosterPredictForMat = try loaded.symbol("LGBM_BoosterPredictForMat")
        boosterSaveModelToString = try loaded.symbol("LGBM_BoosterSaveModelToString")
        boosterDumpModel = try loaded.symbol("LGBM_BoosterDumpModel")
        boosterFree = try loaded.symbol("LGBM_BoosterFree")
        getLastError = try loaded.symbol("LGBM_GetLastError")
        registerLogCallback = try loaded.symbol("LGBM_RegisterLogCallback")
    }

    /// Calls the library and turns -1 into an error.
    ///
    /// LightGBM keeps its log callback for each thread (a C++ `thread_local`), so every call sets it first: one store, against
    /// messages on standard output from a thread that was forgotten. The last error belongs to the thread as well.
    func call(_ action: @autoclosure () -> String, _ body: () -> Int32) throws {
        _ = registerLogCallback(Functions.log)
        guard body() != 0 else { return }
        let text = getLastError().map { String(cString: $0) } ?? "no reason given"
        throw LightGBMError(.failed, "\(action()) failed: \(text)")
    }

    /// A number that the library knows of a booster.
    func number(_ function: BoosterGetIntFunction, of booster: BoosterHandle) throws -> Int {
        var value: Int32 = 0
        try call("asking a booster") { function(booster, &value) }
        return Int(value)
    }

    private static let log: LogCallback = { message in
        guard let handler = LightGBM.logHandler.withLock({ $0 }), let message else { return }
        handler(String(cString: message))
    }
}
