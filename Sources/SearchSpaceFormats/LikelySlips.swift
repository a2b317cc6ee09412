import SearchSpaces

/// What is allowed in a program and in other tools' files, but in a file of ours can only be a slip.
enum LikelySlips {
    /// - Parameter place: Where a parameter has its member of a name, or stands itself.
    /// - Throws: `SearchSpaceError` for a step that leaves one value of a range, and for a parameter that can never be active.
    static func check(_ space: SearchSpace, at place: (_ parameter: String, _ member: String) -> DocumentNode?) throws {
        for parameter in space.parameters {
            func fail(_ code: SearchSpaceError.Code, _ message: String, _ member: String) -> SearchSpaceError {
                let node = place(parameter.name, member)
                return SearchSpaceError(code, message, parameter: parameter.name, line: node?.line, column: node?.column)
            }
            if parameter.hasIdleStep {
                throw fail(
                    .invalidDomain,
                    "Parameter \"\(parameter.name)\" is \(parameter.domain), which leaves one value only, \(parameter.domain.middle). "
                        + "Take a smaller step, or a constant.", "step")
            }
            if let part = parameter.condition?.impossiblePart({ space[$0]?.domain }) {
                let parents = space.names.filter(part.parents.contains).compactMap { name in space[name].map { "\"\(name)\" is \($0.domain)" } }
                throw fail(
                    .invalidCondition,
                    "Parameter \"\(parameter.name)\" can never be active: the condition \"\(part)\" never holds"
                        + (parents.isEmpty ? "." : ", since \(parents.joined(separator: " and ")).") + " Change the condition, or leave the parameter out.",
                    "when")
            }
        }
    }

    /// The space as our own files may say it: a range of which a step leaves one value has the ends of that value.
    ///
    /// - Throws: `SearchSpaceError` (`inexpressible`) for what a reader of the file would refuse.
    static func writable(_ space: SearchSpace) throws -> SearchSpace {
        let parameters = space.parameters.map { parameter in
            guard parameter.hasIdleStep else { return parameter }
            var copy = parameter
            switch parameter.domain {
            case .float(let low, _, let log, _): copy.domain = .float(low: low, high: low, log: log)
            case .integer(let low, _, let log, _): copy.domain = .integer(low: low, high: low, log: log)
            case .categorical, .ordinal, .constant: break
            }
            return copy
        }
        let space = parameters == space.parameters ? space : try SearchSpace(parameters, forbidden: space.forbidden)
        do { try check(space) { _, _ in nil } } catch let error as SearchSpaceError {
            throw SearchSpaceError(.inexpressible, "What is written would be refused. \(error.message)", parameter: error.parameter)
        }
        return space
    }
}

extension Parameter {
    /// Whether a range has a step that leaves only one of its values.
    fileprivate var hasIdleStep: Bool {
        switch domain {
        case .float(let low, let high, _, _?): low < high && domain.count == 1
        case .integer(let low, let high, _, _): low < high && domain.count == 1
        case .float, .categorical, .ordinal, .constant: false
        }
    }
}
