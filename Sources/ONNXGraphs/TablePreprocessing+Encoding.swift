extension TablePreprocessing {
    /// Features of all rows, `[rows, featureCount]` row-major, by the arithmetic of the exported graph.
    /// - Parameter columns: one per member of ``numbers``, in that order; missing values as NaN.
    /// - Precondition: as many columns as ``numbers``, of equal length.
    public func features(_ columns: [[Double]]) -> [Float] {
        precondition(columns.count == numbers.count, "got \(columns.count) columns for \(numbers.count) numbers")
        let rowCount = columns.first?.count ?? 0
        let width = featureCount
        var result = [Float](repeating: 0, count: rowCount * width)
        var indicator = numbers.count
        result.withUnsafeMutableBufferPointer { result in
            for (position, (number, values)) in zip(numbers, columns).enumerated() {
                precondition(values.count == rowCount, "columns of unequal length")
                values.withUnsafeBufferPointer { values in
                    if number.isDate {
                        standardizeDates(values, number, into: result, at: position, width: width)
                    } else {
                        standardizeNumbers(values, number, into: result, at: position, width: width)
                    }
                    guard number.hasIndicator else { return }
                    for row in 0..<rowCount {
                        let present = number.isDate ? values[row].isFinite : Float(values[row]).isFinite
                        result[row * width + indicator] = present ? 0 : 1
                    }
                }
                if number.hasIndicator { indicator += 1 }
                clip(result, at: position, width: width, rowCount: rowCount)
            }
        }
        return result
    }

    private func standardizeNumbers(
        _ values: UnsafeBufferPointer<Double>, _ number: Number, into result: UnsafeMutableBufferPointer<Float>, at position: Int,
        width: Int
    ) {
        let (center, factor, replacement) = (Float(number.center), Float(1 / number.scale), Float(number.replacement))
        for row in 0..<values.count {
            let value = Float(values[row])
            result[row * width + position] = ((value.isFinite ? value : replacement) - center) * factor
        }
    }

    private func standardizeDates(
        _ values: UnsafeBufferPointer<Double>, _ number: Number, into result: UnsafeMutableBufferPointer<Float>, at position: Int,
        width: Int
    ) {
        let factor = 1 / number.scale
        for row in 0..<values.count {
            let value = values[row]
            result[row * width + position] = Float(((value.isFinite ? value : number.replacement) - number.center) * factor)
        }
    }

    private func clip(_ result: UnsafeMutableBufferPointer<Float>, at position: Int, width: Int, rowCount: Int) {
        switch clipping {
        case .none: break
        case .hard(let limit):
            let limit = Float(limit)
            for row in 0..<rowCount {
                let index = row * width + position
                result[index] = min(max(result[index], -limit), limit)
            }
        case .smooth(let limit):
            let factor = Float(1 / limit)
            let bound = 1 / factor
            for row in 0..<rowCount {
                let index = row * width + position
                // Further out the square would overflow, and the curve has reached its limit already.
                let held = min(max(result[index] * factor, -1e4), 1e4)
                result[index] = held / (held * held + 1).squareRoot() * bound
            }
        }
    }
}

extension TablePreprocessing.Category {
    /// Index of each row from codes into some list of levels; codes of -1, and levels that were not there when this was fitted, give 0.
    /// - Parameter levels: what the codes point into; may differ from the column's own levels.
    public func indices(ofCodes codes: [Int32], levels: [String]) -> [Int64] {
        let known = Dictionary(self.levels.enumerated().map { ($1, Int64($0 + 1)) }, uniquingKeysWith: { first, _ in first })
        let indexOfCode = levels.map { known[$0] ?? 0 }
        return codes.map { $0 >= 0 && Int($0) < indexOfCode.count ? indexOfCode[Int($0)] : 0 }
    }
}
