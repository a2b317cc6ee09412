extension ReportContent {
    /// What was run, on which data, for which goal, with what effort.
    public struct Header: Codable, Sendable, Hashable {
        /// Shown as the title.
        public var runName: String
        /// The run's folder as the user would write it in a command.
        public var runPath: String
        public var data: Data
        public var metric: Metric
        public var effort: Effort
        /// Version of Tutti.
        public var version: String
        /// The command that made the run.
        public var commandLine: String
        /// When it ended, as text.
        public var finished: String?
        /// Address of the page of the study, from this page; absent where there is none.
        public var studyPage: String?

        public init(
            runName: String, runPath: String, data: Data, metric: Metric, effort: Effort, version: String, commandLine: String,
            finished: String? = nil, studyPage: String? = nil
        ) {
            self.runName = runName
            self.runPath = runPath
            self.data = data
            self.metric = metric
            self.effort = effort
            self.version = version
            self.commandLine = commandLine
            self.finished = finished
            self.studyPage = studyPage
        }
    }

    public struct Data: Codable, Sendable, Hashable {
        public var name: String
        public var rows: Int
        public var columns: Int
        /// Absent for regression.
        public var classes: Int?
        /// `binary`, `multiclass`, `regression`.
        public var task: String
        /// Name of the column to predict.
        public var target: String

        public init(name: String, rows: Int, columns: Int, classes: Int? = nil, task: String, target: String) {
            self.name = name
            self.rows = rows
            self.columns = columns
            self.classes = classes
            self.task = task
            self.target = target
        }
    }

    public struct Metric: Codable, Sendable, Hashable {
        /// `log_loss`.
        public var id: String
        /// `Log loss`.
        public var title: String
        public var higherIsBetter: Bool

        public init(id: String, title: String, higherIsBetter: Bool) {
            self.id = id
            self.title = title
            self.higherIsBetter = higherIsBetter
        }
    }

    public struct Effort: Codable, Sendable, Hashable {
        /// Absent where the time was not limited.
        public var budgetSeconds: Double?
        public var spentSeconds: Double
        public var workers: Int
        public var seed: UInt64
        /// Processor, cores, memory, as text.
        public var machine: String

        public init(budgetSeconds: Double? = nil, spentSeconds: Double, workers: Int, seed: UInt64, machine: String) {
            self.budgetSeconds = budgetSeconds
            self.spentSeconds = spentSeconds
            self.workers = workers
            self.seed = seed
            self.machine = machine
        }
    }
}
