/// The weighted mean of what members said, summed in double precision and in the order of the members.
///
/// Where members are missing, the sum is divided by the weights that arrived. Without any the mean is zero.
/// - Parameter partials: `[rows, width]` each, nil for a member that is missing.
func weightedMean(_ partials: [[Float]?], weights: [Double], count: Int) -> [Float] {
    var total = 0.0
    for (partial, weight) in zip(partials, weights) where partial != nil { total += weight }
    var sum = [Double](repeating: 0, count: count)
    sum.withUnsafeMutableBufferPointer { sum in
        for (partial, weight) in zip(partials, weights) {
            guard let partial, weight > 0 else { continue }
            let share = weight / total
            partial.withUnsafeBufferPointer { values in
                for index in 0..<count { sum[index] += share * Double(values[index]) }
            }
        }
    }
    return sum.map { Float($0) }
}

/// The class of the largest probability in each row; the lower index wins a tie.
func mostProbable(_ probabilities: [Float], width: Int) -> [Int] {
    var best = [Int](repeating: 0, count: width == 0 ? 0 : probabilities.count / width)
    for row in best.indices {
        for column in 1..<max(width, 1) where probabilities[row * width + column] > probabilities[row * width + best[row]] {
            best[row] = column
        }
    }
    return best
}
