import ArgumentParser
import Foundation
import Learning
import Logging
import Placement
import Serving
import ServingHTTP
import Tutti

struct PlaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "place", abstract: "Allocate the members of an ensemble to devices.",
        discussion: """
            Worst-fit-decreasing gives every member a place, then a bounded greedy search changes one cell at a time while the measured
            throughput rises. The matrix is kept in placement.json, and `tutti serve` uses it.
            """)

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Option(help: "Ensemble to place.") var ensemble: String = "best"
    @Option(help: "YAML file with the devices; this machine's own when absent.") var devices: String?
    @Option(help: "Time for measuring.", transform: TimeSpan.init(parsing:)) var time: TimeSpan = TimeSpan(seconds: 20)
    @Flag(help: "Print a JSON document.") var json = false

    func run() async throws {
        let run = try Run(RunFolder(URL(fileURLWithPath: folder)))
        let chosen = try devices.map { try DevicesFile.read($0) } ?? DeviceCatalog.local()
        let placement = try await run.place(run.ensemble(named: ensemble), on: chosen, deadline: Deadline(inSeconds: time.seconds))
        try run.save(placement)
        if json { return try Console.json(PlacementSummary(placement)) }
        Console.out(MatrixTable.text(placement))
    }
}

/// The allocation matrix as people read it: models down, devices across, batch sizes in the cells.
enum MatrixTable {
    static func text(_ placement: Placement) -> String {
        let matrix = placement.matrix
        let rows = matrix.models.indices.map { model in
            [matrix.models[model]] + matrix.devices.indices.map { matrix.batch[$0][model] == 0 ? "–" : String(matrix.batch[$0][model]) }
        }
        var speed = ["predicted \(Console.short(placement.throughput.predicted))"]
        if let measured = placement.throughput.measured { speed.append("measured \(Console.short(measured))") }
        return Console.table(["batch size"] + matrix.devices, rows) + "\nrows/s: " + speed.joined(separator: ", ")
    }
}

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve ensembles over the Open Inference Protocol.",
        discussion: """
            REST on --port: /v2/health/ready, /v2/models/NAME, /v2/models/NAME/infer with JSON or binary tensors. SIGTERM or Ctrl-C ends
            the server after the accepted requests are answered.
            """)

    @Argument(help: ArgumentHelp("Folder of the run.", valueName: "run")) var folder: String
    @Option(help: "Ensemble, or the id of a single model; may be repeated.") var ensemble: [String] = []
    @Option(help: "Address to listen on.") var host: String = "127.0.0.1"
    @Option(help: "Port to listen on; 0 lets the system choose.") var port: Int = 8000
    @Option(help: "trace, debug, info, notice, warning, error.") var logLevel: String = "notice"

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port is \(port); it must be from 0 to 65535") }
    }

    func run() async throws {
        let level = Logger.Level(rawValue: logLevel)
        guard let level else {
            throw ValidationError("--log-level is '\(logLevel)'; choose one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var logger = Logger(label: "tutti.serve") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        let run = try Run(RunFolder(URL(fileURLWithPath: folder)))
        let names = ensemble.isEmpty ? ["best", "balanced", "fast"] : ensemble
        let repository = try run.makeRepository(serving: names)
        let server = OIPServer(repository: repository, host: host, port: port, logger: logger) { address in
            Console.out("serving \(names.joined(separator: ", ")) at http://\(address)")
        }
        try await server.runUntilSignalled()
    }
}
