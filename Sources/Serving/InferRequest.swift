public import OnnxRuntime

/// A value beside the tensors of a request or answer; the Open Inference Protocol has these kinds and no others.
public enum RequestParameter: Sendable, Hashable {
    case string(String)
    case integer(Int64)
    case number(Double)
    case bool(Bool)
}

/// Rows to be predicted.
public struct InferRequest: Sendable {
    /// One tensor for each input of the model, rows on the first axis.
    public var inputs: [String: TensorValue]
    /// Names of the outputs wanted; all when empty.
    public var outputs: [String]
    /// Comes back unchanged.
    public var id: String?
    /// Time for the whole ensemble; the model's own limit when nil.
    public var timeout: Duration?

    public init(inputs: [String: TensorValue], outputs: [String] = [], id: String? = nil, timeout: Duration? = nil) {
        self.inputs = inputs
        self.outputs = outputs
        self.id = id
        self.timeout = timeout
    }
}

/// What the ensemble says of the rows.
public struct InferResponse: Sendable {
    public struct Output: Sendable {
        public var name: String
        public var value: TensorValue

        public init(name: String, value: TensorValue) {
            self.name = name
            self.value = value
        }
    }

    public var modelName: String
    public var modelVersion: String
    public var id: String?
    public var outputs: [Output]
    /// Ids of members that gave no answer in time; the others' weights were scaled up to 1.
    public var membersMissing: [String]

    public subscript(name: String) -> TensorValue? { outputs.first { $0.name == name }?.value }

    /// Facts for the client: `members_missing` where the answer is degraded.
    public var parameters: [String: RequestParameter] {
        membersMissing.isEmpty ? [:] : ["members_missing": .string(membersMissing.joined(separator: ","))]
    }
}
