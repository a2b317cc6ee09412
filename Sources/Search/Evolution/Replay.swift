import SearchSpaces
import Synchronization

/// A history folded into a state, step by step, and remembered.
///
/// Evolution without memory means that every suggestion replays the whole history. What was replayed for an earlier suggestion is kept, with
/// the inputs that led to it: where the history still begins with them, the replay goes on from there. Forgetting it changes no answer.
final class Replay<Input: Sendable & Equatable, State: Sendable>: Sendable {
    /// What the steps depend on beside their inputs.
    private struct Circumstances: Equatable {
        var space: SearchSpace
        var directions: [Direction]
        var seed: UInt64
    }

    private struct Memory {
        var circumstances: Circumstances
        var inputs: [Input] = []
        var state: State
        /// The states after 0, `stride`, 2 · `stride` … inputs: where to go back to when an early input has changed.
        var marks: [State]
    }

    private let memory = Mutex<Memory?>(nil)
    private let stride: Int

    /// - Parameter stride: How many steps to take again at most, when only the last input has changed.
    init(stride: Int) { self.stride = stride }

    /// The state after all inputs.
    func state(from start: State, over inputs: [Input], in context: SamplingContext, step: (inout State, Input) -> Void) -> State {
        let circumstances = Circumstances(space: context.space, directions: context.directions, seed: context.seed)
        return memory.withLock { memory in
            // Taken out while it grows, so that nothing is copied.
            var known = memory.flatMap { $0.circumstances == circumstances ? $0 : nil } ?? Memory(circumstances: circumstances, state: start, marks: [start])
            memory = nil
            var common = 0
            while common < min(known.inputs.count, inputs.count), known.inputs[common] == inputs[common] { common += 1 }
            if common < known.inputs.count {
                let mark = common / stride
                known.marks.removeLast(known.marks.count - mark - 1)
                known.state = known.marks[mark]
                known.inputs.removeLast(known.inputs.count - mark * stride)
            }
            for input in inputs[known.inputs.count...] {
                step(&known.state, input)
                known.inputs.append(input)
                if known.inputs.count % stride == 0 { known.marks.append(known.state) }
            }
            memory = known
            return known.state
        }
    }
}
