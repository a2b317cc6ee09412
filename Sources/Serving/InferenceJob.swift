import OnnxRuntime
import Synchronization

/// One accepted request: its tensors, stored once, and what each member has said of its rows so far.
///
/// Workers report rows in any order. A member counts only when all rows are there, and sums are made later, in the order of the members:
/// so timing never changes a result.
final class InferenceJob: Sendable {
    /// What one member has said.
    struct Partial {
        /// `[rows, width]`; empty until the first rows arrive.
        var values: [Float] = []
        var rowsMissing: Int
        /// Why the member will not answer.
        var failure: String?
        /// When its first rows were taken from the queue.
        var startedNs: UInt64?

        var isComplete: Bool { rowsMissing == 0 && failure == nil }
    }

    enum Outcome {
        /// Every member has answered, failed, or missed the deadline.
        case settled([Partial], deadlinePassed: Bool)
        case cancelled
    }

    private struct State {
        var partials: [Partial]
        /// Members that may still answer.
        var open: Int
        var outcome: Outcome?
        var waiter: (@Sendable (Outcome) -> Void)?
    }

    let inputs: [String: TensorValue]
    let rowCount: Int
    let width: Int
    /// Shapes of one row of each input where the model leaves axes open: only rows of one form go into a batch.
    let rowForm: [[Int]]
    let acceptedNs: UInt64
    private let state: Mutex<State>

    init(inputs: [String: TensorValue], rowCount: Int, width: Int, rowForm: [[Int]], members: Int) {
        self.inputs = inputs
        self.rowCount = rowCount
        self.width = width
        self.rowForm = rowForm
        acceptedNs = monotonicNs()
        state = Mutex(State(partials: Array(repeating: Partial(rowsMissing: rowCount), count: members), open: members))
    }

    /// Whether anybody waits for what `member` would say.
    func wants(_ member: Int) -> Bool {
        state.withLock { $0.outcome == nil && $0.partials[member].failure == nil }
    }

    func started(_ member: Int, atNs now: UInt64) {
        state.withLock { if $0.partials[member].startedNs == nil { $0.partials[member].startedNs = now } }
    }

    /// Takes over rows of a member. `values` has `rows.count * width` numbers.
    func report(_ member: Int, rows: Range<Int>, values: UnsafeBufferPointer<Float>) {
        settle { state in
            guard state.outcome == nil, state.partials[member].failure == nil, state.partials[member].rowsMissing > 0 else { return }
            if state.partials[member].values.isEmpty {
                state.partials[member].values = [Float](repeating: 0, count: rowCount * width)
            }
            state.partials[member].values.withUnsafeMutableBufferPointer { target in
                let start = rows.lowerBound * width
                for index in 0..<values.count { target[start + index] = values[index] }
            }
            state.partials[member].rowsMissing -= rows.count
            if state.partials[member].rowsMissing == 0 { state.open -= 1 }
        }
    }

    /// The member will not answer; the first reason stands.
    func fail(_ member: Int, _ reason: String) {
        settle { state in
            guard state.outcome == nil, state.partials[member].failure == nil, state.partials[member].rowsMissing > 0 else { return }
            state.partials[member].failure = reason
            state.open -= 1
        }
    }

    /// The deadline has passed: whoever has not answered is left out.
    func expire() {
        settle { state in
            guard state.outcome == nil else { return }
            for index in state.partials.indices where !state.partials[index].isComplete && state.partials[index].failure == nil {
                state.partials[index].failure = "missed the deadline"
            }
            state.outcome = .settled(state.partials, deadlinePassed: true)
        }
    }

    func cancel() { settle { if $0.outcome == nil { $0.outcome = .cancelled } } }

    /// Calls `body` once, when every member has answered or will not: on the thread of the last worker, or at once. May be asked once.
    func whenSettled(_ body: @escaping @Sendable (Outcome) -> Void) { settle { $0.waiter = body } }

    /// Suspends until every member has answered or will not.
    func outcome() async -> Outcome {
        await withCheckedContinuation { continuation in whenSettled { continuation.resume(returning: $0) } }
    }

    /// Changes the state, and wakes who waits when there is an outcome, outside the lock.
    private func settle(_ change: (inout sending State) -> Void) {
        let waking = state.withLock { state -> (@Sendable (Outcome) -> Void, Outcome)? in
            change(&state)
            if state.outcome == nil, state.open == 0 { state.outcome = .settled(state.partials, deadlinePassed: false) }
            guard let outcome = state.outcome, let waiter = state.waiter else { return nil }
            state.waiter = nil
            return (waiter, outcome)
        }
        if let (waiter, outcome) = waking { waiter(outcome) }
    }
}
