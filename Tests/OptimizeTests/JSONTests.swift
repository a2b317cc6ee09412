import Testing

@testable import Optimize

@Suite struct JSONTests {
    @Test(arguments: [
        #"{"b":1,"a":[true,false,null],"c":{"d":"e"}}"#, #""\"\\\n\t\u0001ä😀""#, "[]", "{}", "-7", "0.25", #"[1e-05,2.5e+20]"#,
    ])
    func whatIsWrittenIsWhatWasRead(text: String) throws {
        #expect(try JSONReader.read(" \(text)\r\n").description == text)
    }

    @Test func numbersOfOtherLanguagesAreUnderstood() throws {
        let values = try JSONReader.read(#"[NaN,Infinity,-Infinity,"inf","-inf",3.0,1E3,12345678901234567890]"#)
        guard case .array(let items) = values else { return #expect(Bool(false)) }
        #expect(items[0].double?.isNaN == true)
        #expect(items[1].double == .infinity && items[2].double == -.infinity && items[3].double == .infinity && items[4].double == -.infinity)
        #expect(items[5].wholeNumber == 3 && items[6].wholeNumber == 1000 && items[7].wholeNumber == nil)
        #expect(values.description == #"["nan","inf","-inf","inf","-inf",3.0,1000.0,1.2345678901234567e+19]"#)
    }

    @Test func escapesAreDecoded() throws {
        #expect(try JSONReader.read(#""\u00e4\ud83d\ude00\/\b\ud800x""#) == .string("ä😀/\u{8}\u{FFFD}x"))
        #expect(JSONValue.string("a\u{2028}b").description == #""a\u2028b""#)
    }

    @Test(arguments: [
        ("{\"ask\":{}", "column 10"), ("{ask:1}", "column 2"), ("[1,2", "column 5"), ("{\"a\" 1}", "':' after \"a\""), ("tru", "column 1"), ("", "column 1"),
        ("1.", "'1.' is not a number"), ("\"abc", "closing quote"), ("{}x", "expected the end"), ("[1,\n 2,\n x]", "line 3, column 2"),
        ("\"\\q\"", "unknown escape"),
        ("\"\\u12g4\"", "hexadecimal"), ("[1,]", "column 4"), ("\"a\u{1}b\"", "control character"), ("--1", "not a number"),
    ])
    func mistakesHaveAPlace(text: String, expected: String) {
        do {
            let value = try JSONReader.read(text)
            Issue.record("\(text) was read as \(value)")
        } catch {
            #expect("\(error)".contains(expected), "\(error)")
        }
    }

    @Test func depthIsBounded() {
        #expect(throws: JSONReader.Mistake.self) { try JSONReader.read(String(repeating: "[", count: 100_000)) }
    }

    @Test func linesArriveInPieces() {
        var splitter = LineSplitter()
        #expect(splitter.add("ab".utf8).isEmpty)
        #expect(splitter.add("c\r\n\nde".utf8).map(\.text) == ["abc", ""])
        #expect(splitter.finish()?.text == "de")
        #expect(splitter.finish() == nil)
        let long = splitter.add([UInt8](repeating: 65, count: LineSplitter.limitBytes + 5) + [10, 66, 10])
        #expect(long.map(\.isCut) == [true, false])
        #expect(long[0].text.utf8.count == LineSplitter.limitBytes)
    }
}
