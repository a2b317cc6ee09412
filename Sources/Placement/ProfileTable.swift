import Foundation

/// Profiles as CSV: `device,model,batch,latency_ms,memory_bytes`, one line per measurement, columns in any order, others ignored.
///
/// A device `*` stands for all that have no lines of their own. `memory_bytes` may be absent or empty. Lines that start with `#` are
/// comments.
public enum ProfileTable {
    /// Profiles in the order in which the models first occur.
    /// - Throws: ``PlacementError`` `.badData` with the line where a column is missing or a number cannot be used.
    public static func parse(_ text: String) throws -> [ModelProfile] {
        var columns: [String: Int]?
        var order: [String] = []
        var profiles: [String: ModelProfile] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = line.trimmingCharacters(in: .whitespaces.union(.newlines))
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            let fields = trimmed.split(separator: ",", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"\u{feff}"))
            }
            guard let columns else {
                columns = try header(fields, line: index + 1)
                continue
            }
            let row = try Row(fields, columns, line: index + 1)
            var profile = profiles[row.model] ?? ModelProfile(id: row.model, memoryBytes: 0, anyDevice: .init(latencyMs: [:]))
            if profiles[row.model] == nil { order.append(row.model) }
            var measurements = row.device == "*" ? profile.anyDevice : profile.devices[row.device] ?? .init(latencyMs: [:])
            guard measurements.latencyMs[row.batch] == nil else {
                throw PlacementError(.badData, "profiles, line \(index + 1): '\(row.model)' on '\(row.device)' at batch size \(row.batch) is given twice")
            }
            measurements.latencyMs[row.batch] = row.latencyMs
            if let bytes = row.memoryBytes {
                measurements.memoryBytes[row.batch] = bytes
                profile.memoryBytes = max(profile.memoryBytes, bytes)
            }
            if row.device == "*" { profile.anyDevice = measurements } else { profile.devices[row.device] = measurements }
            profiles[row.model] = profile
        }
        guard columns != nil else { throw PlacementError(.badData, "the table of profiles is empty; expected the header \(expected)") }
        return order.compactMap { profiles[$0] }
    }

    private static let expected = "device,model,batch,latency_ms,memory_bytes"

    private static func header(_ fields: [String], line: Int) throws -> [String: Int] {
        let columns = Dictionary(fields.enumerated().map { ($0.element.lowercased(), $0.offset) }, uniquingKeysWith: { first, _ in first })
        let missing = ["device", "model", "batch", "latency_ms"].filter { columns[$0] == nil }
        guard missing.isEmpty else {
            throw PlacementError(.badData, "profiles, line \(line): no column \(missing.joined(separator: ", ")); expected the header \(expected)")
        }
        return columns
    }

    private struct Row {
        var device: String
        var model: String
        var batch: Int
        var latencyMs: Double
        var memoryBytes: Int?

        init(_ fields: [String], _ columns: [String: Int], line: Int) throws {
            func field(_ name: String) -> String { columns[name].flatMap { $0 < fields.count ? fields[$0] : nil } ?? "" }
            device = field("device")
            model = field("model")
            guard !device.isEmpty, !model.isEmpty else {
                throw PlacementError(.badData, "profiles, line \(line): device or model is empty; expected \(expected)")
            }
            guard let batch = Int(field("batch")), batch > 0 else {
                throw PlacementError(.badData, "profiles, line \(line): batch size '\(field("batch"))', expected a whole number from 1")
            }
            guard let latencyMs = Double(field("latency_ms")), latencyMs > 0, latencyMs.isFinite else {
                throw PlacementError(.badData, "profiles, line \(line): latency '\(field("latency_ms"))', expected milliseconds above 0")
            }
            self.batch = batch
            self.latencyMs = latencyMs
            let memory = field("memory_bytes")
            if !memory.isEmpty {
                guard let bytes = Double(memory), bytes >= 0, bytes < 9e18 else {
                    throw PlacementError(.badData, "profiles, line \(line): memory '\(memory)', expected bytes")
                }
                memoryBytes = Int(bytes)
            }
        }
    }
}
