import ArgumentParser
import Foundation
import Tutti

/// The `tutti` command: parses arguments, registers what exists, calls the façade.
@main
struct MainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tutti",
        abstract: "Turns data into a served ensemble under a budget.",
        discussion: """
            Train many models within a time limit, keep all of them, choose the ensembles that give the most for what they cost,
            place their members on this machine's devices and serve them:

              tutti fit adult.csv.gz --target class --time 5m --out runs/adult
              tutti models runs/adult
              tutti evaluate runs/adult test.csv
              tutti serve runs/adult --port 8000
            """,
        version: tuttiVersion,
        subcommands: [
            DoctorCommand.self, FitCommand.self, ResumeCommand.self, ModelsCommand.self, EnsemblesCommand.self, PredictCommand.self,
            EvaluateCommand.self, PlaceCommand.self, ServeCommand.self, ReportCommand.self, OptimizeCommand.self, StudyCommand.self, SpaceCommand.self,
            ListCommand.self,
            WorkerCommand.self,
        ]
    )

    static func main() async {
        // A file that may not grow further is an error that can be told, like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error where ExitStatus.isOurs(error) {
            Console.error("error: \(error)")
            Foundation.exit(ExitStatus.of(error))
        } catch {
            exit(withError: error)
        }
    }
}
