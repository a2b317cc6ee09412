import Datasets
import Testing

@Suite struct ARFFReaderTests {
    private let header = """
        % a comment
        @RELATION 'a name'

        @attribute height NUMERIC
        @attribute 'eye colour' {blue, 'dark brown', "light\\'s"}
        @attribute flag{yes,no}
        @attribute born date "dd.MM.yyyy HH:mm"
        @attribute note string
        @attribute class {c1, c2, never}
        @data

        """

    @Test func `dense rows are read with quotes, missing values and comments`() throws {
        let rows =
            "1.5, blue, yes, '01.02.2000 12:30', 'a, b', c1\n% nothing\n\n"
            + "?, 'dark brown', ?, ?, x, c2\n3,\"light\\'s\",no,?,'it\\'s',c1\n"
        let dataset = try read(header + rows, ReadOptions(target: "class"))
        guard case .table(let table) = dataset.features else { return }
        #expect(table.columns.map(\.kind) == [.number, .category, .boolean, .date, .category])
        #expect(table["height"]?.texts == ["1.5", "", "3"])
        #expect(table["eye colour"]?.texts == ["blue", "dark brown", "light's"])
        #expect(table["born"]?.texts == ["949408200", "", ""])
        #expect(table["note"]?.texts == ["a, b", "x", "it's"])
        #expect(dataset.target == .classes([0, 1, 0], names: ["c1", "c2"]))
    }

    @Test func `sparse rows have zeros and first values where nothing stands`() throws {
        let text = "@relation s\n@attribute a numeric\n@attribute b {x,y}\n@attribute c real\n@data\n{}\n{2 5, 0 -1}\n{1 y,2 ?}\n"
        let table = try table(text)
        #expect(table["a"]?.texts == ["0", "-1", "0"])
        #expect(table["b"]?.texts == ["x", "x", "y"])
        #expect(table["c"]?.texts == ["0", "5", ""])
    }

    @Test func `only a question mark is missing`() throws {
        #expect(try table("@relation s\n@attribute b {NA,y}\n@attribute c real\n@data\nNA,1\n?,2\n")["b"]?.texts == ["NA", ""])
    }

    @Test func `a declared number is a value to predict`() throws {
        let text = "@relation s\n@attribute a numeric\n@attribute y integer\n@data\n" + String(repeating: "1,0\n2,1\n", count: 20)
        guard case .values = try read(text, ReadOptions(target: "y")).target else {
            Issue.record("a declared number became a class")
            return
        }
    }

    @Test(arguments: [
        ("@relation s\n@attribute a numeric\n@data\n1,2\n", DatasetError.Code.raggedRow, 4),
        ("@relation s\n@attribute a numeric\n@attribute b numeric\n@data\n1\n", .raggedRow, 5),
        ("@relation s\n@attribute a numeric\n@data\nx\n", .badCell, 4),
        ("@relation s\n@attribute a {p,q}\n@attribute b real\n@data\np,1\nr,1\n", .badCell, 6),
        ("@relation s\n@attribute a relational\n@data\n1\n", .badSyntax, 2),
        ("@relation s\n@attribute a {p\n@data\n1\n", .badSyntax, 2),
        ("@relation s\n@attribute a real\n@attribute a real\n@data\n1,1\n", .duplicateColumn, 3),
        ("@relation s\n@attribute a real\n@data\n'1\n", .badQuotes, 4),
        ("@relation s\n@attribute a real\n@data\n{7 1}\n", .badSyntax, 4),
        ("@relation s\n@attribute a real\n@data\n{0 1\n", .badSyntax, 4),
    ])
    func `errors name the line`(text: String, code: DatasetError.Code, line: Int) {
        let error = failure(text)
        #expect(error?.code == code)
        #expect(error?.line == line)
    }

    @Test func `no data is an error`() {
        #expect(failure("@relation s\n@attribute a real\n")?.code == .empty)
        #expect(failure("@relation s\n@attribute a real\n@data\n")?.code == .empty)
        #expect(failure("@relation s\n@data\n1\n")?.code == .empty)
    }

    @Test func `any rows give a table or an error and never a crash`() {
        var generator = SeededGenerator(seed: 11)
        let alphabet = Array("a10.,'\"\\{} ?%\n\t".utf8)
        for _ in 0..<3000 {
            let noise = (0..<generator.index(below: 30)).map { _ in alphabet[generator.index(below: alphabet.count)] }
            let head = Array("@relation r\n@attribute a string\n@attribute b {a,'1 0'}\n".utf8)
            _ = try? DatasetReader.read(text: head + Array("@data\n".utf8) + noise, name: "random")
            _ = try? DatasetReader.read(text: head + Array("@attribute ".utf8) + noise, name: "random")
        }
    }
}
