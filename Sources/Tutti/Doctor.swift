import Codecs
import Foundation
import LightGBM
import NativeLibraries
import OnnxRuntime
import PostgreSQL
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

    /// A native library, whether everything needs it, and how its overlay checks and names its version.
    private struct Runtime {
        var library: NativeLibrary
        var isRequired: Bool
        var version: () throws -> String?
    }

    private static var runtimes: [Runtime] {
        [
            Runtime(library: LibTorch.library, isRequired: true) { try LibTorch.version.description },
            Runtime(library: OnnxRuntime.library, isRequired: true) { try OnnxRuntime.version() },
            Runtime(library: LightGBM.library, isRequired: true) { try LightGBM.version() },
            Runtime(library: ZLib.library, isRequired: true) { try ZLib.version() },
            Runtime(library: PNG.library, isRequired: false) { try PNG.version() },
            Runtime(library: JPEG.library, isRequired: false) { nil },
            Runtime(library: PostgreSQL.library, isRequired: false) { try PostgreSQL.version() },
        ]
    }

    public static func examine() -> [Finding] {
        runtimes.map { runtime in
            let library = runtime.library
            do {
                let path = place(of: try library.open().path)
                return Finding(
                    name: library.name, purpose: library.purpose, version: try runtime.version(), isUsable: true, isRequired: runtime.isRequired, detail: path,
                    installCommand: library.installCommand)
            } catch {
                let detail = (error as? NativeLibraryError)?.detail ?? "\(error)"
                return Finding(
                    name: library.name, purpose: library.purpose, version: nil, isUsable: false, isRequired: runtime.isRequired, detail: detail,
                    installCommand: library.installCommand)
            }
        }
    }

    /// The file behind a name that the system's loader resolved; the name itself where the system does not tell.
    private static func place(of name: String) -> String {
        // Read to its end by hand: a file of the kernel's has no size to go by.
        guard !name.contains("/"), let maps = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd() else { return name }
        let lines = String(decoding: maps, as: UTF8.self).split(separator: "\n")
        let files = lines.lazy.compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } }
        return files.first { $0.split(separator: "/").last?.hasPrefix(name) == true } ?? name
    }

    /// The libraries among `names` that cannot be used, with the reason.
    static func missing(for names: [String]) -> [String: any Error] {
        runtimes.filter { names.contains($0.library.name) }.reduce(into: [:]) { missing, runtime in
            do { _ = (try runtime.library.open(), try runtime.version()) } catch { missing[runtime.library.name] = error }
        }
    }

    /// Why models cannot be run, or nil.
    static func missingForServing() -> (any Error)? { missing(for: [OnnxRuntime.library.name]).values.first }
}
