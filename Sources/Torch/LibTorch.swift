import CTorch
import Foundation
public import NativeLibraries

/// libtorch, opened at run time: where it comes from, its version, its threads and devices.
///
/// Everything else in this module loads it on first use, so calling ``load()`` is only needed to learn early whether it is there.
public enum LibTorch {
    /// What is opened and how a user gets it.
    public static let library = NativeLibrary(
        name: "libtorch",
        purpose: "training neural networks",
        environmentVariable: "TUTTI_LIBTORCH",
        files: [.init(wheelPath: "torch/lib/libc10.\(suffix)"), .init(wheelPath: "torch/lib/libtorch_cpu.\(suffix)")],
        optionalFiles: [
            .init(wheelPath: "torch/lib/libgomp.so.1"),
            .init(wheelPath: "nvidia/cu13/lib/libcudart.so.13"),
            .init(wheelPath: "nvidia/cu13/lib/libcupti.so.13"),
        ],
        installCommand: "python3 -m pip install --target ~/.cache/tutti/runtimes --no-deps torch==2.13.0\(besidesTorch)"
    )

    /// Finds libtorch, opens it and resolves every function that this module uses. The outcome is kept: a second call is free.
    /// - Throws: `NativeLibraryError` when it is missing, lacks a function or is older than ``minimumVersion``.
    public static func load() throws { _ = try functions }

    /// Version of the opened library, such as `2.13.0`.
    /// - Throws: as ``load()``.
    public static var version: Version { get throws { try functions.version } }

    /// File that was opened.
    /// - Throws: as ``load()``.
    public static var path: String { get throws { try functions.path } }

    /// The oldest release that can be used: the first one whose C ABI hands out the text of an error.
    public static let minimumVersion = Version(major: 2, minor: 13, patch: 0)

    /// Threads that one operator may use on the CPU. The start value is `OMP_NUM_THREADS`, else the number of cores.
    /// - Throws: as ``load()``.
    public static var threads: Int {
        get throws {
            var count: UInt32 = 0
            let functions = try functions
            try functions.check(functions.getNumThreads(&count), "get_num_threads")
            return Int(count)
        }
    }

    /// Sets the threads that one operator may use on the CPU, for the whole process.
    ///
    /// A program that trains several networks at once wants 1 here and one thread of its own per network.
    /// - Throws: as ``load()``; ``TorchError`` `.invalidArgument` for a count below 1.
    public static func setThreads(_ count: Int) throws {
        guard count >= 1, count <= 4096 else {
            throw TorchError(.invalidArgument, "set_num_threads", "got \(count) threads, expected 1 to 4096")
        }
        try functions.setNumThreads(Int32(count))
    }

    /// Whether a tensor can be made on `device` here.
    public static func isAvailable(_ device: TorchDevice) -> Bool {
        (try? Tensor.zeros([1], device: device)) != nil
    }

    /// Every device that works here: the CPU, then CUDA devices by index, then Apple's GPU.
    /// - Throws: as ``load()``.
    public static var devices: [TorchDevice] {
        get throws {
            try load()
            let cuda = (0..<64).lazy.map { TorchDevice.cuda($0) }.prefix { isAvailable($0) }
            return [.cpu] + Array(cuda) + (isAvailable(.mps) ? [.mps] : [])
        }
    }

    /// A release number.
    public struct Version: Comparable, CustomStringConvertible, Sendable {
        public let major: Int, minor: Int, patch: Int

        /// From the ABI's version word: one byte each, from the highest down.
        init(word: UInt64) {
            self.init(major: Int(word >> 56), minor: Int(word >> 48 & 0xFF), patch: Int(word >> 40 & 0xFF))
        }

        init(major: Int, minor: Int, patch: Int) {
            self.major = major
            self.minor = minor
            self.patch = patch
        }

        var word: UInt64 { UInt64(major) << 56 | UInt64(minor) << 48 | UInt64(patch) << 40 }

        public var description: String { "\(major).\(minor).\(patch)" }
        public static func < (left: Version, right: Version) -> Bool { left.word < right.word }
    }

    /// The resolved functions.
    static var functions: TorchFunctions { get throws { try loaded.get() } }

    /// Loaded once; a global's first use is thread-safe.
    private static let loaded = Result<TorchFunctions, any Error> {
        let opened = try library.open()
        // Only the CUDA library beside the opened one fits it, so it is not left to the search over all places. It depends on
        // other libraries of NVIDIA's; where those are missing the CPU still works.
        let folder = URL(fileURLWithPath: opened.path).deletingLastPathComponent()
        _ = dlopen(folder.appending(path: "libtorch_cuda.\(suffix)").path, RTLD_NOW | RTLD_GLOBAL)
        return try TorchFunctions(opened)
    }

    #if os(macOS)
        private static let suffix = "dylib"
        private static let besidesTorch = ""
    #else
        private static let suffix = "so"
        /// The general Linux build does not start without these two, also where there is no GPU.
        private static let besidesTorch = " nvidia-cuda-runtime nvidia-cuda-cupti"
    #endif
}
