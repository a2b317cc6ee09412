import SearchSpaces

/// A walk along a sequence of points that all workers share: each trial notes its place, and the next one goes on after the last.
struct SharedSequence {
    private let context: SamplingContext
    /// Positions of the parameters with more than one value.
    private let free: [Int]

    init(_ context: SamplingContext) {
        self.context = context
        free = context.space.parameters.indices.filter { context.space.parameters[$0].domain.count != 1 }
    }

    /// The coordinates that a point needs.
    var dimensions: Int { free.count }

    /// The configuration at the next point that is not forbidden; where a hundred points in a row are, one is drawn at random.
    ///
    /// - Parameter point: The point at an index, `dimensions` coordinates in [0, 1).
    /// - Throws: `SearchSpaceError` (`forbidden`) when the space leaves nothing.
    func next(_ point: (Int) -> [Double]) throws -> Proposal {
        var index = (context.trials.lazy.reversed().compactMap { $0.notedNumber(.index) }.first ?? -1)
        let next = try? context.space.notForbidden {
            index += 1
            var coordinates = [Double](repeating: .nan, count: context.space.parameters.count)
            for (position, coordinate) in zip(free, point(index)) { coordinates[position] = coordinate }
            return context.space.decode(coordinates)
        }
        var generator = context.generator
        let configuration = try next ?? context.space.randomConfiguration(using: &generator)
        return Proposal(configuration, notes: [NoteKey.index.name: .integer(index)])
    }
}
