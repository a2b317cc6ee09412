public import Foundation

/// A file of named tensors in the safetensors format: eight bytes with the length of a JSON header, the header, the elements.
///
/// Reading and writing need no libtorch; ``tensor(named:)`` and ``init(_:metadata:)`` do. The format is read as its description
/// demands: ranges inside the file that neither overlap nor leave holes.
public struct SafetensorsFile: Sendable {
    /// One tensor: row-major elements, little-endian.
    public struct Entry: Sendable {
        public var name: String
        public var dtype: DType
        public var shape: [Int]
        /// `shape`'s product times the element's size.
        public var bytes: Data

        public init(name: String, dtype: DType, shape: [Int], bytes: Data) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
            self.bytes = bytes
        }
    }

    /// In the order of the file.
    public var entries: [Entry]
    /// Free text beside the tensors.
    public var metadata: [String: String]

    public init(entries: [Entry], metadata: [String: String] = [:]) {
        self.entries = entries
        self.metadata = metadata
    }

    /// The present values of `tensors`, copied.
    /// - Throws: ``TorchError`` when they cannot be brought to the CPU.
    public init(_ tensors: [NamedTensor], metadata: [String: String] = [:]) throws {
        entries = try tensors.map { named in
            let source = try named.tensor.detached().to(.cpu).contiguous()
            return Entry(name: named.name, dtype: source.dtype, shape: source.shape, bytes: try source.withBytes { Data($0) })
        }
        self.metadata = metadata
    }

    /// Reads a file. The elements are mapped, not loaded, where the system can.
    /// - Throws: ``SafetensorsError`` `.unreadable` or `.corrupt`.
    public init(contentsOf url: URL) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url, options: .mappedIfSafe)
        } catch {
            throw SafetensorsError(.unreadable, url, "\(error.localizedDescription)")
        }
        do {
            self = try SafetensorsHeader.parse(data)
        } catch let fault as SafetensorsHeader.Fault {
            throw SafetensorsError(.corrupt, url, fault.text)
        }
    }

    /// Writes the file aside and renames it, so that nobody ever reads half of it.
    /// - Throws: ``SafetensorsError`` `.invalid` for two tensors of one name or bytes that do not fit a shape, `.unwritable`.
    public func write(to url: URL) throws {
        var data: Data
        do {
            data = try SafetensorsHeader.encode(self)
        } catch let fault as SafetensorsHeader.Fault {
            throw SafetensorsError(.invalid, url, fault.text)
        }
        for entry in entries { data.append(entry.bytes) }
        do {
            try data.write(to: url, options: .atomic)
        } catch {
            throw SafetensorsError(.unwritable, url, "\(error.localizedDescription)")
        }
    }

    /// The entry called `name`, or nil.
    public func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

    /// The tensor called `name`, copied out.
    /// - Throws: ``TorchError`` `.invalidArgument` when there is none; as ``LibTorch/load()``.
    public func tensor(named name: String, device: TorchDevice = .cpu) throws -> Tensor {
        guard let entry = entry(named: name) else {
            let known = entries.map(\.name).sorted().joined(separator: ", ")
            throw TorchError(.invalidArgument, "safetensors", "there is no tensor '\(name)', only: \(known)")
        }
        return try entry.tensor(device: device)
    }

    /// All tensors, copied out.
    /// - Throws: ``TorchError`` when the device is full; as ``LibTorch/load()``.
    public func tensors(device: TorchDevice = .cpu) throws -> [NamedTensor] {
        try entries.map { NamedTensor($0.name, try $0.tensor(device: device)) }
    }
}

extension SafetensorsFile.Entry {
    fileprivate func tensor(device: TorchDevice) throws -> Tensor {
        try bytes.withUnsafeBytes { try Tensor(copying: $0, shape: shape, dtype: dtype, device: device) }
    }
}

/// Why a safetensors file could not be read or written.
public struct SafetensorsError: Error, CustomStringConvertible {
    /// Kind of failure.
    public struct Code: Hashable, Sendable {
        let name: String
        /// The file is missing or cannot be opened.
        public static let unreadable = Code(name: "unreadable")
        /// The file is there and is not a whole safetensors file.
        public static let corrupt = Code(name: "corrupt")
        /// What should be written does not make a file.
        public static let invalid = Code(name: "invalid")
        /// The disk refused.
        public static let unwritable = Code(name: "unwritable")
    }

    public let code: Code
    public let path: String
    public let message: String

    init(_ code: Code, _ url: URL, _ message: String) {
        self.code = code
        path = url.path
        self.message = message
    }

    public var description: String {
        switch code {
        case .unreadable: "cannot read '\(path)': \(message)"
        case .corrupt: "'\(path)' is not a usable safetensors file: \(message)"
        default: "cannot write '\(path)': \(message)"
        }
    }
}
