import Datasets
import Learning
import Networks
import ONNXGraphs
import Torch

/// Columns of a table resident on the device as a network reads them: a matrix of numbers and a vector of indices per category.
struct TableBatches: BatchSource {
    let rowCount: Int
    private let numbers: Tensor?
    /// Index of each row, one array per category; gathered on the processor, because training hides some.
    private let categories: [[Int64]]
    private let target: Tensor
    private let device: TorchDevice
    /// Share of the levels that are hidden while training, so that the index for missing and unknown levels is trained too.
    private static let hiddenShare = 0.01

    init(_ table: Table, preprocessing: TablePreprocessing, target: Dataset.Target?, scale: TargetScale, device: TorchDevice) throws {
        rowCount = table.rowCount
        let columns = preprocessing.numbers.map { table.numbers(of: $0.name) }
        numbers =
            preprocessing.featureCount == 0
            ? nil : try Tensor(preprocessing.features(columns), shape: [table.rowCount, preprocessing.featureCount], device: device)
        categories = try preprocessing.categories.map { category in
            guard case .codes(let codes, let levels) = table[category.name]?.values else {
                throw LearningError(.badData, "the column '\(category.name)' is missing or has no categories")
            }
            return category.indices(ofCodes: codes, levels: levels)
        }
        self.device = device
        self.target = try TargetTensor.make(target, scale: scale, device: device)
    }

    func batch(_ rows: [Int], augmenting generator: inout TensorGenerator?) throws -> (inputs: [String: Tensor], target: Tensor) {
        var inputs: [String: Tensor] = [:]
        if let numbers { inputs["numbers"] = try numbers.batch(rows) }
        for (index, category) in categories.enumerated() {
            var indices = rows.map { category[$0] }
            if var drawn = generator {
                for row in indices.indices where drawn.uniform() < Self.hiddenShare { indices[row] = 0 }
                generator = drawn
            }
            inputs["category\(index)"] = try Tensor(indices, device: device)
        }
        return (inputs, try target.batch(rows))
    }
}

extension Table {
    /// Values of a column of numbers or dates; NaN throughout where there is none of that name.
    func numbers(of name: String) -> [Double] {
        if case .numbers(let values) = self[name]?.values { return values }
        return [Double](repeating: .nan, count: rowCount)
    }
}

extension TablePreprocessing {
    /// Fitted to the columns of a training table that a network can read: text is left out, and of a category with very many levels
    /// only the most frequent keep a level of their own.
    init(fitting table: Table, by fit: Number.Fit, clipping: Clipping) {
        var numbers: [Number] = []
        var categories: [Category] = []
        for column in table.columns {
            switch (column.kind, column.values) {
            case (.number, .numbers(let values)): numbers.append(Number(name: column.name, fitting: values, by: fit))
            case (.date, .numbers(let values)): numbers.append(Number(name: column.name, isDate: true, fitting: values, by: fit))
            case (.category, .codes(let codes, let levels)), (.boolean, .codes(let codes, let levels)):
                categories.append(Category(name: column.name, levels: FrequentLevels.choose(codes, levels: levels)))
            default: continue
            }
        }
        self.init(numbers: numbers, categories: categories, clipping: clipping)
    }
}

/// Which levels of a category are worth a parameter of their own.
enum FrequentLevels {
    /// Levels beyond this, and those that occur once where there are many, are treated as unknown ones.
    static let limit = 1000

    static func choose(_ codes: [Int32], levels: [String]) -> [String] {
        var counts = [Int](repeating: 0, count: levels.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        let present = levels.indices.filter { counts[$0] > 0 }
        guard present.count > limit else { return present.map { levels[$0] } }
        let frequent = present.sorted { (counts[$0], $1) > (counts[$1], $0) }.prefix(limit)
        return frequent.sorted().map { levels[$0] }
    }
}
