/// Images as they were found, with their labels' names where there are any.
struct LabelledImages {
    /// File or folder, for messages.
    var file: String
    var images: ImageSet
    /// `[count]` indices into `names`.
    var labels: [Int32]?
    /// In any order.
    var names: [String] = []
    var files: [String] = []
    var notes: [String] = []

    /// - Parameter schema: of a trained model: its image size and its classes hold.
    func dataset(name: String, schema: DatasetSchema?) throws -> (dataset: Dataset, report: ReadReport) {
        var report = ReadReport()
        report.notes = notes
        report.files = files
        var target: Dataset.Target?
        if let labels {
            if case .classes(let known) = schema?.target {
                let map = LevelMap(known)
                let table = names.map { map.code(of: $0) }
                let codes = Levels.remap(labels, table)
                let unseen = codes.reduce(0) { $0 + ($1 < 0 ? 1 : 0) }
                if unseen > 0 {
                    let others = names.indices.filter { table[$0] < 0 }.map { names[$0] }
                    report.unseenLevelCounts["label"] = unseen
                    report.notes.append("\(unseen) images have labels that the model was not trained with: \(DatasetError.list(others))")
                }
                target = .classes(codes, names: known)
            } else {
                let levels = Levels(codes: labels, firstNames: names)
                target = .classes(levels.codes, names: levels.names)
            }
        }
        var images = images
        if case .images(let shape) = schema?.features { images = try fitted(images, to: shape) }
        let dataset = Dataset(name: name, features: .images(images), targetName: target == nil ? nil : "label", target: target)
        return (dataset, report)
    }

    private func fitted(_ images: ImageSet, to shape: ImageShape) throws -> ImageSet {
        if images.shape == shape { return images }
        if images.shape.height == shape.height, images.shape.width == shape.width, images.shape.channels == 1, shape.channels == 3 {
            return ImageSet(shape: shape, count: images.count, pixels: Self.greyToRGB(images.pixels))
        }
        throw DatasetError(
            .schemaMismatch, "the images are \(Self.text(images.shape)), the model was trained with \(Self.text(shape)); resize them",
            file: file
        )
    }

    static func greyToRGB(_ grey: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: grey.count * 3) { output, count in
            for i in 0..<grey.count {
                for c in 0..<3 { output[i * 3 + c] = grey[i] }
            }
            count = grey.count * 3
        }
    }

    static func text(_ shape: ImageShape) -> String {
        "\(shape.width)x\(shape.height) with \(shape.channels == 1 ? "1 channel" : "\(shape.channels) channels")"
    }
}
