extension ReportContent {
    /// Which model runs on which device, at which batch size.
    public struct Allocation: Codable, Sendable, Hashable {
        /// Name of the ensemble that is placed.
        public var ensemble: String
        public var devices: [String]
        /// Ids of the models.
        public var models: [String]
        /// Rows per call, `[devices][models]`; 0 where the model does not run on the device.
        public var batches: [[Int]]
        /// Rows per second that the placement was chosen for.
        public var predictedThroughput: Double?
        /// Rows per second that were seen.
        public var measuredThroughput: Double?

        public init(
            ensemble: String, devices: [String], models: [String], batches: [[Int]], predictedThroughput: Double? = nil,
            measuredThroughput: Double? = nil
        ) {
            self.ensemble = ensemble
            self.devices = devices
            self.models = models
            self.batches = batches
            self.predictedThroughput = predictedThroughput
            self.measuredThroughput = measuredThroughput
        }
    }

    /// Answers against the truth on the validation rows.
    public enum Outcome: Codable, Sendable, Hashable {
        case classification(Confusion)
        case regression(Residuals)
    }

    public struct Confusion: Codable, Sendable, Hashable {
        public var classes: [String]
        /// Rows of the validation part, `[true class][predicted class]`.
        public var counts: [[Int]]

        public init(classes: [String], counts: [[Int]]) {
            self.classes = classes
            self.counts = counts
        }
    }

    public struct Residuals: Codable, Sendable, Hashable {
        /// True values, one per row.
        public var truth: [Double]
        /// Predicted values in the same order.
        public var predicted: [Double]

        public init(truth: [Double], predicted: [Double]) {
            self.truth = truth
            self.predicted = predicted
        }
    }

    /// A table of metrics.
    public struct Scores: Codable, Sendable, Hashable {
        public struct Row: Codable, Sendable, Hashable {
            /// Name of an ensemble, or id of a model.
            public var name: String
            /// One per metric, in the metric's own direction.
            public var values: [Double]

            public init(name: String, values: [Double]) {
                self.name = name
                self.values = values
            }
        }

        public var metrics: [Metric]
        public var rows: [Row]

        public init(metrics: [Metric] = [], rows: [Row] = []) {
            self.metrics = metrics
            self.rows = rows
        }
    }
}
