import COnnxRuntime
import NativeLibraries
import Synchronization

/// The opened library with its table of functions, and the objects that every session of the process shares.
///
/// Lives as long as the process: the library does not survive being closed. Read-only after `init`, hence safe on every thread.
final class Runtime: @unchecked Sendable {
    let loaded: LoadedLibrary
    let version: String
    let table: OrtApi
    /// Holds the log and the types that are shared by sessions; the library wants one for each process.
    let environment: OpaquePointer
    /// Describes ordinary memory, for tensors over memory of ours.
    let memory: OpaquePointer
    /// Ordinary memory; belongs to the library and is never released.
    let allocator: OpaquePointer

    private static let result = Result { try Runtime() }

    /// The one runtime of the process.
    /// - Throws: `NativeLibraryError`, the same one each time.
    static func shared() throws -> Runtime { try result.get() }

    private init() throws {
        loaded = try OnnxRuntime.library.open()
        let base = try loaded.symbol("OrtGetApiBase", as: OrtGetApiBaseFunction.self)
        let found = base()?.pointee
        version = found?.GetVersionString().map { String(cString: $0) } ?? "unknown"
        // Asked by number only after the version is known to be right: the library prints a complaint of its own otherwise.
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 2, parts[0] > 1 || parts[1] >= ORT_TABLE_VERSION, let api = found?.GetApi(UInt32(ORT_TABLE_VERSION)) else {
            throw NativeLibraryError(
                .unsupportedVersion, library: OnnxRuntime.library,
                detail: "\(loaded.path) is version \(version); \(OnnxRuntime.minimumVersion) or later is needed")
        }
        table = api.pointee

        var environment: OpaquePointer?
        var memory: OpaquePointer?
        var allocator: OpaquePointer?
        try Runtime.check(table.CreateEnvWithCustomLogger(Runtime.log, nil, 2, "tutti", &environment), "starting", table)
        // Allocator kind 1 is the arena, memory kind 0 the default one: ordinary memory of the CPU.
        try Runtime.check(table.CreateCpuMemoryInfo(1, 0, &memory), "describing memory", table)
        try Runtime.check(table.GetAllocatorWithDefaultOptions(&allocator), "finding the allocator", table)
        guard let environment, let memory, let allocator else {
            throw OnnxRuntimeError(.failed, "ONNX Runtime \(version) did not start: it returned nothing and no reason")
        }
        table.ReleaseStatus(table.DisableTelemetryEvents(environment))
        self.environment = environment
        self.memory = memory
        self.allocator = allocator
    }

    /// Turns a status into an error and releases it.
    func check(_ status: OpaquePointer?, _ action: @autoclosure () -> String) throws { try Runtime.check(status, action(), table) }

    private static func check(_ status: OpaquePointer?, _ action: @autoclosure () -> String, _ table: OrtApi) throws {
        guard let status else { return }
        defer { table.ReleaseStatus(status) }
        let text = table.GetErrorMessage(status).map { String(cString: $0) } ?? "no reason given"
        throw OnnxRuntimeError(OnnxRuntimeError.Code(native: Int(table.GetErrorCode(status))), "\(action()) failed: \(text)")
    }

    /// A text that the library allocated, which is freed here.
    func text(_ action: String, _ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> OpaquePointer?) throws -> String? {
        var pointer: UnsafeMutablePointer<CChar>?
        try check(call(&pointer), action)
        guard let pointer else { return nil }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// Gives memory back to the library's allocator.
    func free(_ pointer: UnsafeMutableRawPointer) { table.ReleaseStatus(table.AllocatorFree(allocator, pointer)) }

    private static let log: OrtLoggingFunction = { _, severity, _, _, _, message in
        guard let handler = OnnxRuntime.logHandler.withLock({ $0 }), let message else { return }
        handler(OnnxRuntime.LogMessage(severity: Int(severity), text: String(cString: message)))
    }
}
