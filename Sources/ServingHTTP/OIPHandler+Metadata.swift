import OnnxRuntime
import Serving

/// What the server says of itself and of its models.
extension OIPHandler {
    /// The status carries the truth; some clients read the body instead.
    func health(_ key: String, _ isTrue: Bool, name: String? = nil) -> OIPAnswer {
        OIPAnswer(
            status: isTrue ? 200 : 400,
            body: JSONWriter.object { writer in
                if let name { writer.member("name", name) }
                writer.member(key, isTrue)
                if !isTrue { writer.member("error", "not \(key)") }
            })
    }

    /// - Throws: where there is no such model; one that is not loaded is just not ready.
    func isReady(_ model: OIPRoute.Model) throws -> Bool {
        do {
            return try repository.ensemble(named: model.name, version: model.version).isReady
        } catch let error as ServingError where error.code == .unavailable { return false }
    }

    func serverMetadata() -> OIPAnswer {
        OIPAnswer(
            body: JSONWriter.object { writer in
                writer.member("name", name)
                writer.member("version", version)
                writer.member("extensions", Self.extensions)
            })
    }

    func modelMetadata(_ model: OIPRoute.Model) throws -> OIPAnswer {
        let metadata = try repository.ensemble(named: model.name, version: model.version).metadata()
        return OIPAnswer(
            body: JSONWriter.object { writer in
                writer.member("name", metadata.name)
                writer.member("versions", metadata.versions)
                writer.member("platform", "ensemble")
                writer.tensors("inputs", metadata.inputs)
                writer.tensors("outputs", metadata.outputs)
                writer.key("properties")
                writer.object { writer in
                    writer.member("members", metadata.members.joined(separator: ","))
                    if !metadata.membersMissing.isEmpty { writer.member("members_missing", metadata.membersMissing.joined(separator: ",")) }
                    if let classes = metadata.classes { writer.member("classes", classes.joined(separator: ",")) }
                }
            })
    }

    func config(_ model: OIPRoute.Model) throws -> OIPAnswer {
        let metadata = try repository.ensemble(named: model.name, version: model.version).metadata()
        func write(_ tensors: [TensorInfo], _ key: String, to writer: inout JSONWriter) {
            writer.key(key)
            writer.array { writer in
                for tensor in tensors {
                    writer.object { writer in
                        writer.member("name", tensor.name)
                        writer.member("data_type", tensor.datatype == .bytes ? "TYPE_STRING" : "TYPE_\(tensor.datatype.protocolName)")
                        // Rows are implied where a model has a largest batch.
                        writer.member("dims", Array(tensor.shape.dropFirst()))
                    }
                }
            }
        }
        return OIPAnswer(
            body: JSONWriter.object { writer in
                writer.member("name", metadata.name)
                writer.member("platform", "ensemble")
                writer.member("backend", "")
                writer.member("max_batch_size", metadata.maximumRows)
                write(metadata.inputs, "input", to: &writer)
                write(metadata.outputs, "output", to: &writer)
            })
    }

    func statistics(_ model: OIPRoute.Model?) throws -> OIPAnswer {
        let ensembles = try model.map { [try repository.ensemble(named: $0.name, version: $0.version)] } ?? repository.running
        return OIPAnswer(
            body: JSONWriter.object { writer in
                writer.key("model_stats")
                writer.array { writer in
                    for ensemble in ensembles { writer.statistics(of: ensemble) }
                }
            })
    }
}

extension JSONWriter {
    fileprivate mutating func tensors(_ name: String, _ tensors: [TensorInfo]) {
        key(name)
        array { writer in
            for tensor in tensors {
                writer.object { writer in
                    writer.member("name", tensor.name)
                    writer.member("datatype", tensor.datatype.protocolName)
                    writer.member("shape", tensor.shape)
                }
            }
        }
    }

    /// One entry of the statistics extension; what is known of the members stands beside it.
    fileprivate mutating func statistics(of ensemble: ServedEnsemble) {
        object { writer in
            writer.member("name", ensemble.model.name)
            writer.member("version", ServedEnsemble.version)
            writer.counts(ensemble.statistics)
            writer.key("batch_stats")
            // An ensemble has no batches of its own; its members have.
            writer.array { _ in }
            writer.key("memory_usage")
            writer.array { _ in }
            writer.member("degraded_count", ensemble.statistics.degradedCount)
            writer.latencies(ensemble.latencies)
            writer.key("members")
            writer.array { writer in
                for member in ensemble.memberStatistics {
                    writer.object { writer in
                        writer.member("name", member.id)
                        writer.key("weight")
                        writer.number(member.weight)
                        writer.member("workers", member.workerCount)
                        writer.member("queued_rows", member.queuedRows)
                        writer.counts(member.statistics)
                        writer.batches(member.statistics.batches)
                    }
                }
            }
        }
    }

    private mutating func counts(_ statistics: ServingStatistics) {
        member("last_inference", statistics.lastInferenceMs)
        member("inference_count", statistics.rowCount)
        member("execution_count", statistics.executionCount)
        key("inference_stats")
        object { writer in
            writer.duration("success", statistics.success)
            writer.duration("fail", statistics.fail)
            writer.duration("queue", statistics.queue)
            writer.duration("compute_input", statistics.computeInput)
            writer.duration("compute_infer", statistics.computeInfer)
            writer.duration("compute_output", statistics.computeOutput)
            writer.duration("cache_hit", DurationSum())
            writer.duration("cache_miss", DurationSum())
        }
    }

    private mutating func batches(_ batches: [Int: ServingStatistics.Batch]) {
        key("batch_stats")
        array { writer in
            for (size, batch) in batches.sorted(by: { $0.key < $1.key }) {
                writer.object { writer in
                    writer.member("batch_size", size)
                    writer.duration("compute_input", batch.computeInput)
                    writer.duration("compute_infer", batch.computeInfer)
                    writer.duration("compute_output", batch.computeOutput)
                }
            }
        }
    }

    private mutating func latencies(_ latencies: LatencyPercentiles) {
        key("latency_us")
        object { writer in
            writer.member("count", latencies.count)
            writer.member("p50", latencies.p50)
            writer.member("p90", latencies.p90)
            writer.member("p99", latencies.p99)
            writer.member("p999", latencies.p999)
            writer.member("max", latencies.maximum)
        }
    }

    private mutating func duration(_ name: String, _ duration: DurationSum) {
        key(name)
        object { writer in
            writer.member("count", duration.count)
            writer.member("ns", duration.ns)
        }
    }
}
