import Foundation

/// A generator with a seed, so that toy data is the same in every run (SplitMix64, Steele et al. 2014).
struct ToyGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// About normal: the sum of twelve uniform numbers.
    mutating func noise() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &self) } }
}

/// Small data that is quick to learn: a mixed table with two classes, and images of three.
enum ToyFiles {
    static let target = "verdict"
    /// As they come out: sorted. One has a comma, so that quoting is seen.
    static let classes = ["no", "yes, please"]
    static let columns = ["colour", "size", "weight", "boxed"]
    private static let colours = ["red", "green", "blue", "dark blue", "naïve"]

    /// Rows of the table: text, numbers, a boolean, missing cells, and the target last.
    static func tableRows(_ count: Int, seed: UInt64) -> [[String]] {
        var generator = ToyGenerator(seed: seed)
        return (0..<count).map { _ in
            let colour = colours[Int.random(in: 0..<colours.count, using: &generator)]
            let size = generator.noise()
            let weight = Double.random(in: 0..<10, using: &generator)
            let isBoxed = Bool.random(using: &generator)
            let isYes = size + (colour == "red" ? 1.5 : 0) + (isBoxed ? 0.4 : 0) + 0.5 * generator.noise() > 0.6
            func unless(_ chance: Double, _ text: String) -> String { Double.random(in: 0..<1, using: &generator) < chance ? "" : text }
            return [
                unless(0.05, colour), unless(0.08, String(format: "%.4f", size)), String(format: "%.3f", weight), String(isBoxed),
                classes[isYes ? 1 : 0],
            ]
        }
    }

    /// Writes a table, after a change of its rows where one is given.
    /// - Returns: path of the file.
    static func writeTable(
        _ count: Int, seed: UInt64, to name: String, in folder: URL, header: [String] = columns + [target],
        changing: (Int, inout [String]) -> Void = { _, _ in }
    ) throws -> String {
        var rows = tableRows(count, seed: seed)
        for index in rows.indices { changing(index, &rows[index]) }
        return try Scratch.write(([header] + rows).map(CSV.line).joined(), to: name, in: folder)
    }

    /// Writes a table with a number to predict that is skewed, as prices are, from numbers, a name and a day.
    static func writeNumbers(_ count: Int, seed: UInt64, to name: String, in folder: URL) throws -> String {
        var generator = ToyGenerator(seed: seed)
        let rows = (0..<count).map { _ in
            let area = Double.random(in: 20...200, using: &generator)
            let rooms = Int(area / 30) + Int.random(in: 0...1, using: &generator)
            let district = ["north", "south", "east"][Int.random(in: 0..<3, using: &generator)]
            let year = Int.random(in: 1950...2024, using: &generator)
            let day = String(format: "%04d-%02d-%02d", year, Int.random(in: 1...12, using: &generator), Int.random(in: 1...28, using: &generator))
            let price = exp(0.01 * area + (district == "south" ? 1 : 0) + Double(year - 1950) / 100 + 0.1 * generator.noise())
            return [String(format: "%.1f", area), "\(rooms)", district, day, String(format: "%.2f", 1000 * price)]
        }
        return try Scratch.write(([["area", "rooms", "district", "built", "price"]] + rows).map(CSV.line).joined(), to: name, in: folder)
    }

    static let imageSide = 12
    static let imageClasses = ["0", "1", "2"]

    /// Pixels of one grey image: a bar across, a bar down, or a diagonal, in noise.
    static func pixels(of label: Int, using generator: inout ToyGenerator) -> [UInt8] {
        (0..<imageSide * imageSide).map { index in
            let (row, column) = (index / imageSide, index % imageSide)
            let isLit = [3..<8 ~= row, 3..<8 ~= column, abs(row - column) < 2][label]
            return UInt8(min(255, max(0, (isLit ? 170 : 60) + 45 * generator.noise())))
        }
    }

    /// Writes images and labels as a pair of IDX files.
    /// - Returns: path of the images.
    static func writeImages(_ count: Int, seed: UInt64, prefix: String, in folder: URL) throws -> String {
        var generator = ToyGenerator(seed: seed)
        let labels = (0..<count).map { _ in Int.random(in: 0..<3, using: &generator) }
        let images = folder.appending(path: "\(prefix)-images-idx3-ubyte")
        try Data(idx(0x0803, [count, imageSide, imageSide]) + labels.flatMap { pixels(of: $0, using: &generator) }).write(to: images)
        try Data(idx(0x0801, [count]) + labels.map(UInt8.init)).write(to: folder.appending(path: "\(prefix)-labels-idx1-ubyte"))
        return images.path
    }

    /// The head of an IDX file.
    private static func idx(_ magic: Int, _ sizes: [Int]) -> [UInt8] {
        ([magic] + sizes).flatMap { number in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) } }
    }
}

/// As much of CSV as the tests need.
enum CSV {
    struct Malformed: Error {
        var line: String
    }

    static func line(_ cells: [String]) -> String {
        cells.map { $0.contains(",") || $0.contains("\"") ? "\"\($0.replacingOccurrences(of: "\"", with: "\"\""))\"" : $0 }.joined(separator: ",") + "\n"
    }

    static func parse(_ text: String) throws -> (columns: [String], rows: [[String: String]]) {
        let lines = text.split(separator: "\n").map { cells(of: $0) }
        guard let header = lines.first else { throw Malformed(line: text) }
        let rows = try lines.dropFirst().map { cells in
            guard cells.count == header.count else { throw Malformed(line: cells.joined(separator: ",")) }
            return Dictionary(zip(header, cells)) { first, _ in first }
        }
        return (header, rows)
    }

    private static func cells(of line: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}
