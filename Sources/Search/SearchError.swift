/// What went wrong in a study.
public struct SearchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of mistake; compare with the static members.
    public struct Code: Sendable, Hashable, RawRepresentable {
        public var rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The store has no study of that name.
        public static let unknownStudy = Code(rawValue: "unknownStudy")
        /// The store already has a study of that name.
        public static let studyExists = Code(rawValue: "studyExists")
        /// The study has no trial of that number.
        public static let unknownTrial = Code(rawValue: "unknownTrial")
        /// The job is no longer the trial's: it was finished, given up for lost, or handed to another worker.
        public static let staleJob = Code(rawValue: "staleJob")
        /// A result does not fit the study, such as a wrong number of values.
        public static let invalidResult = Code(rawValue: "invalidResult")
        /// No sampler or scheduler has that id.
        public static let unknownAlgorithm = Code(rawValue: "unknownAlgorithm")
        /// An option is unknown or its value impossible.
        public static let invalidOption = Code(rawValue: "invalidOption")
        /// The store cannot be read or written.
        public static let storage = Code(rawValue: "storage")
    }

    public var code: Code
    /// What was got, what was expected, what to do.
    public var message: String
    /// The number of the trial it is about, where there is one.
    public var trial: Int?

    public init(_ code: Code, _ message: String, trial: Int? = nil) {
        self.code = code
        self.message = message
        self.trial = trial
    }

    public var description: String { message }
}
