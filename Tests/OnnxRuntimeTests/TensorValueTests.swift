import OnnxRuntime
import Testing

@Suite struct TensorValueTests {
    @Test func numbersComeBackAsTheyWentIn() throws {
        let tensor = try TensorValue.float([1, -2.5, .infinity, 4, 5, 6], [3, 2])
        #expect(tensor.datatype == .fp32)
        #expect(tensor.floats == [1, -2.5, .infinity, 4, 5, 6])
        #expect(tensor.doubles == nil)
        #expect(tensor.strings == nil)
        #expect(tensor.byteCount == 24)
        #expect(tensor.rowCount == 3)
        #expect(tensor.withFloats { $0[1] } == -2.5)
        #expect(try TensorValue.double([1e300], []).doubles == [1e300])
        #expect(try TensorValue.double([1e300], []).rowCount == 1)
        #expect(try TensorValue.int64([Int64.min], [1]).int64s == [Int64.min])
        #expect(try TensorValue.int32([-7], [1]).int32s == [-7])
        #expect(try TensorValue.bool([true, false], [2]).bools == [true, false])
        #expect(try TensorValue.uint8([0, 255], [2]).uint8s == [0, 255])
    }

    @Test func textsComeBackAsTheyWentIn() throws {
        let words = ["red", "", "größe", "a text too long for the small form of a Swift string", "nul\0inside", "z"]
        let tensor = try TensorValue.strings(words, [3, 2])
        #expect(tensor.strings == words)
        #expect(tensor.byteStrings?[2] == Array("größe".utf8))
        #expect(tensor.floats == nil)
        #expect(try TensorValue.byteStrings([[0xff, 0x00], []], [2]).byteStrings == [[0xff, 0x00], []])
    }

    @Test func sizesThatDoNotFitAreErrors() {
        #expect(throws: OnnxRuntimeError.self) { try TensorValue.float([1, 2], [3]) }
        #expect(throws: OnnxRuntimeError.self) { try TensorValue.strings(["a"], [2]) }
        #expect(throws: OnnxRuntimeError.self) { try TensorValue.float([], [-1]) }
        #expect(throws: OnnxRuntimeError.self) { try TensorValue(.uint8, shape: [Int.max, Int.max], bytes: []) }
        #expect(throws: OnnxRuntimeError.self) { try TensorValue(.bytes, shape: [0], bytes: []) }
        #expect(throws: OnnxRuntimeError.self) { try TensorValue(texts: [1, 2], offsets: [0, 2, 1], shape: [2]) }
        #expect(throws: OnnxRuntimeError.self) { try TensorValue(texts: [1, 2], offsets: [], shape: [0]) }
    }

    @Test func slicesJoinedAgainAreTheWhole() throws {
        let numbers = try TensorValue.float((0..<30).map { Float($0) }, [5, 3, 2])
        let texts = try TensorValue.strings((0..<10).map { String(repeating: "x", count: $0) }, [5, 2])
        for whole in [numbers, texts] {
            let parts = try [0..<1, 1..<1, 1..<4, 4..<5].map { try whole.slice(rows: $0) }
            #expect(parts.map(\.rowCount) == [1, 0, 3, 1])
            #expect(try TensorValue.concatenate(parts) == whole)
            #expect(throws: OnnxRuntimeError.self) { try whole.slice(rows: 3..<6) }
        }
        #expect(try texts.slice(rows: 1..<2).strings == ["xx", "xxx"])
        #expect(throws: OnnxRuntimeError.self) { try TensorValue.concatenate([numbers, texts]) }
        #expect(throws: OnnxRuntimeError.self) { try TensorValue.concatenate([]) }
        #expect(throws: OnnxRuntimeError.self) { try TensorValue.float([1], []).slice(rows: 0..<1) }
    }

    @Test func everyNumberTypeConvertsToFloat() throws {
        #expect(try TensorValue.double([0.5], [1]).convertedToFloats() == [0.5])
        #expect(try TensorValue.int64([-3], [1]).convertedToFloats() == [-3])
        #expect(try TensorValue.uint8([200], [1]).convertedToFloats() == [200])
        #expect(try TensorValue.bool([true], [1]).convertedToFloats() == [1])
        #expect(try TensorValue.strings(["1"], [1]).convertedToFloats() == nil)
        // 1, -2, 65504 (largest), 2^-24 (smallest), infinity, 0, 1/3 rounded: bits from IEEE 754.
        let halves: [UInt16] = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000, 0x3555]
        let bytes = halves.withUnsafeBytes { [UInt8]($0) }
        let floats = try TensorValue(.fp16, shape: [7], bytes: bytes).convertedToFloats()
        #expect(floats == [1, -2, 65504, 0x1p-24, .infinity, 0, 0.33325195])
    }

    @Test(arguments: Datatype.allCases)
    func everyDatatypeIsFoundByItsNames(datatype: Datatype) {
        #expect(Datatype(protocolName: datatype.protocolName) == datatype)
        #expect(Datatype(onnxNumber: datatype.onnxNumber) == datatype)
    }
}
