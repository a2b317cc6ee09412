/// What is wrong with a description of a network or with the weights brought for it.
public struct NetworkError: Error, CustomStringConvertible {
    public struct Code: Hashable, Sendable {
        let name: String
        /// Names that clash, inputs that do not exist, nodes out of order, no output.
        public static let badStructure = Code(name: "badStructure")
        /// A layer that cannot take the shape it is given.
        public static let badShape = Code(name: "badShape")
        /// A layer's own setting is outside its domain.
        public static let badLayer = Code(name: "badLayer")
        /// Weights that are missing or of another shape than the network's.
        public static let badWeights = Code(name: "badWeights")
    }

    public let code: Code
    public let message: String
    /// Id of the node at fault, where there is one.
    public let node: String?

    public init(_ code: Code, _ message: String, node: String? = nil) {
        self.code = code
        self.message = message
        self.node = node
    }

    public var description: String { node.map { "node '\($0)': \(message)" } ?? message }
}
