import Datasets
import Learning
import ONNXGraphs

/// The matrix that trees are grown on, and the same computed inside an ONNX graph.
struct TreeFeatures: Codable, Sendable {
    private enum Layout: Codable, Sendable {
        case table([TableInputs.Column])
        /// Pixels, averaged over squares of `pool` × `pool`.
        case images(height: Int, width: Int, channels: Int, pool: Int)
    }

    private let layout: Layout

    /// Rows of a matrix, one after another.
    struct Matrix {
        var values: [Float]
        var rowCount: Int
        var columnCount: Int
    }

    init(fitting features: Dataset.Features, pool: Int) throws {
        switch features {
        case .table(let table):
            let columns = table.columns.compactMap { column -> TableInputs.Column? in
                switch (column.kind, column.values) {
                case (.number, _): TableInputs.Column(name: column.name, kind: .number)
                case (.date, _): TableInputs.Column(name: column.name, kind: .date)
                case (.category, .codes(let codes, let levels)), (.boolean, .codes(let codes, let levels)):
                    TableInputs.Column(name: column.name, kind: .category(levels: FrequentLevels.choose(codes, levels: levels)))
                default: nil
                }
            }
            guard !columns.isEmpty else { throw LearningError(.badData, "there is no column that trees can read: numbers, dates, categories or booleans") }
            layout = .table(columns)
        case .images(let images):
            layout = .images(height: images.shape.height, width: images.shape.width, channels: images.shape.channels, pool: pool)
        }
    }

    /// Columns whose numbers are categories.
    var categorical: [Int] {
        guard case .table(let columns) = layout else { return [] }
        return columns.indices.filter { if case .category = columns[$0].kind { true } else { false } }
    }

    /// Pixels or columns; numbers in single precision, as a served model gets them.
    func matrix(_ features: Dataset.Features) throws -> Matrix {
        switch (layout, features) {
        case (.table(let columns), .table(let table)): try matrix(table, columns)
        case (.images(_, _, _, let pool), .images(let images)): matrix(images, pool: pool)
        default: throw LearningError(.badData, "the data is of another kind than the model's")
        }
    }

    private func matrix(_ table: Table, _ columns: [TableInputs.Column]) throws -> Matrix {
        let width = columns.count
        var values = [Float](repeating: 0, count: table.rowCount * width)
        for (position, column) in columns.enumerated() {
            switch (column.kind, table[column.name]?.values) {
            case (.category(let known), .codes(let codes, let levels)):
                let codeOfLevel = Dictionary(known.enumerated().map { ($1, Float($0)) }, uniquingKeysWith: { first, _ in first })
                let mapped = levels.map { codeOfLevel[$0] ?? -1 }
                for row in 0..<table.rowCount { values[row * width + position] = codes[row] >= 0 ? mapped[Int(codes[row])] : -1 }
            case (.number, .numbers(let numbers)), (.date, .numbers(let numbers)):
                for row in 0..<table.rowCount { values[row * width + position] = Float(numbers[row]) }
            default: throw LearningError(.badData, "the column '\(column.name)' is missing or of another kind than in training")
            }
        }
        return Matrix(values: values, rowCount: table.rowCount, columnCount: width)
    }

    private func matrix(_ images: ImageSet, pool: Int) -> Matrix {
        let shape = images.shape
        guard pool > 1 else { return Matrix(values: images.pixels.map { Float($0) }, rowCount: images.count, columnCount: shape.valueCount) }
        let (height, width) = (shape.height / pool, shape.width / pool)
        let columnCount = height * width * shape.channels
        let area = Float(pool * pool)
        var values = [Float](repeating: 0, count: images.count * columnCount)
        images.pixels.withUnsafeBufferPointer { pixels in
            values.withUnsafeMutableBufferPointer { values in
                var next = 0
                for image in 0..<images.count {
                    for channel in 0..<shape.channels {
                        for row in 0..<height {
                            for column in 0..<width {
                                var sum = 0
                                for y in 0..<pool {
                                    let line = ((image * shape.height + row * pool + y) * shape.width + column * pool) * shape.channels + channel
                                    for x in 0..<pool { sum += Int(pixels[line + x * shape.channels]) }
                                }
                                values[next] = Float(sum) / area
                                next += 1
                            }
                        }
                    }
                }
            }
        }
        return Matrix(values: values, rowCount: images.count, columnCount: columnCount)
    }

    /// Declares the inputs and builds the matrix.
    /// - Returns: the name of `[N, columns]` float.
    func write(in builder: GraphBuilder) throws -> String {
        switch layout {
        case .table(let columns): return try TableInputs.features(builder, columns: columns)
        case .images(let height, let width, let channels, let pool):
            let pixels = try builder.input("pixels", .uint8, ["N", .fixed(height), .fixed(width), .fixed(channels)])
            var value = builder.node("Cast", [pixels], ["to": .int(Int(ElementType.float.rawValue))], named: "numbers")
            if pool > 1 {
                value = builder.node("Transpose", [value], ["perm": .ints([0, 3, 1, 2])], named: "planes")
                value = builder.node("AveragePool", [value], ["kernel_shape": .ints([pool, pool]), "strides": .ints([pool, pool])], named: "pooled")
            }
            return builder.node("Flatten", [value], ["axis": 1], named: "features")
        }
    }
}
