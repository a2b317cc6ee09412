public import Foundation
import SwiftProtobuf

/// An ONNX model in memory: what it takes, what it gives, and its bytes.
///
/// What the reader does not know is kept and written back.
public struct ONNXModel: Sendable {
    var proto: Onnx_ModelProto

    init(_ proto: Onnx_ModelProto) { self.proto = proto }

    /// - Throws: ``ONNXError`` `.unreadable` where the bytes are not a model with a graph.
    public init(reading bytes: [UInt8]) throws {
        do {
            proto = try Onnx_ModelProto(serializedBytes: bytes)
        } catch {
            throw ONNXError(.unreadable, "\(bytes.count) bytes are not an ONNX model", underlying: error)
        }
        guard proto.hasGraph, !proto.graph.output.isEmpty else {
            throw ONNXError(.unreadable, "\(bytes.count) bytes hold no ONNX graph with an output; is the file complete?")
        }
    }

    /// - Throws: ``ONNXError`` `.unreadable` where the file cannot be read or is not a model.
    public init(contentsOf file: URL) throws {
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw ONNXError(.unreadable, "cannot read the model '\(file.lastPathComponent)'", underlying: error)
        }
        try self.init(reading: [UInt8](data))
    }

    /// - Throws: ``ONNXError`` `.unwritable` where the model passes the 2 GiB that one protobuf message can have.
    public func serialize() throws -> [UInt8] {
        do {
            var options = BinaryEncodingOptions()
            options.useDeterministicOrdering = true
            return try proto.serializedBytes(options: options)
        } catch {
            throw ONNXError(.unwritable, "the model '\(proto.graph.name)' cannot be written as one file", underlying: error)
        }
    }

    /// Writes the file in one step, so that no reader meets half of it.
    /// - Throws: ``ONNXError`` `.unwritable`.
    public func write(to file: URL) throws {
        let bytes = try serialize()
        do {
            try Data(bytes).write(to: file, options: .atomic)
        } catch {
            throw ONNXError(.unwritable, "cannot write the model to '\(file.lastPathComponent)'", underlying: error)
        }
    }

    /// Inputs that a caller must give: those that have no stored value.
    public var inputs: [TensorDescription] {
        let stored = Set(proto.graph.initializer.map(\.name))
        return proto.graph.input.filter { !stored.contains($0.name) }.map { TensorDescription($0) }
    }

    public var outputs: [TensorDescription] { proto.graph.output.map { TensorDescription($0) } }
    public var name: String { proto.graph.name }
    public var producer: String { proto.producerName }

    /// Version of each operator set, by domain; the standard domain is the empty string.
    public var opsets: [String: Int] {
        Dictionary(proto.opsetImport.map { ($0.domain == "ai.onnx" ? "" : $0.domain, Int($0.version)) }, uniquingKeysWith: max)
    }

    /// Names of the operators in the order of the nodes, those inside branches and loops not counted.
    public var operators: [String] { proto.graph.node.map(\.opType) }

    /// Numbers stored in the model.
    public var storedElementCount: Int {
        proto.graph.initializer.reduce(0) { $0 &+ $1.dims.reduce(1) { $0 &* Int($1) } }
    }

    public var metadata: [String: String] {
        get { Dictionary(proto.metadataProps.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last }) }
        set {
            proto.metadataProps = newValue.sorted { $0.key < $1.key }.map { key, value in
                var entry = Onnx_StringStringEntryProto()
                entry.key = key
                entry.value = value
                return entry
            }
        }
    }
}
