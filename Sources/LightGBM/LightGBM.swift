import Foundation
public import NativeLibraries
import Synchronization

/// The LightGBM library: where it is looked for, which version was found, and its log.
///
/// **Threads.** A ``Booster`` is used by one thread at a time for whatever changes it (LightGBM also locks it); predictions of one booster
/// may run on several threads. Different boosters may train on different threads at once, also on the same ``TrainingData``. The
/// parameter `num_threads` is a setting of the whole process in LightGBM, written by each call that gets it: give all
/// boosters the same value, 1 where several train side by side.
public enum LightGBM {
    /// What is looked for, and how a user gets it.
    public static let library = NativeLibrary(
        name: "LightGBM", purpose: "boosted trees and random forests", environmentVariable: "TUTTI_LIGHTGBM",
        files: [NativeLibrary.File(wheelPath: "lightgbm/lib/lib_lightgbm.\(suffix)", systemNames: ["lib_lightgbm.\(suffix)"])],
        // Needed under this name by LightGBM; libtorch brings one, and the first one opened serves both.
        optionalFiles: [NativeLibrary.File(wheelPath: "torch/lib/libgomp.so.1")],
        installCommand: "python3 -m pip install --no-deps --target ~/.cache/tutti/runtimes lightgbm")

    /// Loads the library, once for the process; later calls return the same answer.
    /// - Throws: `NativeLibraryError`: not found, cannot be opened, or a function is missing.
    @discardableResult
    public static func load() throws -> LoadedLibrary { try Functions.shared().loaded }

    /// The release as its wheel notes it beside the library (`4.7.0`); nil for a library from elsewhere, for it cannot be asked.
    /// - Throws: as ``load()``.
    public static func version() throws -> String? {
        let folder = URL(fileURLWithPath: try load().path).deletingLastPathComponent()
        let note = folder.deletingLastPathComponent().appending(path: "VERSION.txt")
        return (try? String(contentsOf: note, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Where LightGBM's messages go, warnings as a rule; they are dropped without a handler. Nothing is ever printed.
    ///
    /// The handler is called on the thread that trains.
    public static func setLogHandler(_ handler: (@Sendable (String) -> Void)?) {
        logHandler.withLock { $0 = handler }
    }

    static let logHandler = Mutex<(@Sendable (String) -> Void)?>(nil)

    #if canImport(Darwin)
        private static let suffix = "dylib"
    #else
        private static let suffix = "so"
    #endif
}

/// Why LightGBM could not do something. The message has its own text where there is one.
public struct LightGBMError: Error, Hashable, Sendable, CustomStringConvertible {
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// The library refused or failed; the message has its text.
        public static let failed = Code(description: "failed")
        /// Sizes that do not fit one another, or a parameter that cannot be written.
        public static let invalidArgument = Code(description: "invalidArgument")
        /// A model's text that cannot be read.
        public static let invalidModel = Code(description: "invalidModel")
        /// A kind of model that has no counterpart in ONNX.
        public static let notExportable = Code(description: "notExportable")
    }

    public let code: Code
    /// What was got, what was expected, what to do; with LightGBM's own text.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
