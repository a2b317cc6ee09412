public import Search
import SearchSpaces

extension StudyComparison.Group {
    /// Groups of studies that were searched the same way: by the same sampler and scheduler with the same options. In the order in which the
    /// ways first occur, each named by what sets it apart.
    public static func byMethod(_ studies: [(definition: StudyDefinition, trials: [Trial])]) -> [Self] {
        struct Method: Hashable {
            var sampler: AlgorithmChoice
            var scheduler: AlgorithmChoice
        }
        func method(_ definition: StudyDefinition) -> Method { Method(sampler: definition.sampler, scheduler: definition.scheduler) }
        var methods: [Method] = []
        for study in studies where !methods.contains(method(study.definition)) { methods.append(method(study.definition)) }
        func isShared<Part: Hashable>(_ part: KeyPath<Method, Part>) -> Bool { Set(methods.map { $0[keyPath: part] }).count == 1 }
        func name(_ choice: AlgorithmChoice) -> String { ([choice.id] + choice.options.map { "\($0)=\($1)" }).joined(separator: " ") }
        return methods.map { one in
            let parts = isShared(\.scheduler) ? [name(one.sampler)] : isShared(\.sampler) ? [name(one.scheduler)] : [name(one.sampler), name(one.scheduler)]
            return Self(parts.joined(separator: ", "), studies.filter { method($0.definition) == one })
        }
    }
}
