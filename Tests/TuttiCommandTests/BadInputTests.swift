import Foundation
import Testing

/// A command line that must fail, and what it must say.
struct BadInput: CustomTestStringConvertible, Sendable {
    var name: String
    var status: Int32
    /// What the message has to name.
    var says: [String]
    /// Writes files into the folder and gives the arguments; `OUT` among them is the run's folder.
    var arguments: @Sendable (URL) throws -> [String]

    init(_ name: String, _ status: Int32, says: [String], _ arguments: @escaping @Sendable (URL) throws -> [String]) {
        self.name = name
        self.status = status
        self.says = says
        self.arguments = arguments
    }

    var testDescription: String { name }

    /// `fit` on a table with rows changed.
    static func table(
        _ name: String, _ status: Int32 = 65, says: [String], rows: Int = 60, options: [String] = ["--target", ToyFiles.target],
        _ change: @escaping @Sendable (Int, inout [String]) -> Void = { _, _ in }
    ) -> BadInput {
        BadInput(name, status, says: says) { folder in
            ["fit", try ToyFiles.writeTable(rows, seed: 21, to: "data.csv", in: folder, changing: change), "--out", "OUT", "--time", "5s"] + options
        }
    }

    /// `fit` on a file with this text.
    static func text(_ name: String, _ status: Int32 = 65, says: [String], _ text: String) -> BadInput {
        BadInput(name, status, says: says) { ["fit", try Scratch.write(text, to: "data.csv", in: $0), "--target", "y", "--out", "OUT", "--time", "5s"] }
    }

    /// `fit` on a good table with wrong options.
    static func option(_ options: String..., says: [String], status: Int32 = 64) -> BadInput {
        table(options.joined(separator: " "), status, says: says, options: ["--target", ToyFiles.target] + options)
    }

    static let all: [BadInput] = [
        BadInput("a file that is not there", 65, says: ["nowhere.csv"]) { ["fit", $0.path + "/nowhere.csv", "--target", "y", "--out", "OUT"] },
        .table("an unknown target", says: ["'verdit'", "did you mean 'verdict'"], options: ["--target", "verdit"]),
        .table("no target", 64, says: ["--target", "'verdict'"], options: []),
        .table("a target with one class", says: ["data.csv", "'verdict'", "one class"]) { $1[4] = "no" },
        .table("a target without values", says: ["data.csv", "'verdict'", "missing"]) { $1[4] = "" },
        .table("one row", says: ["'verdict'"], rows: 1),
        .table("no rows", says: ["data.csv", "no row"], rows: 0),
        .table("a row with a cell too many", says: ["data.csv", "line 12", "'verdict'"]) { if $0 == 10 { $1.append("more") } },
        .table("a row with a cell too few", says: ["data.csv", "line 12"]) { if $0 == 10 { $1.removeLast() } },
        .text("an open quote", says: ["data.csv", "line 3", "column 1"], "a,y\n1,x\n\"2,z\n3,x\n"),
        .text("an empty file", says: ["data.csv", "empty"], ""),
        .text("two columns of one name", says: ["data.csv", "'a'"], "a,a,y\n1,2,x\n1,3,z\n2,2,x\n1,1,z\n"),
        .text("two rows", says: ["too few"], "a,y\n1,x\n2,z\n"),
        .text("a single row of numbers", says: ["rows"], "a,y\n1,1.5\n"),
        .text("a target alone", says: ["data.csv", "target"], "y\nx\nz\nx\nz\n"),
        .text("bytes that are not text", says: ["data.csv"], "a,y\n\0\0\0,x\n1,z\n"),
        .option("--learners", "nope", says: ["'nope'", "lightgbm"]),
        .option("--learners", "cnn", says: ["'cnn'", "table"]),
        .option("--metric", "nope", says: ["'nope'", "auc"]),
        .option("--metric", "rmse", says: ["'rmse'", "auc"]),
        .option("--sampler", "nope", says: ["nope", "tpe"]),
        .option("--scheduler", "nope", says: ["nope", "asha"]),
        .option("--time", "0", says: ["'0'", "--time"]),
        .option("--time", "soon", says: ["'soon'", "--time"]),
        .option("--trials", "0", says: ["--trials", "at least 1"]),
        .option("--workers", "0", says: ["--workers", "from 1"]),
        .option("--memory", "much", says: ["'much'", "--memory"]),
        .option("--kind", "colour=sound", says: ["colour=sound", "category"]),
        .option("--kind", "collour=text", says: ["'collour'", "did you mean 'colour'"], status: 65),
        .option("--exclude", "collour", says: ["'collour'", "did you mean 'colour'"], status: 65),
        .option("--task", "regression", says: ["data.csv", "'verdict'", "number"], status: 65),
        BadInput("an IDX file cut short", 65, says: ["a-images-idx3-ubyte"]) { folder in
            let path = try ToyFiles.writeImages(50, seed: 5, prefix: "a", in: folder)
            try Data(contentsOf: URL(fileURLWithPath: path)).prefix(3000).write(to: URL(fileURLWithPath: path))
            return ["fit", path, "--out", "OUT", "--time", "5s"]
        },
        BadInput("labels cut short", 65, says: ["a-labels-idx1-ubyte"]) { folder in
            let path = try ToyFiles.writeImages(50, seed: 5, prefix: "a", in: folder)
            let labels = folder.appending(path: "a-labels-idx1-ubyte")
            try Data(contentsOf: labels).prefix(30).write(to: labels)
            return ["fit", path, "--out", "OUT", "--time", "5s"]
        },
        BadInput("images without labels", 65, says: ["labels"]) { folder in
            let path = try ToyFiles.writeImages(50, seed: 5, prefix: "a", in: folder)
            try FileManager.default.removeItem(at: folder.appending(path: "a-labels-idx1-ubyte"))
            return ["fit", path, "--out", "OUT", "--time", "5s"]
        },
        BadInput("a PNG cut short in a folder of images", 65, says: ["b/1.png"]) { folder in
            for (label, count) in [("a", 3), ("b", 3)] {
                let images = folder.appending(path: "images/\(label)")
                try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
                for index in 0..<count {
                    let bytes = ToyPNG.bytes(grey: UInt8(40 * index), side: 8)
                    try Data(label == "b" && index == 1 ? bytes.dropLast(20) : bytes).write(to: images.appending(path: "\(index).png"))
                }
            }
            return ["fit", folder.path + "/images", "--out", "OUT", "--time", "5s"]
        },
        BadInput("a folder without images", 65, says: ["empty"]) { folder in
            try FileManager.default.createDirectory(at: folder.appending(path: "empty"), withIntermediateDirectories: true)
            return ["fit", folder.path + "/empty", "--out", "OUT", "--time", "5s"]
        },
    ]
}

extension CommandTests {
    @Suite("Input that cannot be used", needsRuntimes)
    struct BadInputTests {
        @Test(arguments: BadInput.all)
        func isRefusedInOneMessageAndLeavesNothing(input: BadInput) async throws {
            let folder = try Scratch.folder("bad")
            let out = folder.appending(path: "run").path
            let result = try await TuttiProgram.run(try input.arguments(folder).map { $0 == "OUT" ? out : $0 } + ["--quiet"])
            #expect(!result.wasKilled && result.status == input.status, "\(result.testDescription)")
            #expect(result.errorLines.count == 1, "\(result.errors)")
            for word in input.says { #expect(result.errors.contains(word), "\(word) is not in: \(result.errors)") }
            #expect(!result.errors.contains("NSCocoaErrorDomain") && !result.errors.contains("Fatal"), "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: out), "a folder of a run was left")
        }

        @Test func aFolderThatIsNotEmptyStaysAsItIs() async throws {
            let folder = try Scratch.folder("occupied")
            let data = try ToyFiles.writeTable(50, seed: 22, to: "data.csv", in: folder)
            let result = try await TuttiProgram.run("fit", data, "--target", ToyFiles.target, "--out", folder.path, "--time", "5s")
            #expect(result.status == 64 && result.errors.contains("not empty"), "\(result.testDescription)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["data.csv"])
            let onFile = try await TuttiProgram.run("fit", data, "--target", ToyFiles.target, "--out", data, "--time", "5s")
            #expect(onFile.status == 65 && onFile.errors.contains(data) && !onFile.errors.contains("NSCocoa"), "\(onFile.testDescription)")
            let run = try await FittedRun.table.value
            let again = try await TuttiProgram.run("fit", data, "--target", ToyFiles.target, "--out", run.folder, "--time", "5s")
            #expect(again.status == 64 && again.errors.contains("tutti resume"), "\(again.testDescription)")
        }
    }
}
