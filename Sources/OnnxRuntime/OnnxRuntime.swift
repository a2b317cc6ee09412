import COnnxRuntime
public import NativeLibraries
import Synchronization

/// The ONNX Runtime library: where it is looked for, which version was found, and its log.
///
/// Everything else in this module loads the library by itself on first use.
public enum OnnxRuntime {
    /// What is looked for, and how a user gets it.
    public static let library = NativeLibrary(
        name: "ONNX Runtime", purpose: "running fitted models", environmentVariable: "TUTTI_ONNXRUNTIME",
        files: [NativeLibrary.File(wheelPath: wheelPath, systemNames: systemNames)],
        installCommand: "python3 -m pip install --no-deps --target ~/.cache/tutti/runtimes onnxruntime")

    /// The oldest release whose table of functions has everything that is called here.
    public static let minimumVersion = "1.20"

    /// Loads the library, once for the process; later calls return the same answer.
    /// - Throws: `NativeLibraryError`: not found, cannot be opened, or older than ``minimumVersion``.
    @discardableResult
    public static func load() throws -> LoadedLibrary { try Runtime.shared().loaded }

    /// The release that was found: `1.32.0`.
    /// - Throws: as ``load()``.
    public static func version() throws -> String { try Runtime.shared().version }

    /// Execution providers that this build of the library has, best first: `CUDAExecutionProvider`, `CPUExecutionProvider`.
    /// - Throws: as ``load()``.
    public static func availableProviders() throws -> [String] {
        let runtime = try Runtime.shared()
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int32 = 0
        try runtime.check(runtime.table.GetAvailableProviders(&names, &count), "listing execution providers")
        guard let names else { return [] }
        defer { runtime.table.ReleaseStatus(runtime.table.ReleaseAvailableProviders(names, count)) }
        return (0..<Int(count)).compactMap { names[$0].map { String(cString: $0) } }
    }

    /// Where the library's own warnings and errors go. Without a handler they are dropped: whatever stops a call is in the error thrown.
    ///
    /// The handler is called on any thread, also from inside a running model, and must be quick.
    public static func setLogHandler(_ handler: (@Sendable (LogMessage) -> Void)?) {
        logHandler.withLock { $0 = handler }
    }

    /// One line of the library's log.
    public struct LogMessage: Sendable {
        /// 2 warning, 3 error, 4 fatal.
        public var severity: Int
        public var text: String
    }

    static let logHandler = Mutex<(@Sendable (LogMessage) -> Void)?>(nil)

    #if canImport(Darwin)
        // The version comes before the extension: libonnxruntime.1.32.0.dylib.
        private static let wheelPath = "onnxruntime/capi/libonnxruntime"
        private static let systemNames = ["libonnxruntime.dylib"]
    #else
        private static let wheelPath = "onnxruntime/capi/libonnxruntime.so"
        private static let systemNames = ["libonnxruntime.so.1", "libonnxruntime.so"]
    #endif
}
