import SearchSpaces

/// A parameter as an axis of a kernel density: numbers and ordinals in [0, 1], categories by index.
struct KernelAxis {
    /// Its position among the space's parameters.
    let position: Int
    /// How many levels a categorical has; nil for numbers.
    let levels: Int?
    /// The distance between neighbouring numbers in [0, 1]; 0 where they are continuous.
    let step: Double

    /// Nil for a domain of one value.
    init?(_ domain: Domain, position: Int) {
        guard domain.count != 1 else { return nil }
        self.position = position
        step = domain.count.map { 1 / Double($0) } ?? 0
        if case .categorical(let values) = domain { levels = values.count } else { levels = nil }
    }

    /// The coordinate of a point of the unit cube; NaN where the parameter is inactive.
    func coordinate(_ point: [Double]) -> Double {
        let unit = point[position]
        guard let levels, !unit.isNaN else { return unit }
        return Double(min(Int(unit * Double(levels)), levels - 1))
    }

    /// Back to the unit cube.
    func unit(_ coordinate: Double) -> Double {
        guard let levels else { return coordinate }
        return (coordinate + 0.5) / Double(levels)
    }

    func uniform(_ generator: inout TrialGenerator) -> Double {
        let draw = generator.uniform()
        return levels.map { (draw * Double($0)).rounded(.down) } ?? draw
    }

    /// Rows without gaps: an inactive entry takes the value of a random row that has one, together with all others that are missing; a
    /// uniform draw where no row has one (HpBandSter).
    static func imputed(_ rows: [[Double]], _ axes: [KernelAxis], _ generator: inout TrialGenerator) -> [[Double]] {
        var filled = rows
        for index in rows.indices where rows[index].contains(where: \.isNaN) {
            while let gap = filled[index].firstIndex(where: \.isNaN) {
                let donors = rows.indices.filter { !rows[$0][gap].isNaN }
                guard !donors.isEmpty else {
                    filled[index][gap] = axes[gap].uniform(&generator)
                    continue
                }
                let donor = rows[donors[Int(generator.uniform() * Double(donors.count))]]
                for axis in axes.indices where filled[index][axis].isNaN { filled[index][axis] = donor[axis] }
            }
        }
        return filled
    }
}
