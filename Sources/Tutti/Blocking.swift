import Foundation

/// Work that blocks its thread, called from a task.
enum Blocking {
    /// Runs blocking work on a thread of its own and suspends until it is done.
    static func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try work() }) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
