public import Datasets
public import Foundation
import Learning

/// What a fit is told. Only the data and the folder must be given.
public struct FitOptions: Sendable {
    public static let standardSampler = "tpe"
    public static let standardScheduler = "asha"
    public static let workerLimit = 256

    /// File or folder of the data.
    public var data: String
    /// Folder of the run; must not exist or be empty.
    public var out: URL
    public var reading = ReadOptions()
    /// Seconds for everything, from reading the data to the report.
    public var timeSeconds = 300.0
    public var trialLimit: Int?
    /// Worker processes.
    public var workers = max(1, ProcessInfo.processInfo.activeProcessorCount)
    /// Id of a metric; the task's standard one when nil.
    public var metric: String?
    /// Ids of learners; all that handle the task when nil.
    public var learners: [String]?
    public var seed: UInt64 = 1
    /// How rows are divided to judge models; what suits their number when nil.
    public var resampling: Resampling?
    /// Column of groups whose rows stay together, such as patients; it is not learned from.
    public var groupColumn: String?
    /// Column that orders the rows in time.
    public var timeColumn: String?
    /// Memory of one worker beyond which it is killed and its trial fails; a share of the machine when nil.
    public var memoryBytesPerWorker: Int?
    public var sampler = standardSampler
    public var scheduler = standardScheduler
    /// The command line, for the record.
    public var command: [String] = []
    /// The program that is started as a worker; this process's own executable when nil. It must be `tutti`.
    public var workerExecutable: URL?

    public init(data: String, out: URL) {
        self.data = data
        self.out = out
    }

    var effectiveMemoryBytesPerWorker: Int {
        memoryBytesPerWorker ?? Int(Double(ProcessMemory.physicalBytes) * 0.85) / max(workers, 1)
    }
}
