import Serving

/// The statistics of all running models as Prometheus text. Names of the Open Inference Protocol's reference server where it has one.
enum Metrics {
    static func text(_ repository: ModelRepository) -> String {
        let models = repository.running.map { Snapshot($0) }
        var text = ""
        func family(_ name: String, _ kind: String, _ help: String, _ samples: (Snapshot) -> [(labels: String, value: String)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
            for model in models {
                for sample in samples(model) { text += "\(name){\(model.labels)\(sample.labels)} \(sample.value)\n" }
            }
        }
        func counter(_ name: String, _ help: String, _ value: (Snapshot) -> UInt64) {
            family(name, "counter", help) { [("", String(value($0)))] }
        }
        func perMember(_ name: String, _ kind: String, _ help: String, _ value: (MemberStatistics) -> String) {
            family(name, kind, help) { model in model.members.map { (",member=\"\(escaped($0.id))\"", value($0)) } }
        }

        counter("nv_inference_request_success", "Requests answered") { $0.statistics.success.count }
        family("nv_inference_request_failure", "counter", "Requests not answered, by reason") { model in
            ServingStatistics.FailureReason.allCases.map { reason in
                (",reason=\"\(reason.rawValue)\"", String(model.statistics.failures[reason]?.count ?? 0))
            }
        }
        counter("nv_inference_count", "Rows answered") { $0.statistics.rowCount }
        counter("nv_inference_exec_count", "Executions of the member with most") { $0.statistics.executionCount }
        family("nv_inference_pending_request_count", "gauge", "Requests accepted and not answered") { [("", String($0.pending))] }
        counter("nv_inference_request_duration_us", "Time from arrival to answer") { $0.statistics.success.ns / 1000 }
        counter("nv_inference_queue_duration_us", "Time until the last member began") { $0.statistics.queue.ns / 1000 }
        counter("nv_inference_compute_input_duration_us", "Time of checking inputs") { $0.statistics.computeInput.ns / 1000 }
        counter("nv_inference_compute_infer_duration_us", "Time until the last member was done") { $0.statistics.computeInfer.ns / 1000 }
        counter("nv_inference_compute_output_duration_us", "Time of combining the members") { $0.statistics.computeOutput.ns / 1000 }
        counter("tutti_degraded_answers", "Answers from which members were missing") { $0.statistics.degradedCount }
        family("tutti_request_latency_us", "summary", "Time from arrival to answer") { model in
            let latencies = model.latencies
            return [("0.5", latencies.p50), ("0.9", latencies.p90), ("0.99", latencies.p99), ("0.999", latencies.p999)]
                .map { (",quantile=\"\($0)\"", String($1)) }
        }
        perMember("tutti_member_workers", "gauge", "Workers that have loaded the member") { String($0.workerCount) }
        perMember("tutti_member_queued_rows", "gauge", "Rows waiting for the member") { String($0.queuedRows) }
        perMember("tutti_member_rows", "counter", "Rows that the member has predicted") { String($0.statistics.rowCount) }
        perMember("tutti_member_executions", "counter", "Batches that the member has run") { String($0.statistics.executionCount) }
        perMember("tutti_member_failures", "counter", "Batches that failed") { String($0.statistics.fail.count) }
        perMember("tutti_member_queue_duration_us", "counter", "Time that segments waited for the member") {
            String($0.statistics.queue.ns / 1000)
        }
        perMember("tutti_member_compute_duration_us", "counter", "Time that the member's engines computed") {
            String($0.statistics.computeInfer.ns / 1000)
        }
        return text
    }

    /// All numbers of a model, read once.
    private struct Snapshot {
        let labels: String
        let statistics: ServingStatistics
        let latencies: LatencyPercentiles
        let members: [MemberStatistics]
        let pending: Int

        init(_ ensemble: ServedEnsemble) {
            labels = "model=\"\(escaped(ensemble.model.name))\",version=\"\(ServedEnsemble.version)\""
            statistics = ensemble.statistics
            latencies = ensemble.latencies
            members = ensemble.memberStatistics
            pending = ensemble.pendingCount
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result
    }
}
