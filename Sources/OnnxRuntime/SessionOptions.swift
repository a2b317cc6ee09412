import COnnxRuntime

/// How a model is prepared and run.
public struct SessionOptions: Sendable, Hashable {
    /// The device that runs the operators; those that a device lacks run on the CPU.
    public enum ExecutionProvider: Sendable, Hashable {
        case cpu
        /// An NVIDIA device by its number; needs the `onnxruntime-gpu` build of the library.
        case cuda(device: Int)
        /// Any other provider under the library's name for it (`CoreML`, `XNNPACK` …), with its options.
        case named(String, options: [String: String])
    }

    /// How far the graph is rewritten for speed at load. The library's numbers.
    public enum GraphOptimization: Int, Sendable, Hashable, CaseIterable {
        case none = 0, basic = 1, extended = 2, all = 99
    }

    /// Threads inside one operator; 0 lets the library take one for each core. 1 means: the calling thread alone.
    public var intraOpThreads: Int
    /// Threads across operators of one call.
    public var interOpThreads: Int
    public var optimization: GraphOptimization
    /// Whether idle threads of the library wait in a loop instead of asleep. Saves microseconds a call, and costs a core while nothing
    /// runs: wrong where several models share a machine.
    public var spinning: Bool
    /// Whether memory that a call needed is kept for the next one. Without it a session is smaller between calls and slower in them.
    public var arena: Bool
    /// Whether the memory of a call is planned once for each input shape. Costs memory where shapes vary.
    public var memoryPattern: Bool
    public var provider: ExecutionProvider
    /// Further entries of the library's session configuration (`session.set_denormal_as_zero` …).
    public var configuration: [String: String]

    public init(
        intraOpThreads: Int = 1, interOpThreads: Int = 1, optimization: GraphOptimization = .all, spinning: Bool = false,
        arena: Bool = true, memoryPattern: Bool = true, provider: ExecutionProvider = .cpu, configuration: [String: String] = [:]
    ) {
        self.intraOpThreads = intraOpThreads
        self.interOpThreads = interOpThreads
        self.optimization = optimization
        self.spinning = spinning
        self.arena = arena
        self.memoryPattern = memoryPattern
        self.provider = provider
        self.configuration = configuration
    }

    /// Calls `body` with the library's form of these options, which is released afterwards: a session keeps its own copy.
    func withNative<Result>(_ runtime: Runtime, _ body: (OpaquePointer) throws -> Result) throws -> Result {
        var created: OpaquePointer?
        try runtime.check(runtime.table.CreateSessionOptions(&created), "creating session options")
        guard let native = created else { throw OnnxRuntimeError(.failed, "ONNX Runtime returned no session options") }
        defer { runtime.table.ReleaseSessionOptions(native) }

        let table = runtime.table
        let threads = (Int32(clamping: max(0, intraOpThreads)), Int32(clamping: max(0, interOpThreads)))
        try runtime.check(table.SetIntraOpNumThreads(native, threads.0), "setting intraOpThreads")
        try runtime.check(table.SetInterOpNumThreads(native, threads.1), "setting interOpThreads")
        try runtime.check(table.SetSessionGraphOptimizationLevel(native, Int32(optimization.rawValue)), "setting optimization")
        if !arena { try runtime.check(table.DisableCpuMemArena(native), "setting arena") }
        if !memoryPattern { try runtime.check(table.DisableMemPattern(native), "setting memoryPattern") }

        var entries = configuration
        for key in ["session.intra_op.allow_spinning", "session.inter_op.allow_spinning"] where entries[key] == nil {
            entries[key] = spinning ? "1" : "0"
        }
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            try runtime.check(table.AddSessionConfigEntry(native, key, value), "setting \(key)")
        }
        try appendProvider(to: native, runtime)
        return try body(native)
    }

    private func appendProvider(to native: OpaquePointer, _ runtime: Runtime) throws {
        switch provider {
        case .cpu: return
        case .cuda(let device):
            var created: OpaquePointer?
            try runtime.check(runtime.table.CreateCUDAProviderOptions(&created), "preparing CUDA")
            guard let cuda = created else { throw OnnxRuntimeError(.providerFailed, "ONNX Runtime returned no CUDA options") }
            defer { runtime.table.ReleaseCUDAProviderOptions(cuda) }
            try CStrings.with([("device_id", String(device))]) { keys, values, count in
                try runtime.check(runtime.table.UpdateCUDAProviderOptions(cuda, keys, values, count), "choosing CUDA device \(device)")
            }
            try runtime.check(
                runtime.table.SessionOptionsAppendExecutionProvider_CUDA_V2(native, cuda),
                "using CUDA device \(device) (it needs the onnxruntime-gpu build and NVIDIA's libraries)")
        case .named(let name, let options):
            try CStrings.with(options.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }) { keys, values, count in
                try runtime.check(
                    runtime.table.SessionOptionsAppendExecutionProvider(native, name, keys, values, count), "using the provider \(name)")
            }
        }
    }
}

/// Texts in the form that C asks for, freed with the object.
final class CStrings: @unchecked Sendable {
    private var owned: [UnsafeMutablePointer<CChar>]
    /// The same texts in the same order; valid while the object lives.
    let pointers: [UnsafePointer<CChar>?]

    init(_ texts: [String]) {
        owned = texts.map { text in
            text.utf8CString.withUnsafeBufferPointer { source in
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: source.count)
                copy.initialize(from: source.baseAddress!, count: source.count)
                return copy
            }
        }
        pointers = owned.map { UnsafePointer($0) }
    }

    deinit { for pointer in owned { pointer.deallocate() } }

    /// Keys and values as two C arrays.
    static func with(
        _ pairs: [(String, String)],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<UnsafePointer<CChar>?>?, Int) throws -> Void
    ) throws {
        let keys = CStrings(pairs.map(\.0))
        let values = CStrings(pairs.map(\.1))
        try withExtendedLifetime((keys, values)) { try body(keys.pointers, values.pointers, pairs.count) }
    }
}
