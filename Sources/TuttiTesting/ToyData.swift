public import Datasets
import Foundation
public import Learning

/// Small data sets with a pattern that any sensible learner finds, made from a seed.
public enum ToyData {
    /// A table with two numbers (one with missing values), a category, a boolean and a date, and a target that depends on most of them.
    /// - Parameter kind: what the target is; three classes for `.multiclass`.
    public static func table(_ kind: LearningTask.Kind, rows: Int = 400, seed: UInt64 = 1) -> Dataset {
        var generator = SeededGenerator(seed: seed)
        func uniform() -> Double { Double.random(in: -1...1, using: &generator) }
        let first = (0..<rows).map { _ in uniform() }
        let second = (0..<rows).map { _ in uniform() }
        let colours = (0..<rows).map { _ in Int32.random(in: 0...2, using: &generator) }
        let flags = (0..<rows).map { _ in Int32.random(in: 0...1, using: &generator) }
        let days = (0..<rows).map { _ in 1.6e9 + 86_400 * Double.random(in: 0..<1000, using: &generator).rounded() }
        let signal = (0..<rows).map { row in
            first[row] + (colours[row] == 1 ? 0.8 : -0.4) + 0.5 * second[row] * (flags[row] == 1 ? 1 : -1) + 0.1 * uniform()
        }
        let withGaps = second.enumerated().map { $0.offset % 11 == 3 ? Double.nan : $0.element }
        let columns = [
            Column(name: "first", kind: .number, values: .numbers(first)),
            Column(name: "second, with gaps", kind: .number, values: .numbers(withGaps)),
            Column(name: "colour", kind: .category, values: .codes(colours, levels: ["blue", "green", "red"])),
            Column(name: "flag", kind: .boolean, values: .codes(flags, levels: ["no", "yes"])),
            Column(name: "day", kind: .date, values: .numbers(days)),
        ]
        let target: Dataset.Target =
            switch kind {
            case .binary: .classes(signal.map { $0 > 0 ? 1 : 0 }, names: ["cold", "warm"])
            case .multiclass: .classes(signal.map { $0 > 0.5 ? 2 : $0 > -0.5 ? 1 : 0 }, names: ["high", "low", "mid"])
            case .regression: .values(signal.map { 20 + 5 * $0 })
            }
        return Dataset(name: "toy", features: .table(Table(columns: columns, rowCount: rows)), targetName: "answer", target: target)
    }

    /// Images with a bright bar: upright, lying or slanted for `.multiclass`, the first two for `.binary`; its brightness for `.regression`.
    public static func images(_ kind: LearningTask.Kind, count: Int = 240, side: Int = 12, channels: Int = 1, seed: UInt64 = 1) -> Dataset {
        var generator = SeededGenerator(seed: seed)
        let shape = ImageShape(height: side, width: side, channels: channels)
        var pixels = [UInt8](repeating: 0, count: count * shape.valueCount)
        var labels: [Int32] = []
        var values: [Double] = []
        for image in 0..<count {
            let label = Int32.random(in: 0..<(kind == .multiclass ? 3 : 2), using: &generator)
            let brightness = UInt8.random(in: 120...255, using: &generator)
            let place = Int.random(in: 2..<side - 2, using: &generator)
            for step in 0..<side {
                let (row, column) = label == 0 ? (step, place) : label == 1 ? (place, step) : (step, (step + place) % side)
                for channel in 0..<channels {
                    pixels[image * shape.valueCount + (row * side + column) * channels + channel] = brightness
                }
            }
            labels.append(label)
            values.append(Double(brightness) / 25)
        }
        let target: Dataset.Target =
            switch kind {
            case .binary: .classes(labels, names: ["lying", "upright"])
            case .multiclass: .classes(labels, names: ["lying", "slanted", "upright"])
            case .regression: .values(values)
            }
        return Dataset(name: "toy", features: .images(ImageSet(shape: shape, count: count, pixels: pixels)), targetName: "label", target: target)
    }

    /// Data of the kind that a learner's input asks for.
    public static func dataset(_ input: InputKind, _ kind: LearningTask.Kind, seed: UInt64 = 1) -> Dataset {
        switch input {
        case .table: table(kind, seed: seed)
        case .images: images(kind, seed: seed)
        }
    }
}
