/// Which model runs on which device, at which batch size: `batch[device][model]`, 0 where it does not run there.
///
/// A cell that is not 0 is one worker. Several in a row share the device; several in a column share the model's requests.
/// Source: Pochelu et al., arXiv 2208.14049.
public struct AllocationMatrix: Codable, Sendable, Hashable {
    /// One cell that is not 0.
    public struct Worker: Codable, Sendable, Hashable {
        /// Index of the row.
        public var device: Int
        /// Index of the column.
        public var model: Int
        public var batchSize: Int

        public init(device: Int, model: Int, batchSize: Int) {
            self.device = device
            self.model = model
            self.batchSize = batchSize
        }
    }

    /// Ids, one for each row.
    public let devices: [String]
    /// Ids, one for each column.
    public let models: [String]
    /// `[devices, models]`, none negative.
    public private(set) var batch: [[Int]]

    /// With no worker yet.
    public init(devices: [String], models: [String]) {
        self.devices = devices
        self.models = models
        batch = Array(repeating: Array(repeating: 0, count: models.count), count: devices.count)
    }

    /// - Throws: ``PlacementError`` `.badData` where shapes do not fit, a batch size is negative, or an id occurs twice.
    public init(devices: [String], models: [String], batch: [[Int]]) throws {
        guard batch.count == devices.count, batch.allSatisfy({ $0.count == models.count }) else {
            let shape = "\(batch.count) × \(Set(batch.map(\.count)).sorted().map(String.init).joined(separator: " or "))"
            throw PlacementError(.badData, "an allocation matrix of \(shape) cells for \(devices.count) devices × \(models.count) models")
        }
        guard batch.allSatisfy({ $0.allSatisfy { $0 >= 0 } }) else {
            throw PlacementError(.badData, "an allocation matrix has a negative batch size; 0 means that the model does not run there")
        }
        guard Set(devices).count == devices.count, Set(models).count == models.count else {
            throw PlacementError(.badData, "an allocation matrix names a device or a model twice: \((devices + models).joined(separator: ", "))")
        }
        self.devices = devices
        self.models = models
        self.batch = batch
    }

    private enum CodingKeys: String, CodingKey { case devices, models, batch }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            devices: container.decode([String].self, forKey: .devices), models: container.decode([String].self, forKey: .models),
            batch: container.decode([[Int]].self, forKey: .batch))
    }

    public subscript(device: Int, model: Int) -> Int {
        get { batch[device][model] }
        set { batch[device][model] = max(0, newValue) }
    }

    /// By device, then model.
    public var workers: [Worker] {
        devices.indices.flatMap { device in
            models.indices.compactMap { model in
                batch[device][model] > 0 ? Worker(device: device, model: model, batchSize: batch[device][model]) : nil
            }
        }
    }

    public var workerCount: Int { batch.reduce(0) { $0 + $1.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } } }

    /// Ids of the models that run nowhere.
    public var uncoveredModels: [String] { models.indices.filter { model in batch.allSatisfy { $0[model] == 0 } }.map { models[$0] } }

    /// Whether every model runs somewhere: without it there is no ensemble.
    public var coversAllModels: Bool { uncoveredModels.isEmpty }

    public func with(device: Int, model: Int, batchSize: Int) -> AllocationMatrix {
        var result = self
        result[device, model] = batchSize
        return result
    }

    /// The matrices that differ in exactly one cell and still run every model, by device, model, batch size.
    /// - Parameter batchSizes: what a cell may hold besides 0, by device and model.
    public func neighbours(batchSizes: (_ device: Int, _ model: Int) -> [Int]) -> [AllocationMatrix] {
        var result: [AllocationMatrix] = []
        for device in devices.indices {
            for model in models.indices {
                for size in [0] + batchSizes(device, model) where size != batch[device][model] {
                    let neighbour = with(device: device, model: model, batchSize: size)
                    if size > 0 || neighbour.batch.contains(where: { $0[model] > 0 }) { result.append(neighbour) }
                }
            }
        }
        return result
    }
}
