import SearchSpaces

/// One parameter's values in all trials, and their order along its axis.
struct ParzenColumn {
    let parameter: Parameter
    let dimension: ParzenDimension
    /// By trial; NaN where a trial has no value here.
    private(set) var coordinates: [Double] = []
    /// The trials that have a value, by rising coordinate, then number.
    private(set) var order: [Int32] = []
    var memo = NormaliserMemo()

    init(_ parameter: Parameter) {
        self.parameter = parameter
        dimension = ParzenDimension(parameter.domain)
    }

    /// Takes in trials that are new or have another configuration than before.
    mutating func update(_ changed: [Int], of trials: [Trial]) {
        while coordinates.count < trials.count { coordinates.append(.nan) }
        // Few are put into their places one by one; many are appended and sorted.
        let few = changed.count <= max(8, order.count / 16)
        for number in changed {
            let value = trials[number].state == .waiting ? nil : trials[number].configuration[parameter.name]
            let coordinate = value.flatMap(dimension.coordinate(of:)) ?? .nan
            if coordinates[number] == coordinate { continue }
            if !coordinates[number].isNaN { order.removeAll { $0 == Int32(number) } }
            memo.forget(number)
            coordinates[number] = coordinate
            if coordinate.isNaN { continue }
            if few { order.insert(Int32(number), at: place(of: number)) } else { order.append(Int32(number)) }
        }
        if !few {
            let coordinates = coordinates
            order.sort { (coordinates[Int($0)], $0) < (coordinates[Int($1)], $1) }
        }
    }

    private func place(of number: Int) -> Int {
        let key = (coordinates[number], Int32(number))
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if (coordinates[Int(order[middle])], order[middle]) < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Kernels at the values of some trials.
    /// - Parameters:
    ///   - kernelOfTrial: by trial; -1 for those that are not among them.
    ///   - count: How many are.
    mutating func kernels(_ kernelOfTrial: [Int32], count: Int) -> ParzenAxis {
        var sorted: [ParzenAxis.Observation] = []
        sorted.reserveCapacity(count)
        for number in order {
            let kernel = kernelOfTrial[Int(number)]
            if kernel >= 0 { sorted.append(.init(value: coordinates[Int(number)], kernel: Int(kernel), trial: Int(number))) }
        }
        return ParzenAxis(dimension, count: count, sorted: sorted, &memo)
    }
}
