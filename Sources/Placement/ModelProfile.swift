public import Learning

/// What running a model costs, by batch size and, where it was measured there, by device: all that placing needs to know of it.
public struct ModelProfile: Codable, Sendable, Hashable, Identifiable {
    /// One device's measurements.
    public struct Measurements: Codable, Sendable, Hashable {
        /// Milliseconds of one call, by batch size in rows.
        public var latencyMs: [Int: Double]
        /// Resident bytes, by batch size; ``ModelProfile/memoryBytes`` where absent.
        public var memoryBytes: [Int: Int]

        public init(latencyMs: [Int: Double], memoryBytes: [Int: Int] = [:]) {
            self.latencyMs = latencyMs
            self.memoryBytes = memoryBytes
        }
    }

    public var id: String
    /// Resident bytes where nothing finer was measured.
    public var memoryBytes: Int
    /// Holds for every device without measurements of its own.
    public var anyDevice: Measurements
    /// By device id.
    public var devices: [String: Measurements]

    public init(id: String, memoryBytes: Int, anyDevice: Measurements, devices: [String: Measurements] = [:]) {
        self.id = id
        self.memoryBytes = memoryBytes
        self.anyDevice = anyDevice
        self.devices = devices
    }

    /// A library model's measured cost, taken to hold on every device.
    public init(id: String, cost: Cost) {
        self.init(id: id, memoryBytes: cost.memoryBytes, anyDevice: Measurements(latencyMs: cost.latencyMs))
    }

    public func measurements(on device: String) -> Measurements { devices[device] ?? anyDevice }

    /// Measured batch sizes, rising: those of ``PlacementRequest/usualBatchSizes``, or all where none of these was measured.
    ///
    /// A size that is no larger but slower per row than another is still offered: it may be what memory has room for.
    public func batchSizes(on device: String) -> [Int] {
        let measured = measurements(on: device).latencyMs.filter { $0.key > 0 && $0.value > 0 && $0.value.isFinite }.keys.sorted()
        let usual = measured.filter { PlacementRequest.usualBatchSizes.contains($0) }
        return usual.isEmpty ? measured : usual
    }

    /// Bytes at a batch size; of a larger measured size where this one was not measured, the largest where there is none.
    public func memoryBytes(batchSize: Int, on device: String) -> Int {
        let measured = measurements(on: device).memoryBytes
        if let exact = measured[batchSize] { return exact }
        let larger = measured.filter { $0.key > batchSize }.min { $0.key < $1.key }
        return larger?.value ?? max(measured.values.max() ?? 0, memoryBytes)
    }

    /// Rows per second of one worker that has the device to itself; 0 where the size was not measured.
    public func rowsPerSecond(batchSize: Int, on device: String) -> Double {
        guard let ms = measurements(on: device).latencyMs[batchSize], ms > 0 else { return 0 }
        return Double(batchSize) * 1000 / ms
    }

    /// At the fastest batch size; 0 where nothing was measured.
    public func bestRowsPerSecond(on device: String) -> Double {
        batchSizes(on: device).map { rowsPerSecond(batchSize: $0, on: device) }.max() ?? 0
    }
}
