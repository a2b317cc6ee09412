public import Search

extension SearchError.Code {
    /// A line of a session is not a request that can be answered.
    public static let badRequest = SearchError.Code(rawValue: "badRequest")
    /// The program to be tuned cannot be started.
    public static let badProgram = SearchError.Code(rawValue: "badProgram")
    /// A search ended, or had to end, without a result.
    public static let noResult = SearchError.Code(rawValue: "noResult")
}

/// Names in a message: `a, b and c`.
func listing(_ names: some Collection<String>) -> String {
    guard names.count > 1, let last = names.reversed().first else { return names.first ?? "none" }
    return names.dropLast().joined(separator: ", ") + " and " + last
}
