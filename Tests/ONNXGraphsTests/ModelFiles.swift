import Foundation
import ONNXGraphs

/// Leaves models with example rows and what the slow reference says of them, for `Tests/Python/check_onnx.py`, in the folder that the
/// environment variable `TUTTI_ONNX_FILES` names; without it nothing is written.
enum ModelFiles {
    enum Values {
        case numbers([Double])
        case strings([String])

        var json: Any {
            switch self {
            case .strings(let all): all
            case .numbers(let all): all.map { $0.isNaN ? NSNull() : $0.isInfinite ? ($0 > 0 ? "inf" : "-inf") : $0 as Any }
            }
        }
    }

    typealias Example = [(name: String, shape: [Int], values: Values)]

    static func leave(_ model: ONNXModel, named name: String, inputs: Example, outputs: Example, tolerance: Double = 1e-4) throws {
        guard let path = ProcessInfo.processInfo.environment["TUTTI_ONNX_FILES"] else { return }
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try model.write(to: folder.appendingPathComponent("\(name).onnx"))
        func entries(_ example: Example) -> [String: Any] {
            Dictionary(uniqueKeysWithValues: example.map { ($0.name, ["shape": $0.shape, "values": $0.values.json]) })
        }
        let content: [String: Any] = ["tolerance": tolerance, "inputs": entries(inputs), "outputs": entries(outputs)]
        try JSONSerialization.data(withJSONObject: content, options: [.sortedKeys])
            .write(to: folder.appendingPathComponent("\(name).json"))
    }

    static func softmax(_ logits: [Double]) -> [Double] {
        let most = logits.max() ?? 0
        let powers = logits.map { exp($0 - most) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
