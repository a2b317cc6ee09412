/// Finds what a user may have meant by a name that is not there.
enum NearestNames {
    /// Up to three of `names` that are close to `name`, closest first.
    static func closest(to name: String, among names: [String]) -> [String] {
        let wanted = Array(name.lowercased().unicodeScalars)
        let limit = max(2, wanted.count / 2)
        var found: [(distance: Int, name: String)] = []
        for candidate in names {
            let scalars = Array(candidate.lowercased().unicodeScalars)
            let isPart = !wanted.isEmpty && candidate.lowercased().contains(name.lowercased())
            let distance = isPart ? 1 : editDistance(wanted, scalars)
            if distance <= limit { found.append((distance, candidate)) }
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// The end of a message on an unknown name: the closest names, else all of them.
    static func hint(for name: String, among names: [String]) -> String {
        let close = closest(to: name, among: names)
        if close.isEmpty { return "there are \(DatasetError.list(names))" }
        return "did you mean \(close.map { "'\($0)'" }.joined(separator: " or "))?"
    }

    /// Levenshtein's distance, at most 64 characters of each.
    private static func editDistance(_ a: [UnicodeScalar], _ b: [UnicodeScalar]) -> Int {
        let a = a.prefix(64)
        let b = b.prefix(64)
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
