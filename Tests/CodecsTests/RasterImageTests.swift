import Foundation
import Testing

@testable import Codecs

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

/// PNG files written byte by byte, for the kinds that ``PNG/encode(_:)`` does not write.
@Suite(.enabled(if: hasPNG && hasZLib, "libpng or libz is not installed"))
struct PNGKindTests {
    private func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + data
        var crc: UInt32 = 0xffff_ffff
        for byte in body {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
        }
        return bigEndian(UInt32(data.count)) + body + bigEndian(~crc)
    }

    private func bigEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    /// One row of pixels.
    private func png(width: Int, depth: UInt8, colour: UInt8, palette: [UInt8] = [], row: [UInt8]) throws -> [UInt8] {
        let header = bigEndian(UInt32(width)) + bigEndian(1) + [depth, colour, 0, 0, 0]
        let paletteChunk = palette.isEmpty ? [] : chunk("PLTE", palette)
        let data = try Gzip.compress([0] + row, format: .zlib)
        let magic: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
        return magic + chunk("IHDR", header) + paletteChunk + chunk("IDAT", data) + chunk("IEND", [])
    }

    @Test func `transparent parts are laid over white`() throws {
        let image = try PNG.decode(png(width: 2, depth: 8, colour: 6, row: [200, 10, 20, 255, 200, 10, 20, 0]))
        #expect(image == RasterImage(height: 1, width: 2, channels: 3, pixels: [200, 10, 20, 255, 255, 255]))
    }

    @Test func `sixteen bits become eight`() throws {
        let image = try PNG.decode(png(width: 3, depth: 16, colour: 0, row: [0, 0, 0x80, 0x80, 0xff, 0xff]))
        #expect(image == RasterImage(height: 1, width: 3, channels: 1, pixels: [0, 128, 255]))
    }

    @Test func `palettes become RGB and single bits grey`() throws {
        let image = try PNG.decode(png(width: 2, depth: 8, colour: 3, palette: [1, 2, 3, 4, 5, 6], row: [1, 0]))
        #expect(image == RasterImage(height: 1, width: 2, channels: 3, pixels: [4, 5, 6, 1, 2, 3]))
        let bits = try PNG.decode(png(width: 4, depth: 1, colour: 0, row: [0b1010_0000]))
        #expect(bits == RasterImage(height: 1, width: 4, channels: 1, pixels: [255, 0, 255, 0]))
    }
}
