extension Dataset {
    /// Fewest rows that can be divided into training and validation.
    static let minimumTrainingRows = 2

    /// Checks that there is something to learn from.
    /// - Throws: ``DatasetError`` with code `.tooSmall` (too few rows, no column that a learner reads) or `.badTarget` (none, or
    ///   always the same).
    public func validateForTraining() throws {
        guard rowCount >= Self.minimumTrainingRows else {
            throw DatasetError(.tooSmall, "'\(name)' has \(rowCount) rows with a target; learning needs at least \(Self.minimumTrainingRows)")
        }
        if case .table(let table) = features, !table.columns.contains(where: { $0.kind != .text }) {
            throw DatasetError(.tooSmall, "'\(name)' has only columns of free text, which no learner reads; if they are categories, say so")
        }
        switch target {
        case nil: throw DatasetError(.badTarget, "'\(name)' has no target; name the column to predict, or add labels")
        case .classes(let codes, let names):
            let present = Self.counts(codes, names.count).count { $0 > 0 }
            guard present > 1 else {
                let what = present == 1 ? "one class only" : "no class"
                throw DatasetError(.badTarget, "the target '\(targetName ?? "label")' has \(what); two or more are needed")
            }
        case .values(let values):
            guard let first = values.first(where: { $0.isFinite }), values.contains(where: { $0.isFinite && $0 != first }) else {
                throw DatasetError(.badTarget, "the target '\(targetName ?? "target")' has one value only; there is nothing to predict")
            }
        }
    }
}
