import Foundation

/// A native library that Tutti opens at run time: where it may be, and how a user gets it.
///
/// The value describes; ``open()`` looks for the file and loads it. Only the overlay of a library (``Torch``, ``OnnxRuntime`` …) declares one.
public struct NativeLibrary: Sendable {
    /// One shared library file: where it lies inside a Python site-packages folder, and its name for the system's loader.
    public struct File: Sendable {
        /// Path below a site-packages folder, without the file extension's version: `torch/lib/libtorch_cpu.so`.
        public var wheelPath: String
        /// Names that `dlopen` resolves by itself, tried last: `libz.so.1`.
        public var systemNames: [String]

        public init(wheelPath: String, systemNames: [String] = []) {
            self.wheelPath = wheelPath
            self.systemNames = systemNames
        }
    }

    /// Short name in messages and in `tutti doctor`: `libtorch`.
    public var name: String
    /// What Tutti uses it for, one phrase.
    public var purpose: String
    /// Environment variable with the folder or the file to use instead of any other.
    public var environmentVariable: String
    /// Files to open, dependencies first. The last one is where symbols are looked up first.
    public var files: [File]
    /// Files that help when they are there and are passed over when not (CUDA backends, a wheel's own OpenMP).
    public var optionalFiles: [File]
    /// The one command that installs it.
    public var installCommand: String

    public init(
        name: String, purpose: String, environmentVariable: String, files: [File], optionalFiles: [File] = [], installCommand: String
    ) {
        self.name = name
        self.purpose = purpose
        self.environmentVariable = environmentVariable
        self.files = files
        self.optionalFiles = optionalFiles
        self.installCommand = installCommand
    }

    /// Finds the library's files and loads them with `dlopen`.
    /// - Throws: ``NativeLibraryError`` with code `.notFound` (every place looked at is in the message) or `.cannotOpen` (the loader's own text).
    public func open() throws -> LoadedLibrary {
        for file in optionalFiles {
            if let path = LibrarySearch.locate(file, override: environmentVariable) { _ = dlopen(path, RTLD_NOW | RTLD_GLOBAL) }
        }
        var handles: [UnsafeMutableRawPointer] = []
        var paths: [String] = []
        for file in files {
            let (handle, path) = try open(file)
            handles.append(handle)
            paths.append(path)
        }
        return LoadedLibrary(library: self, path: paths[paths.count - 1], handles: handles)
    }

    private func open(_ file: File) throws -> (UnsafeMutableRawPointer, String) {
        if let path = LibrarySearch.locate(file, override: environmentVariable) {
            guard let handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL) else {
                throw NativeLibraryError(.cannotOpen, library: self, detail: "\(path): \(loaderMessage())")
            }
            return (handle, path)
        }
        for name in file.systemNames {
            if let handle = dlopen(name, RTLD_NOW | RTLD_GLOBAL) { return (handle, name) }
        }
        let places = LibrarySearch.places(override: environmentVariable).map { "  \($0.path)/\(file.wheelPath)" }
        throw NativeLibraryError(
            .notFound, library: self, detail: "looked for:\n" + (places + file.systemNames.map { "  \($0) (loader path)" }).joined(separator: "\n"))
    }

    private func loaderMessage() -> String { dlerror().map { String(cString: $0) } ?? "the loader gave no reason" }
}

/// An opened native library. It stays loaded for the life of the process: native runtimes do not survive `dlclose`.
public struct LoadedLibrary: @unchecked Sendable {
    public let library: NativeLibrary
    /// File that was opened (the main one), or the name that the system's loader resolved.
    public let path: String
    private let handles: [UnsafeMutableRawPointer]

    init(library: NativeLibrary, path: String, handles: [UnsafeMutableRawPointer]) {
        self.library = library
        self.path = path
        self.handles = handles
    }

    /// The function or object called `name`, as the C type that the caller names.
    /// - Precondition: `T` is a C function pointer or pointer type that matches the symbol's declaration.
    /// - Throws: ``NativeLibraryError`` with code `.missingSymbol`: the library is too old or not the expected one.
    public func symbol<T>(_ name: String, as type: T.Type = T.self) throws -> T {
        guard let address = address(of: name) else {
            throw NativeLibraryError(
                .missingSymbol, library: library, detail: "\(path) has no symbol '\(name)'; it is too old, or another library of that name")
        }
        return unsafeBitCast(address, to: type)
    }

    /// Address of a symbol, or nil where the library does not have it.
    public func address(of name: String) -> UnsafeMutableRawPointer? {
        for handle in handles.reversed() {
            if let address = dlsym(handle, name) { return address }
        }
        return nil
    }
}

/// Why a native library cannot be used.
public struct NativeLibraryError: Error, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        public static let notFound = Code(name: "notFound")
        public static let cannotOpen = Code(name: "cannotOpen")
        public static let missingSymbol = Code(name: "missingSymbol")
        /// The library is there and is a version that Tutti cannot use.
        public static let unsupportedVersion = Code(name: "unsupportedVersion")
    }

    public let code: Code
    public let library: NativeLibrary
    public let detail: String

    public init(_ code: Code, library: NativeLibrary, detail: String) {
        self.code = code
        self.library = library
        self.detail = detail
    }

    public var description: String {
        let what =
            switch code {
            case .notFound: "\(library.name) was not found"
            case .cannotOpen: "\(library.name) cannot be opened"
            case .missingSymbol: "\(library.name) lacks a function that is needed"
            default: "\(library.name) has a version that cannot be used"
            }
        return "\(what) (needed for \(library.purpose)); \(detail)\nInstall it with: \(library.installCommand)"
    }
}
