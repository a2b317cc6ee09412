public import NativeLibraries

/// PNG images, by libpng's simplified API.
public enum PNG {
    /// Where libpng may be and how it is installed.
    public static let library = NativeLibrary(
        name: "libpng",
        purpose: "reading PNG images",
        environmentVariable: "TUTTI_LIBPNG",
        files: [NativeLibrary.File(wheelPath: fileName, systemNames: systemNames)],
        installCommand: installCommand
    )

    #if os(macOS)
        private static let fileName = "libpng16.16.dylib"
        private static let systemNames = [
            "libpng16.16.dylib", "/opt/homebrew/lib/libpng16.16.dylib", "/usr/local/lib/libpng16.16.dylib",
        ]
        private static let installCommand = "brew install libpng"
    #else
        private static let fileName = "libpng16.so.16"
        private static let systemNames = ["libpng16.so.16"]
        private static let installCommand = "apt-get install -y libpng16-16"
    #endif

    /// Version of the library that is found: `1.6.39`.
    /// - Throws: `NativeLibraryError` where it is not there.
    public static func version() throws -> String {
        let number = try functions().versionNumber()
        return "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
    }

    /// Whether data begins as a PNG file does.
    public static func isPNG(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    }

    /// Decodes to grey where the file is grey, else to RGB; 8 bits each. Transparent parts are laid over white.
    /// - Throws: ``CodecError`` with code `.truncated` or `.corrupt` (libpng's own text is in the message) or `.tooLarge`;
    ///   `NativeLibraryError` where libpng is not there.
    public static func decode(_ bytes: [UInt8]) throws -> RasterImage {
        let png = try functions()
        let image = Control(png)
        return try bytes.withUnsafeBytes { data in
            guard png.beginRead(image.memory, data.baseAddress, data.count) != 0 else { throw image.failure(hasEnd: hasEnd(bytes)) }
            let width = Int(image[.width])
            let height = Int(image[.height])
            try RasterImage.checkSize(width: width, height: height)
            let isColour = image[.format] & Control.colourFlag != 0
            image[.format] = isColour ? Control.colourFlag : 0
            // Without it 16-bit samples would be taken as linear light and come out too bright.
            image[.flags] |= Control.sixteenBitIsSRGB
            let channels = isColour ? 3 : 1
            var background: [UInt8] = [255, 255, 255]
            var pixels = [UInt8](repeating: 0, count: width * height * channels)
            let stride = Int32(width * channels)
            let done = pixels.withUnsafeMutableBytes { png.finishRead(image.memory, &background, $0.baseAddress, stride, nil) }
            guard done != 0 else { throw image.failure(hasEnd: hasEnd(bytes)) }
            return RasterImage(height: height, width: width, channels: channels, pixels: pixels)
        }
    }

    /// Encodes a grey or RGB image.
    /// - Throws: ``CodecError``; `NativeLibraryError` where libpng is not there.
    public static func encode(_ raster: RasterImage) throws -> [UInt8] {
        let png = try functions()
        let image = Control(png)
        image[.width] = UInt32(raster.width)
        image[.height] = UInt32(raster.height)
        image[.format] = raster.channels == 3 ? Control.colourFlag : 0
        let stride = Int32(raster.width * raster.channels)
        // Deflate and the filter bytes never add more than this.
        var count = raster.pixels.count + raster.pixels.count / 512 + 2 * raster.height + 4096
        var output = [UInt8](repeating: 0, count: count)
        let done = raster.pixels.withUnsafeBytes { pixels in
            output.withUnsafeMutableBytes { png.write(image.memory, $0.baseAddress, &count, 0, pixels.baseAddress, stride, nil) }
        }
        guard done != 0, count <= output.count else { throw image.failure(hasEnd: true) }
        return Array(output[..<count])
    }

    /// The last chunk of every complete file.
    private static func hasEnd(_ bytes: [UInt8]) -> Bool {
        let end: [UInt8] = [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]
        return bytes.count >= 8 && Array(bytes.suffix(8)) == end
    }

    struct Functions: Sendable {
        let versionNumber: @convention(c) () -> UInt32
        let beginRead: @convention(c) (UnsafeMutableRawPointer, UnsafeRawPointer?, Int) -> Int32
        let finishRead:
            @convention(c) (
                UnsafeMutableRawPointer, UnsafePointer<UInt8>?, UnsafeMutableRawPointer?, Int32, UnsafeMutableRawPointer?
            ) -> Int32
        let write:
            @convention(c) (
                UnsafeMutableRawPointer, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>, Int32, UnsafeRawPointer?, Int32,
                UnsafeRawPointer?
            ) -> Int32
        let free: @convention(c) (UnsafeMutableRawPointer) -> Void

        init() throws {
            let library = try PNG.library.open()
            versionNumber = try library.symbol("png_access_version_number")
            beginRead = try library.symbol("png_image_begin_read_from_memory")
            finishRead = try library.symbol("png_image_finish_read")
            write = try library.symbol("png_image_write_to_memory")
            free = try library.symbol("png_image_free")
        }
    }

    static func functions() throws -> Functions { try loaded.get() }

    private static let loaded = Result { try Functions() }

    /// libpng's `png_image` (png.h): a pointer, seven 32-bit numbers, 64 bytes of message.
    final class Control {
        enum Field: Int {
            case version = 8
            case width = 12
            case height = 16
            case format = 20
            case flags = 24
            case colourMapEntries = 28
            case warningOrError = 32
        }

        static let messageOffset = 36
        static let byteCount = 104
        static let colourFlag: UInt32 = 2
        static let sixteenBitIsSRGB: UInt32 = 4

        let memory: UnsafeMutableRawPointer
        private let png: Functions

        init(_ png: Functions) {
            self.png = png
            memory = .allocate(byteCount: Self.byteCount, alignment: 8)
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
            self[.version] = 1
        }

        deinit {
            png.free(memory)
            memory.deallocate()
        }

        subscript(field: Field) -> UInt32 {
            get { memory.load(fromByteOffset: field.rawValue, as: UInt32.self) }
            set { memory.storeBytes(of: newValue, toByteOffset: field.rawValue, as: UInt32.self) }
        }

        func failure(hasEnd: Bool) -> CodecError {
            let text = String(cString: (memory + Self.messageOffset).assumingMemoryBound(to: CChar.self))
            if !hasEnd { return CodecError(.truncated, "the PNG image ends too early (libpng: \(text)); get the file again") }
            return CodecError(.corrupt, "the PNG image is damaged (libpng: \(text)); get the file again")
        }
    }
}
