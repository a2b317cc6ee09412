import ArgumentParser
import Codecs
import Datasets
import Ensembling
import Foundation
import Learning
import ModelLibrary
import NativeLibraries
import Placement
import Search
import SearchSpaces
import ServingHTTP
import Tutti

/// The exit statuses of the command, and which error gives which.
enum ExitStatus {
    /// Wrong usage.
    static let usage: Int32 = 64
    /// Bad data.
    static let badData: Int32 = 65
    /// A native library that is missing or too old.
    static let missingRuntime: Int32 = 69
    /// Our own fault.
    static let internalFault: Int32 = 70

    /// False for what the argument parser raises: it prints and exits by itself.
    static func isOurs(_ error: any Error) -> Bool {
        !(error is ExitCode || error is ValidationError || error is CleanExit || String(reflecting: type(of: error)).hasPrefix("ArgumentParser."))
    }

    static func of(_ error: any Error) -> Int32 {
        switch error {
        case let error as TuttiError:
            switch error.code {
            case .usage: usage
            case .missingRuntime: missingRuntime
            case .badData, .noResult: badData
            default: error.underlying.map(of) ?? internalFault
            }
        case is NativeLibraryError: missingRuntime
        case is DatasetError, is CodecError, is LibraryError, is EnsembleError, is PlacementError, is SearchSpaceError: badData
        case let error as SearchError: error.code == .unknownAlgorithm || error.code == .invalidOption ? usage : badData
        case let error as LearningError: error.code == .unknown ? usage : badData
        case let error as OIPServerError: error.code == .noModels ? badData : usage
        default: internalFault
        }
    }
}
