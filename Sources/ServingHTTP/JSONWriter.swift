import OnnxRuntime

/// Writes JSON into bytes.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// The name of the member whose value comes next.
    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func string(_ text: String) { string(utf8: text.utf8) }

    mutating func string(utf8 text: some Sequence<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 10: bytes.append(contentsOf: "\\n".utf8)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(contentsOf: [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func integer(_ value: some BinaryInteger) { literal(String(value)) }
    mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }

    /// The shortest digits that read back as the same number. The caller sees to it that it is finite.
    mutating func number(_ value: Double) { literal(value.description) }
    mutating func number(_ value: Float) { literal(value.description) }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }
}

extension JSONWriter {
    static func object(_ body: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        var writer = JSONWriter()
        try writer.object(body)
        return writer.bytes
    }

    mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    mutating func member(_ name: String, _ value: some BinaryInteger) {
        key(name)
        integer(value)
    }

    mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        bool(flag)
    }

    mutating func member(_ name: String, _ texts: [String]) {
        key(name)
        array { writer in for text in texts { writer.string(text) } }
    }

    mutating func member(_ name: String, _ numbers: [Int]) {
        key(name)
        array { writer in for number in numbers { writer.integer(number) } }
    }

    /// A tensor's elements, flat.
    /// - Throws: ``OIPError`` 400 where JSON cannot carry them.
    mutating func data(_ value: TensorValue, of name: String) throws {
        func binaryOnly(_ what: String) -> OIPError {
            .bad("output '\(name)' \(what), which JSON cannot carry; ask for it with binary_data")
        }
        try array { writer in
            switch value.datatype {
            case .fp32:
                for element in value.floats ?? [] {
                    guard element.isFinite else { throw binaryOnly("has values that are not finite") }
                    writer.number(element)
                }
            case .fp64:
                for element in value.doubles ?? [] {
                    guard element.isFinite else { throw binaryOnly("has values that are not finite") }
                    writer.number(element)
                }
            case .int64: for element in value.int64s ?? [] { writer.integer(element) }
            case .int32: for element in value.int32s ?? [] { writer.integer(element) }
            case .uint8: for element in value.bytes { writer.integer(element) }
            case .bool: for element in value.bytes { writer.bool(element != 0) }
            case .bytes:
                for index in 0..<value.elementCount {
                    let text = value.bytes[value.offsets[index]..<value.offsets[index + 1]]
                    guard isUTF8(text) else { throw binaryOnly("has texts that are not UTF-8") }
                    writer.string(utf8: text)
                }
            default: throw binaryOnly("is \(value.datatype.protocolName)")
            }
        }
    }
}
