import Codecs
import Foundation

/// A file of images and the file of their labels, named as MNIST's are.
enum IDXPair {
    /// Reads images whose bytes are here, and the labels beside them where there are any.
    static func read(images bytes: [UInt8], at url: URL) throws -> LabelledImages {
        let file = try IDXFile(bytes, file: url.path)
        let images = try imageSet(file, path: url.path)
        var result = LabelledImages(file: url.path, images: images)
        guard let labelsURL = labels(for: url) else {
            result.notes.append("there are no labels beside \(url.lastPathComponent)")
            return result
        }
        let labels = try IDXFile(FileContents.readDecompressed(labelsURL), file: labelsURL.path)
        guard labels.dimensions.count == 1 else {
            throw DatasetError(.badImages, "the labels have \(labels.dimensions.count) dimensions, 1 was expected", file: labelsURL.path)
        }
        guard labels.values.count == images.count else {
            throw DatasetError(
                .badImages, "there are \(labels.values.count) labels for \(images.count) images of \(url.lastPathComponent)",
                file: labelsURL.path
            )
        }
        let distinct = Set(labels.values).sorted()
        var codes = [Int32](repeating: -1, count: 256)
        for (code, label) in distinct.enumerated() { codes[Int(label)] = Int32(code) }
        result.labels = labels.values.map { codes[Int($0)] }
        result.names = distinct.map { String($0) }
        return result
    }

    /// The file of images of the one pair in a folder; nil where there is none.
    static func images(in folder: URL, entries: [String]) throws -> URL? {
        let found = entries.filter { $0.lowercased().contains("images") && $0.lowercased().contains("idx") }.sorted()
        // The same file with and without compression counts once.
        let distinct = Set(found.map { $0.hasSuffix(".gz") ? String($0.dropLast(3)) : $0 })
        guard distinct.count <= 1 else {
            throw DatasetError(
                .badImages, "the folder has \(distinct.count) files of images; give the path of one: \(DatasetError.list(found))",
                file: folder.path
            )
        }
        return found.first.map { folder.appending(path: $0) }
    }

    private static func labels(for images: URL) -> URL? {
        let name = images.lastPathComponent
        guard let range = name.range(of: "images", options: .caseInsensitive) else { return nil }
        var base = name
        base.replaceSubrange(range, with: name[range].first == "I" ? "Labels" : "labels")
        base = base.replacingOccurrences(of: "idx3", with: "idx1").replacingOccurrences(of: "idx4", with: "idx1")
        if base.hasSuffix(".gz") { base.removeLast(3) }
        let folder = images.deletingLastPathComponent()
        return [base, base + ".gz"].map { folder.appending(path: $0) }.first { FileManager.default.fileExists(atPath: $0.path) }
    }

    private static func imageSet(_ file: IDXFile, path: String) throws -> ImageSet {
        let shape = file.dimensions.map { "\($0)" }.joined(separator: "x")
        let d = file.dimensions
        guard d.count == 3 || d.count == 4 else {
            let hint = d.count == 1 ? "; these are labels, give the file of images" : ""
            throw DatasetError(.badImages, "the IDX file has the shape \(shape), images have 3 or 4 dimensions\(hint)", file: path)
        }
        guard d.allSatisfy({ $0 > 0 }) else {
            throw DatasetError(.badImages, "the IDX file has the shape \(shape) and so no images", file: path)
        }
        if d.count == 3 { return ImageSet(shape: ImageShape(height: d[1], width: d[2], channels: 1), count: d[0], pixels: file.values) }
        if d[3] == 1 || d[3] == 3 {
            return ImageSet(shape: ImageShape(height: d[1], width: d[2], channels: d[3]), count: d[0], pixels: file.values)
        }
        guard d[1] == 1 || d[1] == 3 else {
            throw DatasetError(.badImages, "the IDX file has the shape \(shape); images of 1 or 3 channels were expected", file: path)
        }
        let target = ImageShape(height: d[2], width: d[3], channels: d[1])
        return ImageSet(shape: target, count: d[0], pixels: channelsLast(file.values, count: d[0], target))
    }

    /// `[count, channels, height, width]` to `[count, height, width, channels]`.
    private static func channelsLast(_ values: [UInt8], count: Int, _ shape: ImageShape) -> [UInt8] {
        let plane = shape.height * shape.width
        var result = [UInt8](repeating: 0, count: values.count)
        for image in 0..<count {
            let base = image * shape.valueCount
            for channel in 0..<shape.channels {
                for pixel in 0..<plane { result[base + pixel * shape.channels + channel] = values[base + channel * plane + pixel] }
            }
        }
        return result
    }
}
