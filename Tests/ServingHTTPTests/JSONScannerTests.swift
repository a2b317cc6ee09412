import Foundation
import OnnxRuntime
import Testing

@testable import ServingHTTP

@Suite struct JSONScannerTests {
    private func parse(_ text: String) throws -> JSONValue { try Array(text.utf8).withUnsafeBufferPointer { try JSONScanner.document($0) } }

    private func tensor(_ data: String, _ datatype: Datatype, _ shape: [Int]) throws -> TensorValue {
        let bytes = Array(data.utf8)
        return try bytes.withUnsafeBufferPointer { bytes in
            var reader = TensorDataReader("x", shape: shape, count: shape.reduce(1, *), in: bytes, at: 0..<bytes.count)
            return try reader.read(datatype)
        }
    }

    @Test func valuesOfEveryKindAreRead() throws {
        let value = try parse(#" {"a": [1, -2.5e1, true, false, null, "x\ny\u00e9\ud83d\ude00\u0000"], "b": {}, "c": []} "#)
        #expect(value["a"] == .array([.integer(1), .number(-25), .bool(true), .bool(false), .null, .string("x\ny\u{e9}\u{1F600}\0")]))
        #expect(value["b"] == .object([]))
        #expect(value["c"] == .array([]))
        #expect(value["d"] == nil)
    }

    @Test func wholeNumbersAreExact() throws {
        #expect(try parse("9223372036854775807") == .integer(.max))
        #expect(try parse("-9223372036854775808") == .integer(.min))
        #expect(try parse("18446744073709551615") == .unsigned(.max))
        #expect(try parse("9007199254740993") == .integer(9_007_199_254_740_993))
        #expect(try tensor("[9223372036854775807,-9223372036854775808, 0]", .int64, [3]).int64s == [.max, .min, 0])
        #expect(try tensor("[18446744073709551615]", .uint64, [1]).bytes == [UInt8](repeating: 255, count: 8))
        for text in ["[18446744073709551616]", "[-1]", "[1.5]", "[\"1\"]", "[true]"] {
            #expect(throws: OIPError.self) { try tensor(text, .uint64, [1]) }
        }
        #expect(throws: OIPError.self) { try tensor("[-129]", .int8, [1]) }
        #expect(try tensor("[-128, 127.0]", .int8, [2]).bytes == [128, 127])
    }

    @Test func numbersAreThoseOfTheCLibrary() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            for text in [
                "\(value)", String(format: "%.3f", value.remainder(dividingBy: 1e6)), String(format: "%.17g", value),
                String(format: "%.25e", value),
            ] {
                #expect(try tensor("[\(text)]", .fp64, [1]).doubles == [strtod(text, nil)], "\(text)")
            }
            let single = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator))
            if single.isFinite { #expect(try tensor("[\(single)]", .fp32, [1]).floats == [single], "\(single)") }
        }
        #expect(
            try tensor("[-0.0, 1E2, 1e-400, 123456789012345678901234567890]", .fp64, [4]).doubles == [-0.0, 100, 0, 1.2345678901234568e29])
    }

    @Test(arguments: [
        "", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "-", "1.", ".5", "1e", "+1", "nul",
        "truex",
        "[1 2]", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\u{1}\"", "1 2", "NaN", "Infinity", "1e999", "]",
        "}", ",", "[[]", "{}}}",
    ])
    func whatIsNoJSONIsAnError(text: String) {
        #expect(throws: OIPError.self) { try parse(text) }
        let broken = "{\"data\":" + text
        #expect(throws: OIPError.self) {
            try Array(broken.utf8).withUnsafeBufferPointer { try JSONScanner.document($0, rawKeys: ["data"]) }
        }
    }

    @Test func stringsThatAreNotUTF8AreErrors() {
        #expect(throws: OIPError.self) { try [34, 0xff, 34].withUnsafeBufferPointer { try JSONScanner.document($0) } }
        #expect(throws: OIPError.self) { try [34, 0xc3, 34].withUnsafeBufferPointer { try JSONScanner.document($0) } }
    }

    @Test func deepNestingIsAnErrorAndNoCrash() {
        for bracket in ["[", "{\"a\":", "[{\"data\":", "{\"data\":[", "{\"data\":["] {
            let deep = Array(String(repeating: bracket, count: 250_000).utf8)
            #expect(throws: OIPError.self) { try deep.withUnsafeBufferPointer { try JSONScanner.document($0, rawKeys: ["data"]) } }
        }
        let deep = "{\"data\":" + String(repeating: "[", count: 250_000)
        #expect(throws: OIPError.self) { try Array(deep.utf8).withUnsafeBufferPointer { try JSONScanner.document($0, rawKeys: ["data"]) } }
    }

    @Test func tensorsAreFlatOrNestedToTheirRank() throws {
        let wanted = try TensorValue.float([1, 2, 3, 4, 5, 6], [1, 3, 2])
        for text in ["[1,2,3,4,5,6]", "[[[1,2],[3,4],[5,6]]]", " [ [ [ 1 , 2 ] , [ 3 , 4 ] , [ 5 , 6 ] ] ] "] {
            #expect(try tensor(text, .fp32, [1, 3, 2]) == wanted)
        }
        for text in [
            "[]", "[1,2,3,4,5]", "[1,2,3,4,5,6,7]", "[[1,2],[3,4],[5,6]]", "[[[1,2,3],[4,5,6]]]", "[[[1,2],[3,4]],[[5,6]]]",
            "[[[1,2],[3,4],5,6]]",
            "[1,2,3,[4],5,6]", "[[[[1]]]]", "1", "[1,2,3,4,5,6", "[1,2,3,4,5,6,]", "[,1,2,3,4,5,6]", "[1,,2,3,4,5,6]", "[null,2,3,4,5,6]",
            "{}", "[{}]",
        ] {
            #expect(throws: OIPError.self, "\(text)") { try tensor(text, .fp32, [1, 3, 2]) }
        }
        #expect(try tensor("[]", .fp32, [0, 4]).elementCount == 0)
        #expect(try tensor("[[],[]]", .fp32, [2, 0]).elementCount == 0)
        #expect(try tensor("[7]", .int32, []).int32s == [7])
        #expect(try tensor("[true, false, 1, 0]", .bool, [4]).bools == [true, false, true, false])
        #expect(throws: OIPError.self) { try tensor("[2]", .bool, [1]) }
        #expect(try tensor(#"["a\u0000b", "", "größe"]"#, .bytes, [3, 1]).strings == ["a\0b", "", "größe"])
        #expect(throws: OIPError.self) { try tensor("[1]", .bytes, [1]) }
        #expect { try tensor("[1]", .fp16, [1]) } throws: { ($0 as? OIPError)?.message.contains("binary") == true }
    }

    @Test func writtenNumbersReadBackTheSame() throws {
        let floats: [Float] = [0, -0.0, 1, 0.1, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e-7, 123456.78]
        var writer = JSONWriter()
        try writer.data(.float(floats, [9]), of: "x")
        #expect(try tensor(String(decoding: writer.bytes, as: UTF8.self), .fp32, [9]).floats == floats)
        var refused = JSONWriter()
        #expect(throws: OIPError.self) { try refused.data(.float([.nan], [1]), of: "x") }
    }
}
