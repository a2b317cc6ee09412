import Search
import SearchSpaces

/// One line of an ask-and-tell session, understood.
enum SessionRequest {
    /// A trial to try; `count` of them where the line says so.
    case ask(count: Int?, worker: String?)
    /// A value on the way.
    case report(trial: Int, step: Int, value: Double)
    /// How a trial ended.
    case tell(trial: Int, Ending, fidelity: Int?)
    /// The trial is still being worked on.
    case heartbeat(trial: Int)
    case best
    case trials(state: TrialState?, since: Int)
    case space
    case enqueue(Configuration)
    /// A configuration that was evaluated elsewhere.
    case add(Configuration, values: [Double], constraints: [String: Double])

    enum Ending {
        case values([Double], constraints: [String: Double])
        case failed(reason: String)
        case stopped
    }

    /// Trials that one line may ask for.
    static let countLimit = 10_000

    private static let names = ["ask", "report", "tell", "best", "trials", "space", "enqueue", "add", "heartbeat"]

    /// - Throws: `SearchError` (`badRequest`) that says what was got and what was expected.
    init(_ line: String) throws {
        let document: JSONValue
        do {
            document = try JSONReader.read(line)
        } catch {
            throw Self.bad("not JSON: \(error); expected one request per line, such as {\"ask\":{}}")
        }
        guard case .object(let members) = document, let request = members.first, members.count == 1 else {
            throw Self.bad("got \(document.shown); expected an object with one member, one of \(listing(Self.names)), such as {\"ask\":{}}")
        }
        switch request.name {
        case "ask":
            let fields = try RequestFields("ask", request.value, known: ["count", "worker"])
            let count = try fields.wholeNumber("count")
            if let count, !(1...Self.countLimit).contains(count) {
                throw Self.bad("\"count\" of ask is \(count); expected 1 to \(Self.countLimit)")
            }
            self = .ask(count: count, worker: try fields.text("worker"))
        case "report":
            let fields = try RequestFields("report", request.value, known: ["trial", "fidelity", "step", "values", "value"])
            self = .report(trial: try fields.trial(), step: try fields.step(), value: try fields.reportedValue())
        case "tell":
            let fields = try RequestFields(
                "tell", request.value, known: ["trial", "values", "value", "fidelity", "state", "reason", "constraints"])
            self = .tell(trial: try fields.trial(), try fields.ending(), fidelity: try fields.wholeNumber("fidelity"))
        case "heartbeat":
            self = .heartbeat(trial: try RequestFields("heartbeat", request.value, known: ["trial"]).trial())
        case "best":
            _ = try RequestFields("best", request.value, known: [])
            self = .best
        case "trials":
            let fields = try RequestFields("trials", request.value, known: ["state", "since"])
            self = .trials(state: try fields.state(), since: try fields.wholeNumber("since") ?? 0)
        case "space":
            _ = try RequestFields("space", request.value, known: [])
            self = .space
        case "enqueue":
            let fields = try RequestFields("enqueue", request.value, known: ["params"])
            self = .enqueue(try fields.configuration())
        case "add":
            let fields = try RequestFields("add", request.value, known: ["params", "values", "value", "constraints"])
            self = .add(try fields.configuration(), values: try fields.values(), constraints: try fields.constraints())
        default:
            throw Self.bad("unknown request \"\(request.name)\"; expected one of \(listing(Self.names))")
        }
    }

    static func bad(_ message: String) -> SearchError { SearchError(.badRequest, message) }
}

/// The members of a request, with messages about what is wrong with them.
struct RequestFields {
    private let request: String
    private let body: JSONValue

    /// - Throws: `SearchError` (`badRequest`) when it is no object or has a member that is not known.
    init(_ request: String, _ body: JSONValue, known: [String]) throws {
        self.request = request
        self.body = body
        guard case .object(let members) = body else {
            throw SessionRequest.bad("\(request) is \(body.shown); expected an object, such as {\"\(request)\":{}}")
        }
        if let stray = members.first(where: { !known.contains($0.name) }) {
            throw SessionRequest.bad(
                "\(request) has no member \"\(stray.name)\"; " + (known.isEmpty ? "expected none" : "expected \(listing(known))"))
        }
    }

    /// A member that is there and not null.
    private subscript(name: String) -> JSONValue? {
        guard let value = body[name], value != .null else { return nil }
        return value
    }

    private func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> SearchError {
        SessionRequest.bad("\"\(name)\" of \(request) is \(value.shown); expected \(expected)")
    }

    func trial() throws -> Int {
        guard let number = try wholeNumber("trial") else {
            throw SessionRequest.bad("\(request) has no \"trial\"; expected the number that ask gave")
        }
        return number
    }

    func wholeNumber(_ name: String) throws -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.wholeNumber else { throw wrong(name, value, "a whole number") }
        return number
    }

    func text(_ name: String) throws -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.text else { throw wrong(name, value, "a string") }
        return text
    }

    /// One number per objective, in `values` or, for a single one, `value`.
    func values() throws -> [Double] {
        switch (self["values"], self["value"]) {
        case (let values?, nil):
            guard case .array(let items) = values, !items.isEmpty else { throw wrong("values", values, "an array of numbers, one per objective") }
            return try items.enumerated().map { index, item in
                guard let number = item.double else { throw wrong("values[\(index)]", item, "a number") }
                return number
            }
        case (nil, let value?):
            guard let number = value.double else { throw wrong("value", value, "a number") }
            return [number]
        case (nil, nil): throw SessionRequest.bad("\(request) has no \"values\"; expected an array of numbers, one per objective")
        default: throw SessionRequest.bad("\(request) has both \"value\" and \"values\"; expected one of them")
        }
    }

    func reportedValue() throws -> Double {
        let values = try values()
        guard values.count == 1 else {
            throw SessionRequest.bad("report has \(values.count) values; expected one: what is reported on the way is the first objective")
        }
        return values[0]
    }

    func step() throws -> Int {
        switch (try wholeNumber("fidelity"), try wholeNumber("step")) {
        case (let step?, nil), (nil, let step?): return step
        case (nil, nil): throw SessionRequest.bad("report has no \"fidelity\"; expected how far the trial has come, a whole number")
        default: throw SessionRequest.bad("report has both \"fidelity\" and \"step\"; expected one of them")
        }
    }

    func ending() throws -> SessionRequest.Ending {
        let hasValues = self["values"] != nil || self["value"] != nil
        switch try text("state") ?? "complete" {
        case "complete":
            if let reason = self["reason"] { throw wrong("reason", reason, "a reason only beside \"state\":\"fail\"") }
            let values = try values()
            if let position = values.firstIndex(where: \.isNaN) {
                throw SessionRequest.bad(
                    "values[\(position)] of tell is NaN; expected a number, or {\"tell\":{\"trial\":\(try trial()),\"state\":\"fail\",\"reason\":\"…\"}}")
            }
            return .values(values, constraints: try constraints())
        case "fail", "failed":
            if hasValues { throw SessionRequest.bad("tell has both \"values\" and \"state\":\"fail\"; expected one of them") }
            return .failed(reason: try text("reason") ?? "no reason was given")
        case "stop", "pruned":
            if hasValues {
                throw SessionRequest.bad("tell has both \"values\" and \"state\":\"stop\"; expected the last value in a report before it")
            }
            return .stopped
        case let other:
            throw SessionRequest.bad("\"state\" of tell is \"\(other)\"; expected complete, fail or stop")
        }
    }

    func constraints() throws -> [String: Double] {
        guard let value = self["constraints"] else { return [:] }
        guard case .object(let members) = value else {
            throw wrong("constraints", value, "an object of numbers by name, such as {\"memory\":-0.5}, violated where above 0")
        }
        return try members.reduce(into: [:]) { constraints, member in
            guard let number = member.value.double, number.isFinite else { throw wrong("constraints.\(member.name)", member.value, "a finite number") }
            constraints[member.name] = number
        }
    }

    func state() throws -> TrialState? {
        guard let word = try text("state") else { return nil }
        guard let state = TrialState.allCases.first(where: { "\($0)" == word }) else {
            throw SessionRequest.bad("\"state\" of trials is \"\(word)\"; expected one of \(listing(TrialState.allCases.map { "\($0)" }))")
        }
        return state
    }

    func configuration() throws -> Configuration {
        guard let value = self["params"] else {
            throw SessionRequest.bad("\(request) has no \"params\"; expected an object of values by parameter\(request == "enqueue" ? ", all or some" : "")")
        }
        guard case .object(let members) = value else { throw wrong("params", value, "an object of values by parameter") }
        return Configuration(
            try members.map { member in
                switch member.value {
                case .boolean(let flag): return (member.name, .boolean(flag))
                case .integer(let number): return (member.name, .integer(number))
                case .number(let number) where number.isFinite: return (member.name, .float(number))
                case .string(let text): return (member.name, .category(text))
                default: throw wrong("params.\(member.name)", member.value, "a number, a string or a boolean")
                }
            })
    }
}
