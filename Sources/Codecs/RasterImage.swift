public import Foundation

/// One decoded image.
public struct RasterImage: Sendable, Hashable {
    public var height: Int
    public var width: Int
    /// 1 for grey, 3 for RGB.
    public var channels: Int
    /// `[height, width, channels]`, row-major.
    public var pixels: [UInt8]

    /// - Precondition: `pixels.count == height * width * channels`.
    public init(height: Int, width: Int, channels: Int, pixels: [UInt8]) {
        precondition(pixels.count == height * width * channels, "pixels do not fill the image")
        self.height = height
        self.width = width
        self.channels = channels
        self.pixels = pixels
    }

    /// Most pixels that an image may have: 2^28. The size stands in the file's first bytes, so damage could ask for any amount of memory.
    public static let maximumPixelCount = 1 << 28

    /// Decodes a PNG or JPEG file; which one, its first bytes say.
    /// - Throws: ``CodecError`` with the file's name; `NativeLibraryError` where the decoder is not there.
    public static func decode(contentsOf url: URL) throws -> RasterImage {
        let bytes = try FileContents.read(url)
        do {
            return try decode(bytes)
        } catch let error as CodecError {
            throw error.inFile(url.path)
        }
    }

    /// Decodes PNG or JPEG data; which one, its first bytes say.
    /// - Throws: ``CodecError`` with code `.truncated`, `.corrupt`, `.unsupported` or `.tooLarge`; `NativeLibraryError`.
    public static func decode(_ bytes: [UInt8]) throws -> RasterImage {
        if PNG.isPNG(bytes) { return try PNG.decode(bytes) }
        if JPEG.isJPEG(bytes) { return try JPEG.decode(bytes) }
        if bytes.isEmpty { throw CodecError(.truncated, "the image file is empty") }
        throw CodecError(.unsupported, "neither a PNG nor a JPEG image by its first bytes; convert it to one of them")
    }

    static func checkSize(width: Int, height: Int) throws(CodecError) {
        guard width > 0, height > 0 else { throw CodecError(.corrupt, "the image says that it has \(width)x\(height) pixels") }
        guard width <= maximumPixelCount / height else {
            throw CodecError(.tooLarge, "the image has \(width)x\(height) pixels, at most \(maximumPixelCount) are read")
        }
    }
}
