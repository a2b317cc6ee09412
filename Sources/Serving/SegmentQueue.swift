import Foundation
import OnnxRuntime

/// Rows of one request that a worker runs in one batch, perhaps together with rows of others.
struct Segment {
    let job: InferenceJob
    let rows: Range<Int>
    /// How long they waited.
    let queuedNs: UInt64
}

/// The queue of one member: requests in the order of their arrival, of which workers cut segments.
///
/// It holds references, never tensors. All workers of the member take from it, so faster devices serve more without a plan. A segment is
/// cut when a worker asks, at that worker's batch size: a small device cannot get stuck on a piece that was cut for a large one. The
/// design of Pochelu et al. 2021 cuts fixed segments beforehand.
final class SegmentQueue: @unchecked Sendable {
    enum Admission { case accepted, full, closed }

    private struct Entry {
        let job: InferenceJob
        var nextRow: Int
        let enqueuedNs: UInt64
    }

    private let member: Int
    private let rowLimit: Int
    private let condition = NSCondition()
    // All below is guarded by `condition`.
    private var entries: [Entry] = []
    /// Entries before it are used up; they are removed together, so that taking stays cheap in a long queue.
    private var head = 0
    private var rows = 0
    private var isClosed = false

    init(member: Int, rowLimit: Int) {
        self.member = member
        self.rowLimit = rowLimit
    }

    /// Rows that wait.
    var rowCount: Int { condition.withLock { rows } }

    /// Appends a request, or refuses it at once.
    func push(_ job: InferenceJob) -> Admission {
        condition.lock()
        defer { condition.unlock() }
        if isClosed { return .closed }
        if rows + job.rowCount > rowLimit { return .full }
        entries.append(Entry(job: job, nextRow: 0, enqueuedNs: monotonicNs()))
        rows += job.rowCount
        // One worker may be enough, but several have work where a request is larger than a batch.
        condition.broadcast()
        return .accepted
    }

    /// Waits for work and takes up to `limit` rows, also of several requests.
    /// - Parameter delayNs: how long to wait for a batch to fill after its first row has arrived.
    /// - Returns: nil when the queue is closed and empty.
    func take(upTo limit: Int, delayNs: UInt64) -> [Segment]? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            dropUnwanted()
            guard head < entries.count else {
                if isClosed { return nil }
                condition.wait()
                continue
            }
            if delayNs > 0, rows < limit, !isClosed {
                let waited = monotonicNs() - entries[head].enqueuedNs
                if waited < delayNs {
                    _ = condition.wait(until: Date(timeIntervalSinceNow: Double(delayNs - waited) / 1e9))
                    continue
                }
            }
            return cut(limit)
        }
    }

    /// Forgets a request that nobody waits for.
    func remove(_ job: InferenceJob) {
        condition.withLock {
            guard let index = entries[head...].firstIndex(where: { $0.job === job }) else { return }
            rows -= entries[index].job.rowCount - entries[index].nextRow
            entries.remove(at: index)
        }
    }

    /// Takes no more requests; workers go home when it is empty.
    func close() {
        condition.withLock {
            isClosed = true
            condition.broadcast()
        }
    }

    private func cut(_ limit: Int) -> [Segment] {
        let now = monotonicNs()
        var segments: [Segment] = []
        var room = limit
        while room > 0, head < entries.count {
            let entry = entries[head]
            guard entry.job.wants(member) else {
                dropUnwanted()
                continue
            }
            if let first = segments.first, first.job.rowForm != entry.job.rowForm { break }
            let end = min(entry.nextRow + room, entry.job.rowCount)
            segments.append(Segment(job: entry.job, rows: entry.nextRow..<end, queuedNs: now &- entry.enqueuedNs))
            room -= end - entry.nextRow
            rows -= end - entry.nextRow
            entries[head].nextRow = end
            if end == entry.job.rowCount { head += 1 }
        }
        if head > 64, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        } else if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        }
        return segments
    }

    private func dropUnwanted() {
        while head < entries.count, !entries[head].job.wants(member) {
            rows -= entries[head].job.rowCount - entries[head].nextRow
            head += 1
        }
    }
}
