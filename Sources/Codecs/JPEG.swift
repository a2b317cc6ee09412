public import NativeLibraries

/// JPEG images, by libjpeg-turbo's TurboJPEG API.
public enum JPEG {
    /// Where libturbojpeg may be and how it is installed.
    public static let library = NativeLibrary(
        name: "libturbojpeg",
        purpose: "reading JPEG images",
        environmentVariable: "TUTTI_LIBTURBOJPEG",
        files: [NativeLibrary.File(wheelPath: fileName, systemNames: systemNames)],
        installCommand: installCommand
    )

    #if os(macOS)
        private static let fileName = "libturbojpeg.0.dylib"
        private static let systemNames = [
            "libturbojpeg.0.dylib", "/opt/homebrew/lib/libturbojpeg.0.dylib", "/usr/local/lib/libturbojpeg.0.dylib",
        ]
        private static let installCommand = "brew install jpeg-turbo"
    #else
        private static let fileName = "libturbojpeg.so.0"
        private static let systemNames = ["libturbojpeg.so.0"]
        private static let installCommand = "apt-get install -y libturbojpeg0"
    #endif

    /// Whether data begins as a JPEG file does.
    public static func isJPEG(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0xff, 0xd8, 0xff]) }

    /// Decodes to grey where the file is grey, else to RGB.
    /// - Throws: ``CodecError`` with code `.truncated`, `.corrupt` (TurboJPEG's own text is in the message), `.unsupported` (CMYK)
    ///   or `.tooLarge`; `NativeLibraryError` where libturbojpeg is not there.
    public static func decode(_ bytes: [UInt8]) throws -> RasterImage {
        let jpeg = try functions()
        guard let handle = jpeg.initDecompress() else { throw failure(jpeg, nil) }
        defer { _ = jpeg.destroy(handle) }
        var (width, height, subsampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let size = UInt(bytes.count)
        guard jpeg.header(handle, bytes, size, &width, &height, &subsampling, &colours) == 0 || isOnlyWarning(jpeg, handle) else {
            throw failure(jpeg, handle)
        }
        guard colours < Colours.cmyk else {
            throw CodecError(.unsupported, "the JPEG image has CMYK colours, grey or RGB was expected; convert it")
        }
        try RasterImage.checkSize(width: Int(width), height: Int(height))
        let isGrey = colours == Colours.grey
        let channels = isGrey ? 1 : 3
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height) * channels)
        let format = isGrey ? PixelFormat.grey : PixelFormat.rgb
        let status = jpeg.decompress(handle, bytes, size, &pixels, width, 0, height, format, 0)
        guard status == 0 || isOnlyWarning(jpeg, handle) else { throw failure(jpeg, handle) }
        return RasterImage(height: Int(height), width: Int(width), channels: channels, pixels: pixels)
    }

    /// Encodes a grey or RGB image, colours not subsampled.
    /// - Parameter quality: from 1 to 100.
    /// - Throws: ``CodecError``; `NativeLibraryError` where libturbojpeg is not there.
    public static func encode(_ raster: RasterImage, quality: Int = 90) throws -> [UInt8] {
        let jpeg = try functions()
        guard let handle = jpeg.initCompress() else { throw failure(jpeg, nil) }
        defer { _ = jpeg.destroy(handle) }
        let isGrey = raster.channels == 1
        var output: UnsafeMutablePointer<UInt8>?
        var count: UInt = 0
        defer { jpeg.free(output) }
        let status = jpeg.compress(
            handle, raster.pixels, Int32(raster.width), 0, Int32(raster.height), isGrey ? PixelFormat.grey : PixelFormat.rgb,
            &output, &count, isGrey ? Subsampling.grey : Subsampling.none, Int32(min(max(quality, 1), 100)), 0
        )
        guard status == 0, let output else { throw failure(jpeg, handle) }
        return Array(UnsafeBufferPointer(start: output, count: Int(count)))
    }

    // Numbers of turbojpeg.h.
    private enum PixelFormat { static let rgb: Int32 = 0, grey: Int32 = 6 }
    private enum Colours { static let grey: Int32 = 2, cmyk: Int32 = 3 }
    private enum Subsampling { static let none: Int32 = 0, grey: Int32 = 3 }

    /// TurboJPEG reports a missing end and harmless oddities alike as warnings; pixels that are missing are no harmless oddity.
    private static func isOnlyWarning(_ jpeg: Functions, _ handle: UnsafeMutableRawPointer) -> Bool {
        jpeg.errorCode(handle) == 0 && !String(cString: jpeg.errorText(handle)).contains("remature end")
    }

    private static func failure(_ jpeg: Functions, _ handle: UnsafeMutableRawPointer?) -> CodecError {
        let text = String(cString: jpeg.errorText(handle))
        if text.contains("remature end") || text.contains("input file is empty") {
            return CodecError(.truncated, "the JPEG image ends too early (TurboJPEG: \(text)); get the file again")
        }
        return CodecError(.corrupt, "the JPEG image is damaged (TurboJPEG: \(text)); get the file again")
    }

    struct Functions: Sendable {
        typealias Handle = UnsafeMutableRawPointer
        let initDecompress: @convention(c) () -> Handle?
        let initCompress: @convention(c) () -> Handle?
        let header:
            @convention(c) (
                Handle, UnsafePointer<UInt8>, UInt, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>,
                UnsafeMutablePointer<Int32>
            ) -> Int32
        let decompress:
            @convention(c) (
                Handle, UnsafePointer<UInt8>, UInt, UnsafeMutablePointer<UInt8>, Int32, Int32, Int32, Int32, Int32
            ) -> Int32
        let compress:
            @convention(c) (
                Handle, UnsafePointer<UInt8>, Int32, Int32, Int32, Int32, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>,
                UnsafeMutablePointer<UInt>, Int32, Int32, Int32
            ) -> Int32
        let errorText: @convention(c) (Handle?) -> UnsafePointer<CChar>
        let errorCode: @convention(c) (Handle) -> Int32
        let free: @convention(c) (UnsafeMutablePointer<UInt8>?) -> Void
        let destroy: @convention(c) (Handle) -> Int32

        init() throws {
            let library = try JPEG.library.open()
            initDecompress = try library.symbol("tjInitDecompress")
            initCompress = try library.symbol("tjInitCompress")
            header = try library.symbol("tjDecompressHeader3")
            decompress = try library.symbol("tjDecompress2")
            compress = try library.symbol("tjCompress2")
            errorText = try library.symbol("tjGetErrorStr2")
            errorCode = try library.symbol("tjGetErrorCode")
            free = try library.symbol("tjFree")
            destroy = try library.symbol("tjDestroy")
        }
    }

    static func functions() throws -> Functions { try loaded.get() }

    private static let loaded = Result { try Functions() }
}
