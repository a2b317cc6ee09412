import Dispatch
import Foundation
import Learning

#if canImport(Glibc)
    import Glibc
#endif

/// Nanoseconds on a clock that only goes forward.
func monotonicNs() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

extension Duration {
    /// Whole nanoseconds; 0 for negative durations.
    var nanosecondCount: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000)).partialValue
    }
}

/// Keeps the calling thread, and threads that it will start, on the cores of a device. Where the system has no such call, or a core is
/// not ours to use, the thread stays free: a placement is about speed, never about results.
func pinThread(to device: Device) {
    #if canImport(Glibc)
        guard case .cpu(let cores) = device.kind, let setAffinity else { return }
        var mask = [UInt8](repeating: 0, count: affinityMaskBytes)
        for core in cores where core >= 0 && core / 8 < mask.count { mask[core / 8] |= UInt8(1) << UInt8(core % 8) }
        // 0 is the calling thread. An empty mask is an error to the system, and changes nothing.
        _ = setAffinity(0, mask.count, mask)
    #endif
}

#if canImport(Glibc)
    /// The size of `cpu_set_t`: room for 1024 cores.
    private let affinityMaskBytes = 128

    /// `sched_setaffinity`, looked up by name: the C library declares it only for programs that ask for GNU extensions, which Swift's
    /// import of it does not.
    private let setAffinity: (@convention(c) @Sendable (pid_t, Int, UnsafePointer<UInt8>) -> Int32)? = {
        guard let symbol = dlsym(nil, "sched_setaffinity") else { return nil }
        return unsafeBitCast(symbol, to: (@convention(c) @Sendable (pid_t, Int, UnsafePointer<UInt8>) -> Int32).self)
    }()
#endif

/// A thread that says when it is over.
final class JoinableThread: Sendable {
    private let done = DispatchGroup()

    /// Starts `body` on a thread of its own. The stack is large because engines rewrite deep graphs recursively while loading.
    init(name: String, _ body: @escaping @Sendable () -> Void) {
        let done = done
        done.enter()
        let thread = Thread {
            body()
            done.leave()
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Suspends until the thread is over or the time is up.
    /// - Returns: whether it is over.
    func join(within limit: Duration) async -> Bool {
        let deadline = DispatchTime.now() + .nanoseconds(Int(clamping: min(limit.nanosecondCount, 1 << 60)))
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [done] in continuation.resume(returning: done.wait(timeout: deadline) == .success) }
        }
    }
}
