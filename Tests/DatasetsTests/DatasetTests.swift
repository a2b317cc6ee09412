import Codecs
import Datasets
import Foundation
import Testing

@Suite struct DatasetTests {
    private let text = "n,c,d,y\n1.5,x,2024-01-01,a\n,y,,b\ninf,\"x,\"\"z\"\"\",2024-01-02T03:04:05,a\n-2,,2024-01-03,b\n"

    private func dataset() throws -> Dataset { try read(text, ReadOptions(target: "y")) }

    @Test func `rows are selected in the order asked for`() throws {
        let selected = try dataset().selecting(rows: [3, 0, 0])
        #expect(selected.rowCount == 3)
        #expect(selected.target == .classes([1, 0, 0], names: ["a", "b"]))
        guard case .table(let table) = selected.features else { return }
        #expect(table["n"]?.texts == ["-2", "1.5", "1.5"])
        #expect(table["c"]?.texts == ["", "x", "x"])
        #expect(table["c"]?.schema.levels.count == 3)
    }

    @Test func `images are selected too`() {
        let shape = ImageShape(height: 1, width: 2, channels: 1)
        let images = Dataset(name: "i", features: .images(ImageSet(shape: shape, count: 3, pixels: [0, 1, 2, 3, 4, 5])))
        #expect(images.selecting(rows: [2, 0]).features == .images(ImageSet(shape: shape, count: 2, pixels: [4, 5, 0, 1])))
    }

    @Test func `a data set is told in numbers`() throws {
        let summary = try dataset().describe()
        #expect(summary.rows == 4)
        #expect(summary.columnsByKind == [.number: 1, .category: 1, .date: 1])
        #expect(summary.missingCells == 3)
        #expect(summary.infinities == 1)
        #expect(summary.classes?.map(\.name) == ["a", "b"])
        #expect(summary.classes?.map(\.rows) == [2, 2])
        #expect(summary.columns?.first?.minimum == -2)
        #expect(summary.columns?.first?.mean == -0.25)
        #expect(summary.warnings.contains { $0.contains("infinite") })
        let coded = try JSONEncoder().encode(summary)
        #expect(try JSONDecoder().decode(DatasetSummary.self, from: coded) == summary)
    }

    @Test func `columns that mislead are warned of`() throws {
        let rows = (0..<1500).map { "\($0),id\($0),7,t\($0 % 1100),\($0 % 2 == 0 ? "p" : "q")\n" }.joined()
        let warnings = try read("row,id,constant,many,y\n" + rows, ReadOptions(target: "y")).describe().warnings
        #expect(warnings.contains { $0.contains("'row' counts the rows") })
        #expect(warnings.contains { $0.contains("'id' has another value in every row") })
        #expect(warnings.contains { $0.contains("'constant' has one value") })
        #expect(warnings.contains { $0.contains("'many' has 1100 categories") })
    }

    @Test func `the fingerprint tells contents and nothing else`() throws {
        var dataset = try dataset()
        let fingerprint = dataset.fingerprint
        #expect(fingerprint.count == 16)
        dataset.name = "other"
        #expect(dataset.fingerprint == fingerprint)
        // Fixed: it stands in files of runs, which later versions compare with.
        #expect(try read("a,b,y\n1,x,p\n,,q\n", ReadOptions(target: "y")).fingerprint == "f3d75d3d7e32451f")
        let changes = [("n,c", "m,c"), ("-2", "-3"), ("2024-01-03", "2024-01-04"), (",y,", ",z,"), ("03,b", "03,a"), ("inf", "-inf")]
        for (old, new) in changes {
            let changed = text.replacingOccurrences(of: old, with: new)
            if changed == text { continue }
            #expect(try read(changed, ReadOptions(target: "y")).fingerprint != fingerprint, "\(old) -> \(new)")
        }
        #expect(dataset.selecting(rows: [1, 0, 2, 3]).fingerprint != fingerprint)
    }

    @Test func `a schema survives JSON`() throws {
        let schema = try dataset().schema
        #expect(try JSONDecoder().decode(DatasetSchema.self, from: JSONEncoder().encode(schema)) == schema)
    }
}

@Suite struct CSVWriterTests {
    @Test func `what is written is read back`() throws {
        let text = "n,c,d,y\n1.5,x,2024-01-01,a\n,\" y\",,b\ninf,\"x,\"\"z\"\"\",2024-01-02T03:04:05,a\n-2,\"two\nlines\",2024-01-03,b\n"
        let dataset = try read(text, ReadOptions(target: "y"))
        let written = try CSVWriter(dataset)
        let again = try DatasetReader.read(text: written.bytes, name: dataset.name, options: ReadOptions(target: "y")).dataset
        #expect(again.fingerprint == dataset.fingerprint)
        #expect(String(decoding: written.bytes, as: UTF8.self) == text)
    }

    @Test func `cells are quoted where they must be`() {
        var writer = CSVWriter(header: ["a", "b,c"])
        writer.append(["", "plain"])
        writer.append(["say \"x\"", " led"])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "a,\"b,c\"\n,plain\n\"say \"\"x\"\"\",\" led\"\n")
        var single = CSVWriter(header: ["a"])
        single.append([""])
        #expect(String(decoding: single.bytes, as: UTF8.self) == "a\n\"\"\n")
    }

    @Test func `numbers are short and exact`() {
        let pairs: [(Double, String)] = [
            (1, "1"), (-0.1, "-0.1"), (1e20, "1e+20"), (.nan, ""), (-.infinity, "-inf"), (0.1 + 0.2, "0.30000000000000004"),
        ]
        for (value, text) in pairs { #expect(CSVWriter.text(value) == text) }
    }
}
