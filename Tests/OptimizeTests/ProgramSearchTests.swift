import Foundation
import Search
import SearchSpaces
import StudyStores
import Synchronization
import Testing

@testable import Optimize

@Suite struct ProgramSearchTests {
    /// Remembers what it hears.
    private final class Ear: ProgramSearchObserver {
        let trials = Mutex<[ProgramTrial]>([])
        func ended(_ trial: ProgramTrial) { trials.withLock { $0.append(trial) } }
        func tick(_ state: ProgramSearchState) {}
        var outcomes: [ProgramTrial.Outcome] { trials.withLock { $0.map(\.outcome) } }
    }

    private func search(_ study: Study, _ script: String, _ words: String..., passing: ProgramCommand.Passing = .environment, trials: Int = 3) throws
        -> ProgramSearch
    {
        let command = try ProgramCommand(["/bin/sh", "-c", script, "sh"] + words, space: study.space, passing: passing)
        var search = ProgramSearch(study, command)
        search.trialLimit = trials
        search.graceSeconds = 0.3
        return search
    }

    @discardableResult
    private func run(_ search: ProgramSearch, _ ear: Ear = Ear(), isStopping: @escaping @Sendable () -> Bool = { false }) throws -> ProgramSearchSummary {
        try search.run(observer: ear, isStopping: isStopping)
    }

    @Test func theLastNumberIsTheResult() throws {
        let study = try Samples.study()
        let ear = Ear()
        // The parameters as flags: `--lr 0.01 --layers 3 --kind c`.
        let summary = try run(search(study, "echo start; echo 99; echo $4; echo bye", passing: .flags, trials: 6), ear)
        let trials = try study.trials()
        #expect(trials.map(\.state) == [TrialState](repeating: .complete, count: 6))
        for trial in trials { #expect(trial.values == [try trial.configuration.float("layers")]) }
        #expect(summary.runs == 6 && summary.failures == 0 && summary.cause == nil)
        #expect(ear.outcomes == [ProgramTrial.Outcome](repeating: .result, count: 6))
    }

    @Test func theEnvironmentTellsTheProgramWhereItIs() throws {
        let study = try Samples.study()
        try run(
            search(study, "echo \"{\\\"value\\\": $TUTTI_PARAM_LAYERS, \\\"constraints\\\": {\\\"t\\\": $TUTTI_TRIAL}}\"; test -n \"$TUTTI_SEED\"", trials: 2))
        let trials = try study.trials()
        #expect(trials.map(\.constraints) == [["t": 0], ["t": 1]])
        #expect(trials[0].values == [try trials[0].configuration.float("layers")])
    }

    @Test func failuresAreRecordedWithWhatTheProgramSaid() throws {
        let study = try Samples.study()
        let script = """
            case $TUTTI_TRIAL in
            0) for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i >&2; done; echo 1; exit 3;;
            1) kill -9 $$;;
            2) echo no number;;
            3) echo nan;;
            4) echo '{"state":"fail","reason":"bad luck"}';;
            5) echo '{"loss":1}';;
            6) ;;
            *) echo 1; echo warning >&2;;
            esac
            """
        try run(search(study, script, trials: 8))
        let failures = try study.trials().map { $0.failure ?? "none" }
        #expect(failures[0] == "exit status 3; the end of standard error:\n" + (3...10).map { "line \($0)" }.joined(separator: "\n"))
        #expect(failures[1].hasPrefix("killed by signal 9"))
        #expect(failures[2].contains("its last line was 'no number'"))
        #expect(failures[3].contains("NaN") && failures[4] == "bad luck" && failures[5].contains("--metric") && failures[6].contains("printed nothing"))
        #expect(try study.trials()[7].state == .complete)
    }

    @Test func aProgramThatTakesTooLongIsEnded() throws {
        let study = try Samples.study()
        // Neither it nor what it has started listens to SIGTERM.
        var search = try search(study, "trap '' TERM; sleep 100 & sleep 100; sleep 100; echo 1", trials: 1)
        search.secondsPerTrial = 0.2
        try run(search)
        #expect(try study.trials()[0].failure == "it took longer than the 0.2 s allowed and was ended")
    }

    @Test func whatAProgramLeavesRunningDoesNotHoldItUp() throws {
        let study = try Samples.study()
        // The background process keeps standard output open.
        try run(search(study, "sleep 1000 & echo 0.5", trials: 2))
        #expect(try study.trials().map(\.values) == [[0.5], [0.5]])
    }

    @Test func theSchedulerMayStopAProgram() throws {
        let store = InMemoryStore()
        let definition = StudyDefinition(name: "s", space: try Samples.space(), sampler: AlgorithmChoice("random"))
        let study = try Study.create(definition, in: store, scheduler: StopsOddTrials())
        let ear = Ear()
        let script = """
            echo '{"step": 1, "value": 0.5}'
            if [ $((TUTTI_TRIAL % 2)) = 1 ]; then sleep 100; fi
            echo '{"step": 2, "value": 0.25}'
            echo 0.125
            """
        try run(search(study, script, trials: 4), ear)
        let trials = try study.trials()
        #expect(trials.map(\.state) == [.complete, .pruned, .complete, .pruned])
        #expect(trials[0].intermediateValues == [1: 0.5, 2: 0.25, 9: 0.125] && trials[1].intermediateValues == [1: 0.5])
        #expect(ear.outcomes == [.result, .stopped, .result, .stopped])
    }

    @Test func severalProgramsRunAtOnce() throws {
        let study = try Samples.study()
        let folder = try Samples.Folder()
        // Each waits until three are there: it would never end one after the other.
        let script = "touch $1/$TUTTI_TRIAL; while [ $(ls $1 | wc -l) -lt 3 ]; do sleep 0.02; done; echo 1"
        var search = try search(study, script, folder.url.path, trials: 3)
        search.workers = 3
        search.secondsPerTrial = 20
        try run(search)
        #expect(try study.trials().map(\.state) == [.complete, .complete, .complete])
        #expect(Set(try study.trials().compactMap(\.progress.worker)).count == 3)
    }

    @Test func anInterruptedSearchGivesItsTrialsBackAndGoesOn() throws {
        let study = try Samples.study()
        let folder = try Samples.Folder()
        let script = "if [ -e $1/go ]; then echo 1; else touch $1/there; trap 'touch $1/ended; exit 1' TERM; while true; do sleep 0.02; done; fi"
        let isThere = folder.path("there")
        let first = try run(search(study, script, folder.url.path, trials: 2), isStopping: { FileManager.default.fileExists(atPath: isThere) })
        #expect(first.cause == .interrupted && first.runs == 0 && folder.has("ended"))
        #expect(try study.trials().map(\.state) == [.waiting])
        let configuration = try study.trials()[0].configuration
        try Data().write(to: folder.url.appending(path: "go"))
        try run(search(study, script, folder.url.path, trials: 2))
        let trials = try study.trials()
        #expect(trials.map(\.state) == [.complete, .complete] && trials[0].configuration == configuration && trials[0].failure == nil)
        // The time being up is the same.
        var timed = try search(study, "sleep 100", trials: 9)
        timed.limitSeconds = 0.2
        #expect(try run(timed).cause == nil)
        #expect(try study.trials().map(\.state) == [.complete, .complete, .waiting])
    }

    @Test func whatWasGivenBackIsFoundInAFile() throws {
        let folder = try Samples.Folder()
        func study() throws -> Study { try StudyPlan(space: Samples.space()).open(in: SQLiteStore(path: folder.path("s.db"))).study }
        var timed = try search(study(), "sleep 100")
        timed.limitSeconds = 0.2
        try run(timed)
        let before = try study().trials()
        #expect(before.map(\.state) == [.waiting])
        try run(search(study(), "echo 1"))
        let after = try study().trials()
        #expect(after.map(\.state) == [.complete, .complete, .complete] && after[0].configuration == before[0].configuration)
    }

    @Test func tooManyFailuresEndASearch() throws {
        let study = try Samples.study()
        let hopeless = try run(search(study, "exit 1", trials: 100))
        #expect(hopeless.cause == .failures(ProgramSearch.hopelessFailures, "exit status 1"))
        #expect(try study.trials().count == ProgramSearch.hopelessFailures)
        var limited = try search(study, "test $TUTTI_TRIAL = 10 && echo 1", trials: 100)
        limited.failureLimit = 2
        #expect(try run(limited).cause == .failures(2, "exit status 1"))
        #expect(try study.trials().count == 13)
    }

    @Test func aProgramThatCannotBeStartedEndsTheSearchAtOnce() throws {
        let study = try Samples.study()
        let command = try ProgramCommand(["/nowhere/program"], space: study.space)
        let error = #expect(throws: SearchError.self) { try run(ProgramSearch(study, command)) }
        #expect(error?.code == .badProgram && error?.message.contains("/nowhere/program") == true)
        // Nothing is wrong with the trial: it waits.
        #expect(try study.trials().last?.state == .waiting)
    }

    @Test func parametersAndResultsMayBeFiles() throws {
        let study = try Samples.study()
        let folder = try Samples.Folder()
        let script = "cp $1 $2/params-$TUTTI_TRIAL; test $1 = $TUTTI_PARAMS; test ! -e $TUTTI_RESULT && echo '{\"value\": 0.5}' > $TUTTI_RESULT; echo 99"
        let command = try ProgramCommand(
            ["/bin/sh", "-c", script, "sh", "{params}", folder.url.path], space: study.space, passing: .file, resultFile: folder.path("result.json"))
        var search = ProgramSearch(study, command)
        search.trialLimit = 2
        try run(search)
        let trials = try study.trials()
        #expect(trials.map(\.values) == [[0.5], [0.5]])
        let written = try JSONDecoder().decode(Configuration.self, from: Data(folder.text("params-1").utf8))
        #expect(written == trials[1].configuration)
        // A program that leaves no file has no result, also where an earlier one has left its own.
        let silent = try ProgramCommand(["/bin/sh", "-c", "echo 1"], space: study.space, resultFile: folder.path("result.json"))
        search.command = silent
        search.trialLimit = 3
        try run(search)
        #expect(try study.trials()[2].failure?.contains("no result in the file") == true)
    }

    @Test func aPromotedTrialFindsItsCheckpoint() throws {
        let folder = try Samples.Folder()
        let study = try Samples.study(Samples.halving)
        let script = "echo $TUTTI_FIDELITY >> $TUTTI_CHECKPOINT/log; wc -l < $TUTTI_CHECKPOINT/log"
        var search = try search(study, script, trials: 9)
        search.folders = TrialFolders(folder.url)
        // Left by a study that is no more.
        try FileManager.default.createDirectory(atPath: folder.path("trial-0/checkpoint"), withIntermediateDirectories: true)
        try Data("old\n".utf8).write(to: folder.url.appending(path: "trial-0/checkpoint/log"))
        try run(search)
        #expect(folder.text("trial-0/checkpoint/log").hasPrefix("1\n"))
        let best = try #require(try study.trials().first { $0.state == .complete })
        #expect(best.progress.results.map(\.values) == [[1], [2], [3]])
        #expect(folder.text("trial-\(best.number)/checkpoint/log") == "1\n3\n9\n")
    }

    @Test func aBredTrialBeginsWithACopyOfItsParentsCheckpoint() throws {
        let folder = try Samples.Folder()
        let definition = StudyDefinition(name: "s", space: try Samples.space(), sampler: AlgorithmChoice("random"))
        let study = try Study.create(definition, in: InMemoryStore(), scheduler: BreedsOnce())
        let script = "echo $TUTTI_TRIAL >> $TUTTI_CHECKPOINT/log; wc -l < $TUTTI_CHECKPOINT/log; test $TUTTI_TRIAL = 0 || test -d $TUTTI_PARENT_CHECKPOINT"
        var search = try search(study, script, trials: 2)
        search.folders = TrialFolders(folder.url)
        try run(search)
        #expect(folder.text("trial-1/checkpoint/log") == "0\n1\n" && folder.text("trial-0/checkpoint/log") == "0\n")
        #expect(try study.trials().map(\.values) == [[1], [2]])
    }

    @Test(arguments: [false, true]) func aBredTrialGoesOnFromTheCheckpointThatItWasChosenFor(isSynchronous: Bool) throws {
        let folder = try Samples.Folder()
        let study = try Samples.study(AlgorithmChoice("pbt", ["maximum_fidelity": 6, "population": 6, "synchronous": .boolean(isSynchronous)]))
        let script = """
            had=$(cat "$TUTTI_CHECKPOINT/had" 2>/dev/null || echo 0)
            if [ "$had" != "${TUTTI_PREVIOUS_FIDELITY:-0}" ]; then echo "began at $had, not at ${TUTTI_PREVIOUS_FIDELITY:-0}" >&2; exit 1; fi
            echo "$TUTTI_FIDELITY" > "$TUTTI_CHECKPOINT/had"; echo "$TUTTI_PARAM_LAYERS.$TUTTI_TRIAL"
            """
        var search = try search(study, script, trials: 18)
        search.folders = TrialFolders(folder.url)
        search.workers = 4
        try run(search)
        let trials = try study.trials()
        #expect(trials.compactMap(\.failure) == [])
        #expect(trials.contains { $0.progress.parent != nil && $0.progress.results.count > 1 })
        // Of a population that is done, nothing is kept that nobody will go on from.
        let first = trials.filter { $0.progress.bracket < 6 && $0.progress.attempts > 0 }
        #expect(first.count { $0.state == .complete } == 6)
        for trial in first { #expect(!folder.has("trial-\(trial.number)/checkpoint-1"), "\(trial.number)") }
    }

    @Test func theFirstCommandLinesCanBeSeenWithoutRunningAnything() throws {
        let study = try Samples.study(Samples.halving)
        let command = try ProgramCommand(["train", "--kind={kind}", "{fidelity}"], space: study.space)
        let lines = try ProgramSearch(study, command).preview(3)
        #expect(lines.count == 3 && lines.allSatisfy { ["train '--kind=a b' 1", "train --kind=c 1"].contains($0) })
        #expect(try study.trials().isEmpty)
    }
}

/// Stops trials with an odd number after their first report.
private struct StopsOddTrials: TrialScheduler {
    static let card = SchedulerCard(id: "stops", name: "", summary: "", abilities: [], source: "") { _ in StopsOddTrials() }
    var maximumFidelity: Int? { 9 }
    func decide(_ context: SchedulingContext) -> SchedulingDecision { context.mayStart ? .start(fidelity: 9) : context.idle }
    func shouldStop(_ trial: Trial, at step: Int, _ context: SchedulingContext) -> Bool { !trial.number.isMultiple(of: 2) }
}

/// One trial, then one that goes on from it.
private struct BreedsOnce: TrialScheduler {
    static let card = SchedulerCard(id: "breeds", name: "", summary: "", abilities: [], source: "") { _ in BreedsOnce() }
    var maximumFidelity: Int? { 1 }
    func decide(_ context: SchedulingContext) -> SchedulingDecision {
        guard let first = context.trials.first else { return .start(fidelity: 1) }
        guard context.trials.count == 1, first.state == .complete else { return context.idle }
        return .breed(Proposal(first.configuration), parent: 0, fidelity: 1)
    }
}
