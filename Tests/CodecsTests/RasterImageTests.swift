@testable import Codecs
import Foundation
import Testing

let hasPNG = (try? PNG.version()) != nil
let hasJPEG = (try? JPEG.functions()) != nil

/// A gradient with a bright square: smooth enough that JPEG stays close to it.
func picture(height: Int, width: Int, channels: Int) -> RasterImage {
    var pixels: [UInt8] = []
    for y in 0..<height {
        for x in 0..<width {
            for c in 0..<channels { pixels.append(UInt8((y * 5 + x * 3 + c * 40) % 200 + (y / 8 == 1 ? 50 : 0))) }
        }
    }
    return RasterImage(height: height, width: width, channels: channels, pixels: pixels)
}

@Suite(.enabled(if: hasPNG, "libpng is not installed"))
struct PNGTests {
    @Test(arguments: [1, 3])
    func `what was encoded comes back`(channels: Int) throws {
        let image = picture(height: 21, width: 34, channels: channels)
        let bytes = try PNG.encode(image)
        #expect(PNG.isPNG(bytes))
        #expect(try PNG.decode(bytes) == image)
        #expect(try RasterImage.decode(bytes) == image)
    }

    @Test func `an image that ends too early is an error`() throws {
        let bytes = try PNG.encode(picture(height: 64, width: 64, channels: 3))
        for count in [8, 20, 40, bytes.count / 2, bytes.count - 20] {
            let error = #expect(throws: CodecError.self) { try PNG.decode(Array(bytes[..<count])) }
            #expect(error?.code == .truncated, "\(count) bytes")
        }
    }

    @Test func `damage is an error`() throws {
        var bytes = try PNG.encode(picture(height: 64, width: 64, channels: 3))
        for index in 60..<120 { bytes[index] ^= 0x5a }
        let error = #expect(throws: CodecError.self) { try PNG.decode(bytes) }
        #expect(error?.code == .corrupt)
    }

    @Test func `the version is told`() throws { #expect(try PNG.version().hasPrefix("1.")) }
}

@Suite(.enabled(if: hasJPEG, "libturbojpeg is not installed"))
struct JPEGTests {
    @Test(arguments: [1, 3])
    func `what was encoded comes back nearly`(channels: Int) throws {
        let image = picture(height: 24, width: 40, channels: channels)
        let bytes = try JPEG.encode(image, quality: 95)
        #expect(JPEG.isJPEG(bytes))
        let decoded = try RasterImage.decode(bytes)
        #expect(decoded.height == 24 && decoded.width == 40 && decoded.channels == channels)
        let error = zip(decoded.pixels, image.pixels).map { abs(Int($0) - Int($1)) }.reduce(0, +)
        #expect(Double(error) / Double(image.pixels.count) < 4)
    }

    @Test func `an image that ends too early is an error`() throws {
        let bytes = try JPEG.encode(picture(height: 64, width: 64, channels: 3))
        for count in [4, 100, bytes.count / 2, bytes.count - 30] {
            #expect(throws: CodecError.self, "\(count) bytes") { try JPEG.decode(Array(bytes[..<count])) }
        }
        let error = #expect(throws: CodecError.self) { try JPEG.decode(Array(bytes[..<(bytes.count * 3 / 4)])) }
        #expect(error?.code == .truncated)
    }
}

@Suite struct RasterImageTests {
    @Test func `other data is not taken for an image`() {
        let error = #expect(throws: CodecError.self) { try RasterImage.decode(Array("GIF89a".utf8)) }
        #expect(error?.code == .unsupported)
        #expect(throws: CodecError.self) { try RasterImage.decode([]) }
    }

    @Test func `the C structs have their sizes`() {
        #expect(MemoryLayout<ZLib.Stream>.size == 112)
        #expect(PNG.Control.messageOffset + 64 <= PNG.Control.byteCount)
    }
}
