public import Learning

/// Predicts an ensemble's rows per second from its members' profiles: devices work side by side, the workers of one device share its time.
///
/// The shares are the best possible ones: maximise `T` where each device's shares sum to at most 1 and each model's workers together make
/// `T` rows per second. Workers that pull from a queue per model come near this; nothing passes it unless models overlap on a device
/// better than by taking turns.
public struct ThroughputPredictor: Sendable {
    private let profiles: [ModelProfile]
    private let devices: [Device]

    public init(profiles: [ModelProfile], devices: [Device]) {
        self.profiles = profiles
        self.devices = devices
    }

    /// Rows per second with the workers of a matrix; 0 where a model has none.
    /// - Precondition: rows and columns are those devices and profiles, in their order.
    public func rowsPerSecond(_ matrix: AllocationMatrix) -> Double {
        precondition(matrix.devices.count == devices.count && matrix.models.count == profiles.count, "a matrix of other devices or models")
        return sharedRate(
            devices.indices.map { device in
                profiles.indices.map { model in
                    let size = matrix[device, model]
                    return size == 0 ? 0 : profiles[model].rowsPerSecond(batchSize: size, on: devices[device].id)
                }
            })
    }

    /// What no matrix can pass: every model on every device at its fastest batch size, memory without limit.
    public var upperBound: Double {
        sharedRate(devices.map { device in profiles.map { $0.bestRowsPerSecond(on: device.id) } })
    }
}

/// The largest `T` with `Σ_m s(d,m) ≤ 1` for each device and `Σ_d s(d,m)·rate(d,m) ≥ T` for each model: a small linear programme, by the
/// simplex method.
///
/// Bland's rule, so it ends. Rates are divided by the largest one before; columns without a rate are left out.
func sharedRate(_ rates: [[Double]]) -> Double {
    guard let models = rates.first?.count, models > 0 else { return 0 }
    guard (0..<models).allSatisfy({ model in rates.contains { $0[model] > 0 } }) else { return 0 }
    let scale = rates.joined().max() ?? 1
    let cells = rates.indices.flatMap { device in (0..<models).compactMap { rates[device][$0] > 0 ? (device: device, model: $0) : nil } }
    let rows = rates.count + models
    // Columns: T, one share per cell, one slack per row, the right-hand side.
    let width = 1 + cells.count + rows + 1
    var table = [Double](repeating: 0, count: (rows + 1) * width)
    for (index, cell) in cells.enumerated() {
        table[cell.device * width + 1 + index] = 1
        table[(rates.count + cell.model) * width + 1 + index] = -rates[cell.device][cell.model] / scale
    }
    for row in 0..<rows { table[row * width + 1 + cells.count + row] = 1 }
    for device in rates.indices { table[device * width + width - 1] = 1 }
    for model in 0..<models { table[(rates.count + model) * width] = 1 }
    table[rows * width] = -1

    var basis = (0..<rows).map { 1 + cells.count + $0 }
    for _ in 0..<(50 * width) {
        guard let entering = (0..<(width - 1)).first(where: { table[rows * width + $0] < -1e-11 }) else { break }
        var leaving: Int?
        var least = Double.infinity
        for row in 0..<rows where table[row * width + entering] > 1e-11 {
            let ratio = table[row * width + width - 1] / table[row * width + entering]
            if ratio < least - 1e-13 || (ratio <= least + 1e-13 && leaving.map { basis[row] < basis[$0] } ?? true) {
                least = min(ratio, least)
                leaving = row
            }
        }
        guard let leaving else { break }
        let pivot = table[leaving * width + entering]
        for column in 0..<width { table[leaving * width + column] /= pivot }
        for row in 0...rows where row != leaving {
            let factor = table[row * width + entering]
            guard factor != 0 else { continue }
            for column in 0..<width { table[row * width + column] -= factor * table[leaving * width + column] }
        }
        basis[leaving] = entering
    }
    return table[rows * width + width - 1] * scale
}
