import Codecs
import Foundation

/// A folder of images: one subfolder per class, or images alone (for prediction), or a pair of IDX files.
enum ImageFolder {
    private static let endings: Set<String> = ["png", "jpg", "jpeg"]

    static func read(_ url: URL) throws -> LabelledImages {
        let entries = try contents(url)
        if let idx = try IDXPair.images(in: url, entries: entries) {
            return try IDXPair.read(images: FileContents.readDecompressed(idx), at: idx)
        }
        var collector = Collector(folder: url)
        let folders = entries.filter { isFolder(url.appending(path: $0)) }
        var names: [String] = []
        var labels: [Int32] = []
        for folder in folders {
            let before = collector.files.count
            let folderURL = url.appending(path: folder)
            try collector.add(contents(folderURL), of: folderURL, below: folder + "/")
            let added = collector.files.count - before
            if added == 0 { continue }
            labels += [Int32](repeating: Int32(names.count), count: added)
            names.append(folder)
        }
        let isLabelled = !names.isEmpty
        if !isLabelled { try collector.add(entries.filter { !folders.contains($0) }, of: url, below: "") }
        var result = try collector.images()
        if isLabelled {
            result.labels = labels
            result.names = names
        }
        return result
    }

    /// Names in byte order, hidden files left out: the same order on every machine.
    private static func contents(_ url: URL) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: url.path).filter { !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw CodecError(.fileNotAccessible, "the folder cannot be read (\(error.localizedDescription))", file: url.path)
        }
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Decoded images of one size, grey until the first one with colours.
    private struct Collector {
        let folder: URL
        var files: [String] = []
        private var shape: ImageShape?
        private var pixels: [UInt8] = []
        private var otherFiles: [String] = []

        init(folder: URL) { self.folder = folder }

        mutating func add(_ names: [String], of url: URL, below prefix: String) throws {
            for name in names {
                let file = url.appending(path: name)
                guard ImageFolder.endings.contains(file.pathExtension.lowercased()) else {
                    otherFiles.append(prefix + name)
                    continue
                }
                let image: RasterImage
                do {
                    image = try RasterImage.decode(contentsOf: file)
                } catch let error as CodecError {
                    throw DatasetError(.badImages, error.message, file: file.path)
                }
                try append(image, file: file.path)
                files.append(prefix + name)
            }
        }

        private mutating func append(_ image: RasterImage, file: String) throws {
            let channels = max(shape?.channels ?? 1, image.channels)
            let expected = shape ?? ImageShape(height: image.height, width: image.width, channels: channels)
            guard image.height == expected.height, image.width == expected.width else {
                throw DatasetError(
                    .badImages,
                    "the image is \(image.width)x\(image.height), the ones before it are \(expected.width)x\(expected.height); "
                        + "all images need one size: resize them", file: file
                )
            }
            if let shape, shape.channels < channels { pixels = LabelledImages.greyToRGB(pixels) }
            pixels += image.channels < channels ? LabelledImages.greyToRGB(image.pixels) : image.pixels
            shape = ImageShape(height: expected.height, width: expected.width, channels: channels)
        }

        func images() throws -> LabelledImages {
            guard let shape else {
                throw DatasetError(
                    .badImages, "the folder has no images; a subfolder of PNG or JPEG files per class, or a pair of IDX files was expected",
                    file: folder.path
                )
            }
            var result = LabelledImages(file: folder.path, images: ImageSet(shape: shape, count: files.count, pixels: pixels))
            result.files = files
            if !otherFiles.isEmpty {
                let names = DatasetError.list(otherFiles, limit: 5)
                result.notes.append("\(otherFiles.count) files are no images and left out: \(names)")
            }
            return result
        }
    }
}
