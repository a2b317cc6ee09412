/// The genes of a space as CMA-ES sees them.
struct CMAGenes: Sendable {
    struct Numeric: Sendable {
        /// Among the parameters of the space.
        var position: Int
        /// Nil for a continuous number.
        var scale: DiscreteScale?
    }

    struct Choice: Sendable {
        var position: Int
        var count: Int
    }

    /// How many parameters the space has.
    let length: Int
    private(set) var numeric: [Numeric] = []
    private(set) var choices: [Choice] = []
    /// Whether there are too many numbers for a full matrix.
    let isDiagonal: Bool

    private static let matrixLimit = 100

    init(_ genome: Genome) {
        length = genome.genes.count
        for (position, gene) in genome.genes.enumerated() {
            switch gene {
            case .fixed: continue
            case .number: numeric.append(Numeric(position: position))
            case .discrete(let scale): numeric.append(Numeric(position: position, scale: scale))
            case .choice(let count): choices.append(Choice(position: position, count: count))
            }
        }
        isDiagonal = numeric.count > Self.matrixLimit
    }

    /// Whether a point of the space is what a drawn one is decoded to.
    func isSame(_ drawn: [Double], as point: [Double]) -> Bool {
        guard point.count == length else { return false }
        for gene in numeric where !point[gene.position].isNaN {
            let (left, right) = (drawn[gene.position], point[gene.position])
            guard gene.scale.map({ $0.cell(of: left) == $0.cell(of: right) }) ?? (abs(left - right) < 1e-9) else { return false }
        }
        return choices.allSatisfy { point[$0.position].isNaN || abs(drawn[$0.position] - point[$0.position]) < 0.1 / Double($0.count) }
    }
}
