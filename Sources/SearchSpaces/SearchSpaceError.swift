/// What is wrong with a search space, or with a configuration of one.
public struct SearchSpaceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of mistake; compare with the static members.
    public struct Code: Sendable, Hashable, RawRepresentable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A domain without values, or with values that cannot be (a log scale over zero, a step that is not positive).
        public static let invalidDomain = Code(rawValue: "invalidDomain")
        /// Two parameters have the same name.
        public static let duplicateName = Code(rawValue: "duplicateName")
        /// A condition, or a configuration, names a parameter that the space does not have.
        public static let unknownParameter = Code(rawValue: "unknownParameter")
        /// A parameter depends on itself through its conditions, or a condition cannot be decided for its parent.
        public static let invalidCondition = Code(rawValue: "invalidCondition")
        /// A prior does not fit its domain.
        public static let invalidPrior = Code(rawValue: "invalidPrior")
        /// A default lies outside its domain.
        public static let invalidDefault = Code(rawValue: "invalidDefault")
        /// A value is missing, of the wrong kind, outside its domain, or belongs to an inactive parameter.
        public static let invalidValue = Code(rawValue: "invalidValue")
        /// The configuration is one that the space forbids.
        public static let forbidden = Code(rawValue: "forbidden")
        /// A document does not describe a search space.
        public static let invalidDocument = Code(rawValue: "invalidDocument")
        /// A file format has no words for something in the space.
        public static let inexpressible = Code(rawValue: "inexpressible")
    }

    public var code: Code
    /// What was got, what was expected, what to do.
    public var message: String
    /// The parameter it is about, where there is one.
    public var parameter: String?
    /// Where in a document, from 1.
    public var line: Int?
    public var column: Int?

    public init(_ code: Code, _ message: String, parameter: String? = nil, line: Int? = nil, column: Int? = nil) {
        self.code = code
        self.message = message
        self.parameter = parameter
        self.line = line
        self.column = column
    }

    public var description: String {
        guard let line else { return message }
        return "Line \(line)" + (column.map { ", column \($0)" } ?? "") + ": " + message
    }
}
