import Codecs
import Foundation
import LightGBM
public import NativeLibraries
import OnnxRuntime
import Torch

/// Looks for the native runtimes and says what it found.
public enum Doctor {
    public struct Finding: Encodable, Sendable {
        public var name: String
        public var purpose: String
        public var version: String?
        public var isUsable: Bool
        /// False for what only some data needs.
        public var isRequired: Bool
        /// Where it was found, or why it cannot be used.
        public var detail: String
        public var installCommand: String
    }

    /// A native library and how it is opened.
    private struct Runtime {
        var library: NativeLibrary
        var isRequired: Bool
        /// Version and path of the opened library.
        var open: () throws -> (version: String?, path: String)
    }

    private static var runtimes: [Runtime] {
        [
            Runtime(library: LibTorch.library, isRequired: true) { (try LibTorch.version.description, try LibTorch.path) },
            Runtime(library: OnnxRuntime.library, isRequired: true) { (try OnnxRuntime.version, try OnnxRuntime.path) },
            Runtime(library: LightGBM.library, isRequired: true) { (nil, try LightGBM.path) },
            Runtime(library: ZLib.library, isRequired: true) { (try ZLib.version, try ZLib.path) },
            Runtime(library: PNG.library, isRequired: false) { (try PNG.version, try PNG.path) },
            Runtime(library: JPEG.library, isRequired: false) { (nil, try JPEG.path) },
        ]
    }

    public static func examine() -> [Finding] {
        runtimes.map { runtime in
            let library = runtime.library
            do {
                let (version, path) = try runtime.open()
                return Finding(
                    name: library.name, purpose: library.purpose, version: version, isUsable: true, isRequired: runtime.isRequired, detail: path,
                    installCommand: library.installCommand)
            } catch {
                let detail = (error as? NativeLibraryError)?.detail ?? "\(error)"
                return Finding(
                    name: library.name, purpose: library.purpose, version: nil, isUsable: false, isRequired: runtime.isRequired, detail: detail,
                    installCommand: library.installCommand)
            }
        }
    }

    /// The libraries among `names` that cannot be used, with the reason.
    static func missing(for names: [String]) -> [String: any Error] {
        runtimes.filter { names.contains($0.library.name) }.reduce(into: [:]) { missing, runtime in
            do { _ = try runtime.open() } catch { missing[runtime.library.name] = error }
        }
    }

    /// Why models cannot be run, or nil.
    static func missingForServing() -> (any Error)? { missing(for: [OnnxRuntime.library.name]).values.first }
}
