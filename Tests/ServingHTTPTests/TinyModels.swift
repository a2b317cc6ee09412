import Foundation
import Learning
import OnnxRuntime
import Placement
import Serving

/// Models of a few nodes, made with Python's `onnx` 1.23 and passed by its checker, and a repository of them.
enum TinyModels {
    /// Whether ONNX Runtime is there to run them.
    static let canRun = (try? OnnxRuntime.load()) != nil

    /// FP32 `x` [N, 4] to `probabilities` [N, 3]: softmax(x·w + b),
    /// w = [[1, −1, 0], [0.5, 0, −0.5], [0, 1, 1], [−1, 0.25, 0]], b = [0.1, 0.2, −0.3].
    static let linear = bytes(
        """
        CAgSADrSAQoSCgF4CgF3CgFiEgF6IgRHZW1tCigKAXoSDXByb2JhYmlsaXRpZXMiB1NvZnRtYXgqCwoEYXhpcxgBoAECEgZsaW5lYXIqOwgECAMQAUIBd0ow
        AACAPwAAgL8AAAAAAAAAPwAAAAAAAAC/AAAAAAAAgD8AAIA/AACAvwAAgD4AAAAAKhUIAxABQgFiSgzNzMw9zcxMPpqZmb5aFAoBeBIPCg0IARIJCgMSAU4K
        AggEYiAKDXByb2JhYmlsaXRpZXMSDwoNCAESCQoDEgFOCgIIA0IECgAQEQ==
        """)

    /// FP32 `x` [N, 4] and BYTES `color` [N, 1] to `probabilities` [N, 3]: softmax(x·w + offset), w = half the identity above 0.25s;
    /// offset = [2, 0, 0] for red, [0, 2, 0] for größe, else 0.
    static let color = bytes(
        """
        CAgSADrdAwp2CgVjb2xvchIEY29kZSIMTGFiZWxFbmNvZGVyKhQKDWRlZmF1bHRfaW50NjQYAKABAiofCgxrZXlzX3N0cmluZ3NKA3JlZEoHZ3LDtsOfZaAB
        CCoWCg12YWx1ZXNfaW50NjRzQAFAAqABBzoKYWkub25ueC5tbAoaCgRjb2RlCgRmbGF0EgNyb3ciB1Jlc2hhcGUKGAoBZQoDcm93EgZvZmZzZXQiBkdhdGhl
        cgoRCgF4CgF3EgF5IgZNYXRNdWwKEwoBeQoGb2Zmc2V0EgF6IgNBZGQKKAoBehINcHJvYmFiaWxpdGllcyIHU29mdG1heCoLCgRheGlzGAGgAQISBWNvbG9y
        Ki8IAwgDEAFCAWVKJAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAACo7CAQIAxABQgF3SjAAAAA/AAAAAAAAAAAAAAAAAAAAPwAAAAAAAAAA
        AAAAAAAAAD8AAIA+AACAPgAAgD4qFAgBEAdCBGZsYXRKCP//////////WhQKAXgSDwoNCAESCQoDEgFOCgIIBFoYCgVjb2xvchIPCg0ICBIJCgMSAU4KAggB
        YiAKDXByb2JhYmlsaXRpZXMSDwoNCAESCQoDEgFOCgIIA0IECgAQEUIOCgphaS5vbm54Lm1sEAM=
        """)

    /// UINT8 `pixels` [N, 4] to `values` [N, 1], their mean.
    static let value = bytes(
        """
        CAgSADqSAQocCgZwaXhlbHMSAWYiBENhc3QqCQoCdG8YAaABAgo1CgFmEgZ2YWx1ZXMiClJlZHVjZU1lYW4qCwoEYXhlc0ABoAEHKg8KCGtlZXBkaW1zGAGg
        AQISBXZhbHVlWhkKBnBpeGVscxIPCg0IAhIJCgMSAU4KAggEYhkKBnZhbHVlcxIPCg0IARIJCgMSAU4KAggBQgQKABAR
        """)

    /// `best` of the two classifiers, 3 : 1, on two devices, and `a value`, a regression.
    static func repository() throws -> ModelRepository {
        let devices = [0, 1].map { Device(id: "cpu\($0)", kind: .cpu(cores: [$0]), memoryBytes: 1 << 30) }
        func member(_ id: String, _ weight: Double, _ model: [UInt8]) -> ServedMember {
            ServedMember(id: id, weight: weight) { try Session(model: model, options: SessionOptions(intraOpThreads: $0.threads)) }
        }
        return try ModelRepository([
            ServedModel(
                name: "best", members: [member("linear", 0.75, linear), member("color", 0.25, color)],
                matrix: try AllocationMatrix(devices: ["cpu0", "cpu1"], models: ["linear", "color"], batch: [[8, 0], [4, 32]]),
                devices: devices, task: .classification(classes: ["ant", "bee", "größe"])),
            ServedModel(
                name: "a value", members: [member("value", 1, value)],
                matrix: try AllocationMatrix(devices: ["cpu0"], models: ["value"], batch: [[8]]), devices: devices, task: .regression),
        ])
    }

    /// What `best` should say, by the formulas above.
    static func probabilities(_ x: [Double], _ color: String) -> [Float] {
        let linear: [[Double]] = [[1, -1, 0], [0.5, 0, -0.5], [0, 1, 1], [-1, 0.25, 0]]
        let half: [[Double]] = [[0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5], [0.25, 0.25, 0.25]]
        let offset: [Double] = color == "red" ? [2, 0, 0] : color == "größe" ? [0, 2, 0] : [0, 0, 0]
        func softmax(_ weights: [[Double]], _ bias: [Double]) -> [Double] {
            let powers = (0..<3).map { column in exp(zip(x, weights).reduce(bias[column]) { $0 + $1.0 * $1.1[column] }) }
            return powers.map { $0 / powers.reduce(0, +) }
        }
        return zip(softmax(linear, [0.1, 0.2, -0.3]), softmax(half, offset)).map { Float(0.75 * $0 + 0.25 * $1) }
    }

    private static func bytes(_ base64: String) -> [UInt8] {
        [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
    }
}
