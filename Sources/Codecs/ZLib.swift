public import NativeLibraries

/// The zlib library, opened at run time.
public enum ZLib {
    /// Where it may be and how it is installed.
    public static let library = NativeLibrary(
        name: "libz",
        purpose: "reading and writing gzip files",
        environmentVariable: "TUTTI_LIBZ",
        files: [NativeLibrary.File(wheelPath: fileName, systemNames: systemNames)],
        installCommand: installCommand
    )

    /// Version of the library that is found: `1.2.13`.
    /// - Throws: `NativeLibraryError` where it is not there.
    public static func version() throws -> String { String(cString: try functions().zlibVersion()) }

    #if os(macOS)
        private static let fileName = "libz.1.dylib"
        private static let systemNames = ["libz.1.dylib", "/usr/lib/libz.1.dylib"]
        private static let installCommand = "brew install zlib"
    #else
        private static let fileName = "libz.so.1"
        private static let systemNames = ["libz.so.1"]
        private static let installCommand = "apt-get install -y zlib1g"
    #endif

    /// `z_stream` of zlib.h. Swift lays out these fields as C does on 64-bit systems (112 bytes; checked in a test).
    struct Stream {
        var nextIn: UnsafePointer<UInt8>?
        var availableIn: UInt32 = 0
        var totalIn: UInt = 0
        var nextOut: UnsafeMutablePointer<UInt8>?
        var availableOut: UInt32 = 0
        var totalOut: UInt = 0
        var message: UnsafePointer<CChar>?
        var state: UnsafeMutableRawPointer?
        var allocate: UnsafeMutableRawPointer?
        var free: UnsafeMutableRawPointer?
        var opaque: UnsafeMutableRawPointer?
        var dataType: Int32 = 0
        var adler: UInt = 0
        var reserved: UInt = 0
    }

    typealias StreamPointer = UnsafeMutablePointer<Stream>

    struct Functions: Sendable {
        // Raw: a C function type cannot name a Swift struct.
        let zlibVersion: @convention(c) () -> UnsafePointer<CChar>
        let inflateInit2: @convention(c) (UnsafeMutableRawPointer, Int32, UnsafePointer<CChar>, Int32) -> Int32
        let inflate: @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
        let inflateReset: @convention(c) (UnsafeMutableRawPointer) -> Int32
        let inflateEnd: @convention(c) (UnsafeMutableRawPointer) -> Int32
        let deflateInit2: @convention(c) (UnsafeMutableRawPointer, Int32, Int32, Int32, Int32, Int32, UnsafePointer<CChar>, Int32) -> Int32
        let deflate: @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
        let deflateEnd: @convention(c) (UnsafeMutableRawPointer) -> Int32

        init() throws {
            let library = try ZLib.library.open()
            zlibVersion = try library.symbol("zlibVersion")
            inflateInit2 = try library.symbol("inflateInit2_")
            inflate = try library.symbol("inflate")
            inflateReset = try library.symbol("inflateReset")
            inflateEnd = try library.symbol("inflateEnd")
            deflateInit2 = try library.symbol("deflateInit2_")
            deflate = try library.symbol("deflate")
            deflateEnd = try library.symbol("deflateEnd")
        }
    }

    static func functions() throws -> Functions { try loaded.get() }

    private static let loaded = Result { try Functions() }

    // Return codes and flushing of zlib.h.
    static let ok: Int32 = 0
    static let streamEnd: Int32 = 1
    static let bufferError: Int32 = -5
    static let noFlush: Int32 = 0
    static let finish: Int32 = 4
    /// Window bits for reading: the largest window, and gzip or zlib as the header says.
    static let automaticWindowBits: Int32 = 15 + 32
}
