/// Shape of one row of a value, without the axis of rows.
public enum ValueShape: Sendable, Hashable, CustomStringConvertible {
    case vector(Int)
    case image(channels: Int, height: Int, width: Int)
    /// One index below `levels`.
    case category(levels: Int)

    /// Axes after the axis of rows; none for a category.
    public var dimensions: [Int] {
        switch self {
        case .vector(let count): [count]
        case .image(let channels, let height, let width): [channels, height, width]
        case .category: []
        }
    }

    public var elementCount: Int { dimensions.reduce(1, *) }

    /// Length of the first axis: features of a vector, channels of an image.
    public var channelCount: Int {
        switch self {
        case .vector(let count): count
        case .image(let channels, _, _): channels
        case .category: 1
        }
    }

    public var description: String {
        switch self {
        case .vector(let count): "a vector of \(count)"
        case .image(let channels, let height, let width): "an image of \(channels) channels, \(height)×\(width)"
        case .category(let levels): "a category of \(levels) levels"
        }
    }

    init(of input: Network.Input) throws {
        let shape: ValueShape =
            switch input.kind {
            case .numbers(let count): .vector(count)
            case .category(let levels): .category(levels: levels)
            case .image(let height, let width, let channels): .image(channels: channels, height: height, width: width)
            }
        if case .category(let levels) = shape {
            try SizeLimit.check([levels], of: "input '\(input.name)'", node: nil)
        } else {
            try SizeLimit.check(shape.dimensions, of: "input '\(input.name)'", node: nil)
        }
        self = shape
    }
}

/// Keeps every product of sizes far from the end of `Int`, so that counting cannot trap on a description from outside.
enum SizeLimit {
    /// Elements of one value, weights of one layer, or multiplications of one layer.
    static let product = 1 << 48

    /// - Throws: ``NetworkError`` `.badShape` where a size is not positive or their product passes ``product``.
    static func check(_ sizes: [Int], of what: String, node: String?) throws {
        var result = 1
        for size in sizes {
            guard size > 0 else { throw NetworkError(.badShape, "\(what) has a size of \(size); sizes start at 1", node: node) }
            let (partial, overflow) = result.multipliedReportingOverflow(by: size)
            guard !overflow, partial <= product else {
                throw NetworkError(.badShape, "\(what) is too large: \(sizes.map(String.init).joined(separator: "×"))", node: node)
            }
            result = partial
        }
    }
}
