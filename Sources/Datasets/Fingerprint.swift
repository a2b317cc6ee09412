extension Dataset {
    /// 16 hexadecimal digits of a 64-bit hash of the contents: kinds, names, values and targets, not the data set's own name. The same data
    /// gives the same digits on every machine and in every version; other data gives others, as far as 64 bits go. Not for secrets.
    public var fingerprint: String {
        var hash = Fingerprint()
        switch features {
        case .table(let table):
            hash.add(UInt64(table.rowCount))
            for column in table.columns {
                hash.add(column.name)
                hash.add(column.kind.rawValue)
                switch column.values {
                case .numbers(let values): hash.add(values)
                case .codes(let codes, let levels): hash.add(codes, levels)
                }
            }
        case .images(let images):
            for number in [images.count, images.shape.height, images.shape.width, images.shape.channels] { hash.add(UInt64(number)) }
            hash.add(images.pixels)
        }
        hash.add(targetName ?? "")
        switch target {
        case .classes(let codes, let names): hash.add(codes, names)
        case .values(let values): hash.add(values)
        case nil: break
        }
        return hash.text
    }
}

/// Collects 64-bit words into one.
struct Fingerprint {
    private var state: UInt64 = 0x7475_7474_6931

    mutating func add(_ word: UInt64) { state = WordHash.mix(state, word) }

    mutating func add(_ text: String) { add(Array(text.utf8)) }

    mutating func add(_ bytes: [UInt8]) {
        add(UInt64(bytes.count))
        var local = state
        bytes.withUnsafeBytes { raw in
            var i = 0
            while i + 8 <= raw.count {
                local = WordHash.mix(local, UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)))
                i += 8
            }
            var tail: UInt64 = 0
            while i < raw.count {
                tail = tail << 8 | UInt64(raw[i])
                i += 1
            }
            local = WordHash.mix(local, tail)
        }
        state = local
    }

    mutating func add(_ values: [Double]) {
        add(UInt64(values.count))
        var local = state
        for value in values {
            // All NaN are one missing value; both zeros are one zero.
            local = WordHash.mix(local, value.isNaN ? 1 : value == 0 ? 0 : value.bitPattern)
        }
        state = local
    }

    mutating func add(_ codes: [Int32], _ names: [String]) {
        add(UInt64(codes.count))
        var local = state
        for code in codes { local = WordHash.mix(local, UInt64(UInt32(bitPattern: code))) }
        state = local
        add(UInt64(names.count))
        for name in names { add(name) }
    }

    var text: String {
        let digits = String(WordHash.mix(state, 0x656e_64), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
