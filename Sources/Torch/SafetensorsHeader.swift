import Foundation

/// The header of a safetensors file: from bytes to entries and back.
enum SafetensorsHeader {
    /// What is wrong, without the file's name.
    struct Fault: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    /// Longest header that is read: the format's own limit, against files that claim gigabytes.
    static let byteLimit = 100_000_000
    private static let metadataKey = "__metadata__"

    static func parse(_ data: Data) throws -> SafetensorsFile {
        guard data.count >= 8 else { throw Fault("got \(data.count) bytes, expected at least the 8 of the header's length") }
        let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(byteLimit), Int(length) <= data.count - 8 else {
            throw Fault("the header claims \(length) bytes, the file has \(data.count - 8) after its length")
        }
        let start = data.startIndex + 8 + Int(length)
        let json: [String: Any]
        do {
            guard let object = try JSONSerialization.jsonObject(with: data[data.startIndex + 8..<start]) as? [String: Any] else {
                throw Fault("the header is not a JSON object")
            }
            json = object
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault("the header is not JSON: \(error.localizedDescription)")
        }
        var metadata: [String: String] = [:]
        var found: [(entry: SafetensorsFile.Entry, range: Range<Int>)] = []
        for (name, value) in json {
            if name == metadataKey {
                guard let texts = value as? [String: String] else { throw Fault("'\(metadataKey)' is not an object of texts") }
                metadata = texts
            } else {
                found.append(try entry(name, value))
            }
        }
        // Empty tensors share their start with the next one, so the end decides, and then the name.
        found.sort {
            ($0.range.lowerBound, $0.range.upperBound, $0.entry.name) < ($1.range.lowerBound, $1.range.upperBound, $1.entry.name)
        }
        var end = 0
        for index in found.indices {
            let range = found[index].range
            guard range.lowerBound == end else {
                throw Fault(
                    "tensor '\(found[index].entry.name)' starts at byte \(range.lowerBound), expected \(end): they overlap or leave a hole")
            }
            end = range.upperBound
            guard end <= data.endIndex - start else {
                throw Fault("tensor '\(found[index].entry.name)' ends at byte \(end), the file has \(data.endIndex - start) of elements")
            }
            found[index].entry.bytes = data[start + range.lowerBound..<start + range.upperBound]
        }
        guard end == data.endIndex - start else {
            throw Fault("\(data.endIndex - start - end) bytes after the last tensor belong to none")
        }
        return SafetensorsFile(entries: found.map(\.entry), metadata: metadata)
    }

    /// Length and header; the entries' bytes follow it in their order.
    static func encode(_ file: SafetensorsFile) throws -> Data {
        var json: [String: Any] = [:]
        var offset = 0
        for entry in file.entries {
            guard entry.name != metadataKey, json[entry.name] == nil else { throw Fault("the name '\(entry.name)' is taken") }
            guard byteCount(entry.shape, entry.dtype) == entry.bytes.count else {
                let size = entry.bytes.count
                throw Fault("tensor '\(entry.name)' has \(size) bytes, which do not fit \(entry.dtype) of shape \(entry.shape)")
            }
            json[entry.name] =
                [
                    "dtype": entry.dtype.safetensorsName, "shape": entry.shape, "data_offsets": [offset, offset + entry.bytes.count],
                ] as [String: Any]
            offset += entry.bytes.count
        }
        if !file.metadata.isEmpty { json[metadataKey] = file.metadata }
        var header = try JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .withoutEscapingSlashes])
        // Spaces up to a multiple of 8, so that mapped elements are aligned.
        header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
        var data = Data(capacity: 8 + header.count + offset)
        for shift in stride(from: 0, to: 64, by: 8) { data.append(UInt8(truncatingIfNeeded: header.count >> shift)) }
        data.append(header)
        return data
    }

    private static func entry(_ name: String, _ value: Any) throws -> (entry: SafetensorsFile.Entry, range: Range<Int>) {
        guard let fields = value as? [String: Any], let type = fields["dtype"] as? String, let shape = fields["shape"] as? [Int],
            let offsets = fields["data_offsets"] as? [Int]
        else { throw Fault("tensor '\(name)' lacks its dtype, shape or data_offsets") }
        guard let dtype = DType.allCases.first(where: { $0.safetensorsName == type }) else {
            let known = DType.allCases.map(\.safetensorsName).joined(separator: ", ")
            throw Fault("tensor '\(name)' has type '\(type)', expected one of \(known)")
        }
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] - offsets[0] == byteCount(shape, dtype) else {
            throw Fault("tensor '\(name)' has bytes \(offsets), which do not fit \(dtype) of shape \(shape)")
        }
        return (SafetensorsFile.Entry(name: name, dtype: dtype, shape: shape, bytes: Data()), offsets[0]..<offsets[1])
    }

    /// Bytes of a shape, or nil when there is no such tensor.
    private static func byteCount(_ shape: [Int], _ dtype: DType) -> Int? {
        shape.reduce(dtype.byteCount as Int?) { product, size in
            guard let product, size >= 0 else { return nil }
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            return overflow ? nil : next
        }
    }
}

extension DType {
    /// The type's name in safetensors files.
    var safetensorsName: String {
        switch self {
        case .float32: "F32"
        case .float64: "F64"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .uint8: "U8"
        case .int8: "I8"
        case .int16: "I16"
        case .int32: "I32"
        case .int64: "I64"
        case .bool: "BOOL"
        }
    }
}
