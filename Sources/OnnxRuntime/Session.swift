import COnnxRuntime
public import Foundation

/// A loaded model, ready to run.
///
/// Any number of threads may call ``run(_:outputs:)`` and its relatives at once: ONNX Runtime guards what calls share, and everything
/// kept here is read-only. A call blocks its thread until the outputs are there, so call from a thread of your own, not from an
/// actor of the cooperative pool. The native session is released with the last reference.
public final class Session: @unchecked Sendable {
    /// The model's inputs in its own order. All of them have to be given.
    public let inputs: [TensorInfo]
    /// The model's outputs in its own order.
    public let outputs: [TensorInfo]
    /// The model's own notes (`metadata_props`).
    public let metadata: [String: String]

    let runtime: Runtime
    let native: OpaquePointer
    let inputNames: CStrings
    let outputNames: CStrings
    let inputIndex: [String: Int]
    let outputIndex: [String: Int]

    /// Loads a model file, with the files of weights that it names beside it.
    /// - Throws: ``OnnxRuntimeError`` with ONNX Runtime's text; `NativeLibraryError` where the library is missing.
    public convenience init(contentsOf file: URL, options: SessionOptions = SessionOptions()) throws {
        try self.init(options) { runtime, options, created in
            try runtime.check(runtime.table.CreateSession(runtime.environment, file.path, options, &created), "loading \(file.path)")
        }
    }

    /// Loads a model from memory. The bytes are not needed afterwards.
    /// - Throws: ``OnnxRuntimeError`` with ONNX Runtime's text; `NativeLibraryError` where the library is missing.
    public convenience init(model bytes: some Collection<UInt8>, options: SessionOptions = SessionOptions()) throws {
        try self.init(options) { runtime, options, created in
            func create(_ model: UnsafeRawBufferPointer) throws {
                let status = runtime.table.CreateSessionFromArray(runtime.environment, model.baseAddress, model.count, options, &created)
                try runtime.check(status, "loading a model of \(model.count) bytes")
            }
            let isContiguous: Void? = try bytes.withContiguousStorageIfAvailable { try create(UnsafeRawBufferPointer($0)) }
            if isContiguous == nil { try Array(bytes).withUnsafeBytes(create) }
        }
    }

    private init(_ options: SessionOptions, _ create: (Runtime, OpaquePointer, inout OpaquePointer?) throws -> Void) throws {
        let runtime = try Runtime.shared()
        var created: OpaquePointer?
        try options.withNative(runtime) { try create(runtime, $0, &created) }
        guard let native = created else { throw OnnxRuntimeError(.failed, "ONNX Runtime returned no session") }
        do {
            inputs = try Session.tensors(
                of: native, runtime, runtime.table.SessionGetInputCount, runtime.table.SessionGetInputName,
                runtime.table.SessionGetInputTypeInfo)
            outputs = try Session.tensors(
                of: native, runtime, runtime.table.SessionGetOutputCount, runtime.table.SessionGetOutputName,
                runtime.table.SessionGetOutputTypeInfo)
            metadata = try Session.metadata(of: native, runtime)
        } catch {
            runtime.table.ReleaseSession(native)
            throw error
        }
        self.runtime = runtime
        self.native = native
        inputNames = CStrings(inputs.map(\.name))
        outputNames = CStrings(outputs.map(\.name))
        inputIndex = Dictionary(inputs.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        outputIndex = Dictionary(outputs.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    deinit { runtime.table.ReleaseSession(native) }
}

/// Name and form of a model's input or output.
public struct TensorInfo: Sendable, Hashable {
    public var name: String
    public var datatype: Datatype
    /// Length of every axis; -1 where the model leaves it open, as for rows.
    public var shape: [Int]

    public init(name: String, datatype: Datatype, shape: [Int]) {
        self.name = name
        self.datatype = datatype
        self.shape = shape
    }

    /// Whether a tensor of this form can stand here: open axes take any length, and a model without a declared rank takes any shape.
    public func accepts(_ datatype: Datatype, _ shape: [Int]) -> Bool {
        guard datatype == self.datatype else { return false }
        if self.shape.isEmpty { return true }
        return shape.count == self.shape.count && zip(self.shape, shape).allSatisfy { $0 < 0 || $0 == $1 }
    }
}

extension Session {
    private typealias CountFunction = (OpaquePointer?, UnsafeMutablePointer<Int>?) -> OpaquePointer?
    private typealias TextPointer = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private typealias NameFunction = (OpaquePointer?, Int, OpaquePointer?, TextPointer?) -> OpaquePointer?
    private typealias TypeFunction = (OpaquePointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer?

    private static func tensors(
        of session: OpaquePointer, _ runtime: Runtime, _ count: CountFunction, _ name: NameFunction, _ type: TypeFunction
    ) throws -> [TensorInfo] {
        var total = 0
        try runtime.check(count(session, &total), "counting the model's inputs and outputs")
        return try (0..<total).map { index in
            let text = try runtime.text("reading a name") { name(session, index, runtime.allocator, $0) } ?? ""
            var owned: OpaquePointer?
            try runtime.check(type(session, index, &owned), "reading the type of '\(text)'")
            defer { runtime.table.ReleaseTypeInfo(owned) }
            // Borrowed from `owned`.
            var tensor: OpaquePointer?
            try runtime.check(runtime.table.CastTypeInfoToTensorInfo(owned, &tensor), "reading the type of '\(text)'")
            guard let tensor else {
                throw OnnxRuntimeError(
                    .invalidModel, "'\(text)' is a sequence or a map; only tensors are carried (export classifiers without ZipMap)")
            }
            let (datatype, shape) = try form(of: tensor, runtime, named: text)
            return TensorInfo(name: text, datatype: datatype, shape: shape)
        }
    }

    /// Datatype and shape behind a description that the library made.
    static func form(of tensor: OpaquePointer, _ runtime: Runtime, named name: String) throws -> (Datatype, [Int]) {
        let action = "reading the shape of '\(name)'"
        var number: Int32 = 0
        var rank = 0
        try runtime.check(runtime.table.GetTensorElementType(tensor, &number), action)
        try runtime.check(runtime.table.GetDimensionsCount(tensor, &rank), action)
        var shape = [Int64](repeating: 0, count: rank)
        try runtime.check(runtime.table.GetDimensions(tensor, &shape, rank), action)
        guard let datatype = Datatype(onnxNumber: Int(number)) else {
            throw OnnxRuntimeError(
                .invalidTensor, "'\(name)' has ONNX's element type \(number), which is not carried; cast it in the model")
        }
        return (datatype, shape.map { Int($0) })
    }

    private static func metadata(of session: OpaquePointer, _ runtime: Runtime) throws -> [String: String] {
        let action = "reading the model's metadata"
        var owned: OpaquePointer?
        try runtime.check(runtime.table.SessionGetModelMetadata(session, &owned), action)
        defer { runtime.table.ReleaseModelMetadata(owned) }
        var keys: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int64 = 0
        try runtime.check(runtime.table.ModelMetadataGetCustomMetadataMapKeys(owned, runtime.allocator, &keys, &count), action)
        guard let keys else { return [:] }
        defer {
            for index in 0..<Int(count) { if let key = keys[index] { runtime.free(key) } }
            runtime.free(keys)
        }
        var metadata: [String: String] = [:]
        for index in 0..<Int(count) {
            guard let key = keys[index] else { continue }
            let value = try runtime.text(action) { runtime.table.ModelMetadataLookupCustomMetadataMap(owned, runtime.allocator, key, $0) }
            metadata[String(cString: key)] = value ?? ""
        }
        return metadata
    }
}
