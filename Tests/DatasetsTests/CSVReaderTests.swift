import Codecs
import Foundation
import Testing

@testable import Datasets

@Suite struct CSVReaderTests {
    @Test func `quotes hold delimiters, line ends and doubled quotes`() throws {
        let table = try table("name,n\n\"a,b\",1\n\"line one\nline two\",2\n\"she said \"\"hi\"\"\",3\n5\" pipe,4\n")
        #expect(table["name"]?.texts == ["a,b", "line one\nline two", "she said \"hi\"", "5\" pipe"])
        #expect(table["n"]?.texts == ["1", "2", "3", "4"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `every line end is read, with and without one at the end`(end: String) throws {
        for last in ["", end, end + end] {
            let table = try table("a,b\(end)1,x\(end)2,y\(last)")
            #expect(table.rowCount == 2)
            #expect(table["b"]?.texts == ["x", "y"])
        }
    }

    @Test func `a byte order mark is no part of the first name`() throws {
        #expect(try table("\u{feff}a,b\n1,2\n").columns.map(\.name) == ["a", "b"])
    }

    @Test(arguments: [",", "\t", ";"])
    func `the delimiter is found out`(delimiter: String) throws {
        let text = "a|b|c\n1|x y|\n2|\"p,q;r\"|3\n".replacingOccurrences(of: "|", with: delimiter)
        let table = try table(text)
        #expect(table.columns.map(\.name) == ["a", "b", "c"])
        #expect(table["b"]?.texts == ["x y", "p,q;r"])
    }

    @Test func `a delimiter that is given holds`() throws {
        #expect(try table("a|b\n1,5|2\n", ReadOptions(delimiter: "|"))["a"]?.texts == ["1,5"])
        #expect(failure("a|b\n1|2\n", ReadOptions(delimiter: "||"))?.code == .badSyntax)
    }

    @Test func `a comma is the decimal point where semicolons delimit`() throws {
        #expect(try table("a;b\n1,5;x\n-0,25;y\n")["a"]?.values == .numbers([1.5, -0.25]))
    }

    @Test func `spaces around cells are dropped, inside quotes they stay`() throws {
        let table = try table("a, b\n 1 , x\n2,\" y \"\n")
        #expect(table["a"]?.texts == ["1", "2"])
        #expect(table["b"]?.texts == ["x", " y "])
    }

    @Test func `blank lines are passed over, in one column they are missing values`() throws {
        #expect(try table("\n\na,b\n\n1,2\n   \n3,4\n\n").rowCount == 2)
        #expect(try table("a\n1\n\n2\n")["a"]?.texts == ["1", "", "2"])
    }

    @Test func `an unnamed column gets a name`() throws {
        #expect(try table(",b\n0,x\n1,y\n").columns.map(\.name) == ["unnamed_1", "b"])
    }

    @Test func `a short row is an error with its line and the first missing column`() {
        let error = failure("a,b,c\n1,2,3\n\"x\ny\",2\n")
        #expect(error?.code == .raggedRow)
        #expect(error?.line == 3)
        #expect(error?.column == .init(number: 3, name: "c"))
        #expect(error?.file == "test.csv")
        #expect(error?.description.contains("2 cells") == true)
    }

    @Test func `a long row is an error with its line`() {
        let error = failure("a,b\r\n1,2\r\n\r\n1,2,3\r\n")
        #expect(error?.code == .raggedRow)
        #expect(error?.line == 4)
    }

    @Test func `a quote without an end is an error where it begins`() {
        let error = failure("a,b\n1,2\n3,\"x\n4,5\n")
        #expect(error?.code == .badQuotes)
        #expect(error?.line == 3)
        #expect(error?.column == .init(number: 2, name: "b"))
    }

    @Test func `text behind a closing quote is an error`() {
        let error = failure("a,b\n\"x\"y,2\n")
        #expect(error?.code == .badQuotes)
        #expect(error?.line == 2)
        #expect(error?.column == .init(number: 1, name: "a"))
    }

    @Test func `bytes that are no UTF-8 are an error with their place`() {
        let cases: [[UInt8]] = [[0xe9], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0x00]]
        for bytes in cases {
            let text = Array("a,b\n1,long enough to fill words\n2,caf".utf8) + bytes + Array("\n".utf8)
            let error = #expect(throws: DatasetError.self) { try DatasetReader.read(text: text, name: "t") }
            #expect(error?.code == .badEncoding)
            #expect(error?.line == 3)
            #expect(error?.column == .init(number: 2, name: "b"))
        }
    }

    @Test func `text in many scripts is read`() throws {
        #expect(try table("größe,名\nü,東京\n😀,a\n")["名"]?.texts == ["東京", "a"])
    }

    @Test func `two columns of one name are an error`() {
        #expect(failure("a,b,a\n1,2,3\n")?.code == .duplicateColumn)
        #expect(failure("1,2,1\n3,4,5\n")?.description.contains("missing?") == true)
    }

    @Test func `empty files and files with only a header are errors`() {
        for text in ["", "\n\n", "a,b\n", "a,b"] { #expect(failure(text)?.code == .empty) }
    }

    @Test func `files of other formats are named`() throws {
        let error = #expect(throws: DatasetError.self) { try DatasetReader.read(text: [0x50, 0x41, 0x52, 0x31, 0, 0], name: "x.csv") }
        #expect(error?.code == .unknownFormat)
        #expect(error?.message.contains("Parquet") == true)
    }

    @Test(.enabled(if: hasZLib, "libz is not installed"))
    func `a compressed file is read, and its name is without the endings`() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(Gzip.compress(Array("a,b\n1,x\n2,y\n".utf8)), "people.csv.gz")
        let dataset = try DatasetReader.read(url)
        #expect(dataset.rowCount == 2)
        #expect(dataset.name == "people")
    }

    @Test func `any text gives a table or an error and never a crash`() {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("a1.,;\t\"\n\r -?é".utf8) + [0xff, 0]
        for _ in 0..<3000 {
            let bytes = (0..<generator.index(below: 40)).map { _ in alphabet[generator.index(below: alphabet.count)] }
            if let result = try? DatasetReader.read(text: bytes, name: "random") { #expect(result.dataset.rowCount > 0) }
        }
    }
}
