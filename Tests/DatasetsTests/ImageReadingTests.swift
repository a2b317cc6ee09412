import Codecs
import Datasets
import Foundation
import Testing

private func idx(_ dimensions: [Int], _ values: [UInt8], type: UInt8 = 8) -> [UInt8] {
    [0, 0, type, UInt8(dimensions.count)] + dimensions.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 0xff)] } + values
}

@Suite struct IDXTests {
    private let pixels: [UInt8] = Array(0..<24)

    @Test func `labels are found beside the images`() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(idx([4, 2, 3], pixels), "train-images-idx3-ubyte")
        _ = try folder.write(idx([4], [7, 0, 7, 2]), "train-labels-idx1-ubyte")
        for place in [url, folder.url] {
            let dataset = try DatasetReader.read(place)
            #expect(dataset.features == .images(ImageSet(shape: ImageShape(height: 2, width: 3, channels: 1), count: 4, pixels: pixels)))
            #expect(dataset.target == .classes([2, 0, 2, 1], names: ["0", "2", "7"]))
            #expect(dataset.targetName == "label")
        }
    }

    @Test(.enabled(if: hasZLib, "libz is not installed"))
    func `compressed pairs are read`() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(Gzip.compress(idx([4, 2, 3], pixels)), "t10k-images-idx3-ubyte.gz")
        _ = try folder.write(Gzip.compress(idx([4], [1, 0, 1, 0])), "t10k-labels-idx1-ubyte.gz")
        #expect(try DatasetReader.read(url).target == .classes([1, 0, 1, 0], names: ["0", "1"]))
    }

    @Test func `four dimensions are images with channels, first or last`() throws {
        let folder = try TemporaryFolder()
        let last = try folder.write(idx([2, 2, 2, 3], pixels), "a-images-idx4-ubyte")
        let first = try folder.write(idx([2, 3, 2, 2], pixels), "b-images-idx4-ubyte")
        let shape = ImageShape(height: 2, width: 2, channels: 3)
        #expect(try DatasetReader.read(last).features == .images(ImageSet(shape: shape, count: 2, pixels: pixels)))
        guard case .images(let images) = try DatasetReader.read(first).features else { return }
        #expect(images.shape == shape)
        #expect(Array(images.pixels[..<6]) == [0, 4, 8, 1, 5, 9])
    }

    @Test func `files that do not fit are errors`() throws {
        let folder = try TemporaryFolder()
        let short = try folder.write(idx([4, 2, 3], Array(pixels.dropLast())), "a-images-idx3-ubyte")
        let floats = try folder.write(idx([4, 2, 3], pixels, type: 0x0d), "b-images-idx3-ubyte")
        let labels = try folder.write(idx([4], [1, 2, 3, 4]), "c-labels-idx1-ubyte")
        for url in [short, floats, labels] {
            let error = #expect(throws: DatasetError.self) { try DatasetReader.read(url) }
            #expect(error?.code == .badImages)
            #expect(error?.file == url.path)
        }
        _ = try folder.write(idx([4, 2, 3], pixels), "c-images-idx3-ubyte")
        _ = try folder.write(idx([3], [1, 2, 3]), "c-labels-idx1-ubyte")
        #expect(throws: DatasetError.self) { try DatasetReader.read(folder.url.appending(path: "c-images-idx3-ubyte")) }
        #expect(throws: DatasetError.self, "two pairs in one folder") { try DatasetReader.read(folder.url) }
    }

    @Test func `a model's classes and size hold for new images`() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(idx([4, 2, 3], pixels), "x-images-idx3-ubyte")
        _ = try folder.write(idx([4], [2, 1, 9, 2]), "x-labels-idx1-ubyte")
        var schema = DatasetSchema(
            features: .images(ImageShape(height: 2, width: 3, channels: 3)), targetName: "label", target: .classes(["1", "2"])
        )
        let (dataset, report) = try DatasetReader.read(url, schema: schema)
        #expect(dataset.target == .classes([1, 0, -1, 1], names: ["1", "2"]))
        #expect(report.unseenLevelCounts == ["label": 1])
        guard case .images(let images) = dataset.features else { return }
        #expect(Array(images.pixels[..<6]) == [0, 0, 0, 1, 1, 1])
        schema.features = .images(ImageShape(height: 3, width: 3, channels: 1))
        let error = #expect(throws: DatasetError.self) { try DatasetReader.read(url, schema: schema) }
        #expect(error?.code == .schemaMismatch)
        #expect(throws: DatasetError.self) { try DatasetReader.read(url, schema: DatasetSchema(features: .table([]))) }
    }
}

@Suite(.enabled(if: hasPNG, "libpng is not installed"))
struct ImageFolderTests {
    private func png(_ height: Int, _ width: Int, _ channels: Int, value: UInt8) throws -> [UInt8] {
        let pixels = [UInt8](repeating: value, count: height * width * channels)
        return try PNG.encode(RasterImage(height: height, width: width, channels: channels, pixels: pixels))
    }

    @Test func `subfolders are classes and files are rows in the order of their names`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(png(2, 3, 1, value: 30), "dog/b.png")
        _ = try folder.write(png(2, 3, 1, value: 20), "dog/a.PNG")
        _ = try folder.write(png(2, 3, 1, value: 10), "cat/z.png")
        _ = try folder.write(Array("text".utf8), "cat/readme.txt")
        _ = try folder.write(Array("text".utf8), ".hidden/x.png")
        let (dataset, report) = try DatasetReader.readWithReport(folder.url)
        #expect(dataset.target == .classes([0, 1, 1], names: ["cat", "dog"]))
        #expect(report.files == ["cat/z.png", "dog/a.PNG", "dog/b.png"])
        #expect(report.notes.count == 1)
        guard case .images(let images) = dataset.features else { return }
        #expect(images.shape == ImageShape(height: 2, width: 3, channels: 1))
        #expect(images.pixels.first == 10 && images.pixels.last == 30)
    }

    @Test func `grey images become RGB where one has colours`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(png(1, 1, 1, value: 5), "a/1.png")
        _ = try folder.write(png(1, 1, 3, value: 6), "a/2.png")
        _ = try folder.write(png(1, 1, 1, value: 7), "b/3.png")
        guard case .images(let images) = try DatasetReader.read(folder.url).features else { return }
        #expect(images.pixels == [5, 5, 5, 6, 6, 6, 7, 7, 7])
    }

    @Test func `images without subfolders have no labels`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(png(1, 1, 1, value: 5), "1.png")
        let dataset = try DatasetReader.read(folder.url)
        #expect(dataset.target == nil)
        #expect(dataset.rowCount == 1)
    }

    @Test func `another size is an error with the file and both sizes`() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(png(2, 3, 1, value: 5), "a/1.png")
        let odd = try folder.write(png(4, 5, 1, value: 5), "b/2.png")
        let error = #expect(throws: DatasetError.self) { try DatasetReader.read(folder.url) }
        #expect(error?.file == odd.path)
        #expect(error?.message.contains("5x4") == true && error?.message.contains("3x2") == true)
    }

    @Test func `an image that ends too early is an error with the file`() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(Array(png(20, 30, 3, value: 5).dropLast(30)), "a/1.png")
        let error = #expect(throws: DatasetError.self) { try DatasetReader.read(folder.url) }
        #expect(error?.code == .badImages)
        #expect(error?.file == url.path)
    }

    @Test func `a folder without images is an error`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: DatasetError.self) { try DatasetReader.read(folder.url) }
        #expect(error?.code == .badImages)
    }
}
