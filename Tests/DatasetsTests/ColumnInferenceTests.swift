import Datasets
import Testing

@Suite struct ColumnInferenceTests {
    private func kind(_ cells: [String], _ options: ReadOptions = ReadOptions()) throws -> ColumnKind? {
        try table("c,other\n" + cells.map { "\($0),1\n" }.joined(), options)["c"]?.kind
    }

    @Test func `kinds are found out`() throws {
        #expect(try kind(["1", "2.5", "-3e4"]) == .number)
        #expect(try kind(["0", "1", "0", "1"]) == .number)
        #expect(try kind(["1", "x", "2"]) == .category)
        #expect(try kind(["true", "false", "true"]) == .boolean)
        #expect(try kind(["Yes", "No"]) == .boolean)
        #expect(try kind(["yes", "no", "maybe"]) == .category)
        #expect(try kind(["2024-01-01", "2024-02-30"]) == .category)
        #expect(try kind(["2024-01-01", "2024-02-29T10:00"]) == .date)
        #expect(try kind((0..<50).map { "a sentence with the number \($0) in it" }) == .text)
        #expect(try kind((0..<50).map { "code\($0)" }) == .category)
        #expect(try kind((0..<200).map { "a sentence with the number \($0 % 25) in it" }) == .category)
    }

    @Test func `missing values are passed over by every kind`() throws {
        let table = try table("n,c,b,d\n1,x,true,2024-01-01\n,NA,?,\nNaN,N/A,null,nan\n2,y,false,2024-01-02\n")
        #expect(table.columns.map(\.kind) == [.number, .category, .boolean, .date])
        #expect(table.columns.map(\.missingCount) == [2, 2, 2, 2])
        #expect(table["c"]?.values == .codes([0, -1, -1, 1], levels: ["x", "y"]))
    }

    @Test func `None is a category, and other spellings of missing can be given`() throws {
        #expect(try table("c,o\nNone,1\na,1\n")["c"]?.texts == ["None", "a"])
        #expect(try table("c,o\n-999,1\n4,1\nNA,1\n", ReadOptions(missing: ["-999", "NA"]))["c"]?.texts == ["", "4", ""])
        #expect(try kind(["NA", "4"], ReadOptions(missing: ["-999"])) == .category)
    }

    @Test func `infinities stay and are counted`() throws {
        let table = try table("n,o\n1,1\ninf,2\n-Infinity,3\n1e999,4\n")
        #expect(table["n"]?.values == .numbers([1, .infinity, -.infinity, .infinity]))
        #expect(table.infinityCount == 3)
    }

    @Test func `levels are sorted by their bytes`() throws {
        #expect(try table("c,o\nb,1\nä,1\nB,1\na,1\n")["c"]?.schema.levels == ["B", "a", "b", "ä"])
    }

    @Test func `spellings that are equal to Swift are one level`() throws {
        let table = try table("c,o\ncaf\u{e9},1\ncafe\u{301},1\n")
        #expect(table["c"]?.schema.levels.count == 1)
        #expect(table["c"]?.missingCount == 0)
    }

    @Test func `kinds that are asked for hold`() throws {
        let numbers = try table("c,o\n10,1\n9,1\n9.0,1\n", ReadOptions(kinds: ["c": .category]))["c"]
        #expect(numbers?.values == .codes([0, 1, 1], levels: ["10", "9"]))
        #expect(try kind(["0", "1"], ReadOptions(kinds: ["c": .boolean])) == .boolean)
        #expect(try kind(["2024-01-01"], ReadOptions(kinds: ["c": .category])) == .category)
    }

    @Test func `a cell that is not of the kind asked for is an error with its place`() {
        let error = failure("c,o\n1,1\nabc,1\n", ReadOptions(kinds: ["c": .number]))
        #expect(error?.code == .badCell)
        #expect(error?.line == 3)
        #expect(error?.column == .init(number: 1, name: "c"))
        #expect(error?.description.contains("'abc'") == true)
        #expect(failure("c,o\n1,1\n2,1\n3,1\n", ReadOptions(kinds: ["c": .boolean]))?.code == .badCell)
        #expect(failure("c,o\n1,1\n", ReadOptions(kinds: ["c": .date]))?.code == .badCell)
    }

    @Test func `an unknown column in the options is an error with the closest name`() {
        let error = failure("age,income\n1,2\n", ReadOptions(kinds: ["agee": .number]))
        #expect(error?.code == .unknownColumn)
        #expect(error?.message.contains("'age'") == true)
    }

    @Test func `an empty column is left out and an excluded one is not read`() throws {
        let text = "a,b,c\n1,,x\n2,NA,y\n"
        #expect(try table(text).columns.map(\.name) == ["a", "c"])
        #expect(try report(text).emptyColumns == ["b"])
        #expect(try table(text, ReadOptions(excluded: ["c"])).columns.map(\.name) == ["a"])
    }

    @Test func `a word among numbers is told`() throws {
        let cells = (0..<20).map { "\($0),1\n" }.joined()
        let notes = try report("c,o\n\(cells)unknown,1\n").notes
        #expect(notes.count == 1)
        #expect(notes.first?.contains("'unknown'") == true)
    }

    @Test func `many categories are interned`() throws {
        let rows = 50_000
        let text = "c,o\n" + (0..<rows).map { "level \($0 * 7919 % rows),1\n" }.joined()
        let column = try #require(try table(text, ReadOptions(kinds: ["c": .category]))["c"])
        #expect(column.schema.levels.count == rows)
        #expect(column.texts[1] == "level 7919")
    }
}
