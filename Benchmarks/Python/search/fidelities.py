"""Regret of multi-fidelity methods: Tutti's schedulers and samplers beside HpBandSter, DEHB and Optuna.

    fidelities.py [SEEDS] [METHODS, as hyperband+bohb,asha+tpe,… or all] [PROBLEMS, as counting,functions,tables,digits] [WORKERS, as 1,4]

About ten minutes without the methods that are only in "all". Of these HpBandSter takes half a minute a run, and it and DEHB need old packages, so an
interpreter of their own: .runtimes/fidelity-python (or what FIDELITY_PYTHON says), a virtual environment with
hpbandster==0.7.4 dehb==0.1.2 ConfigSpace==0.6.1 numpy==1.26.4 statsmodels scipy; without it they are left out.

Cost is counted in full evaluations. On counting ones and the functions there is nothing to continue, and every job costs its fidelity; on the tables
and the digits training goes on where it stopped, and a job costs what it adds. Several workers are simulated by a clock of events: the
cost is then that of all workers until the moment, waiting included, and jobs of equal cost take times that vary by a quarter.

The incumbent is the configuration of the lowest loss at the highest fidelity seen so far; its regret is without noise, at the full fidelity.
"""

import heapq
import json
import os
import subprocess
import sys
import tempfile

import fidelity_problems
import numpy
from results import FOLDER, Results, package_version, tutti_version
from tutti import ROOT, Tutti, known, mean_and_error, table

# Settings were chosen on smaller seeds.
FIRST_SEED = 1000
PEERS = os.environ.get("FIDELITY_PYTHON", os.path.join(ROOT, ".runtimes", "fidelity-python", "bin", "python"))


def tutti(scheduler, sampler=None, *options):
    def make(problem, seed):
        arguments = ["--fidelity", f"{problem.low}..{problem.high}", "--eta", str(problem.eta), "--scheduler", scheduler, *options]
        return Tutti(problem.parameters, sampler=sampler, seed=seed, arguments=arguments)

    return make


class Peer(Tutti):
    """A program that speaks the same lines."""

    def __init__(self, method, problem, seed):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".json", delete=False)
        json.dump({"parameters": problem.parameters}, self.file)
        self.file.close()
        command = [PEERS, os.path.join(os.path.dirname(__file__), "fidelity_peers.py"), method, "--space", self.file.name]
        command += ["--fidelity", f"{problem.low}..{problem.high}", "--eta", str(problem.eta), "--seed", str(seed)]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


class OptunaHyperband:
    """HyperbandPruner with TPE: a trial that is not pruned at a rung goes straight on to the next."""

    def __init__(self, problem, seed):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        pruner = optuna.pruners.HyperbandPruner(min_resource=problem.low, max_resource=problem.high, reduction_factor=problem.eta)
        self.study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed, multivariate=True), pruner=pruner, study_name=f"seed {seed}")
        self.problem, self.trials, self.going_on, self.pruned = problem, {}, [], optuna.trial.TrialState.PRUNED
        self.rungs = [problem.high]
        while self.rungs[0] // problem.eta >= problem.low:
            self.rungs.insert(0, self.rungs[0] // problem.eta)

    def ask(self):
        if self.going_on:
            return self.going_on.pop(0)
        trial = self.study.ask()
        self.trials[trial.number] = trial
        params = {}
        for parameter in self.problem.parameters:
            name = parameter["name"]
            if parameter["type"] == "categorical":
                params[name] = trial.suggest_categorical(name, parameter["choices"])
            elif parameter["type"] == "integer":
                params[name] = trial.suggest_int(name, parameter["low"], parameter["high"])
            else:
                params[name] = trial.suggest_float(name, parameter["low"], parameter["high"])
        return {"trial": trial.number, "params": params, "fidelity": self.rungs[0]}

    def tell(self, answer, values):
        trial, fidelity = self.trials[answer["trial"]], answer["fidelity"]
        trial.report(values[0], fidelity)
        if fidelity == self.rungs[-1]:
            self.study.tell(trial, values[0])
        elif trial.should_prune():
            self.study.tell(trial, state=self.pruned)
        else:
            next_rung = self.rungs[self.rungs.index(fidelity) + 1]
            self.going_on.append({**answer, "fidelity": next_rung, "previousFidelity": fidelity})

    def close(self):
        pass


def peer(method):
    return lambda problem, seed: Peer(method, problem, seed)


FAITHFUL = ("--sampler-option", "mode=faithful")
METHODS = {
    "hyperband+bohb": tutti("hyperband", "bohb"),
    "hyperband+bohb-faithful": tutti("hyperband", "bohb", *FAITHFUL),
    "hyperband+tpe": tutti("hyperband", "tpe"),
    "hyperband+random": tutti("hyperband", "random"),
    "async+bohb": tutti("hyperband", "bohb", "--scheduler-option", "asynchronous=true"),
    "async+tpe": tutti("hyperband", "tpe", "--scheduler-option", "asynchronous=true"),
    "asha+bohb": tutti("asha", "bohb", "--scheduler-option", "delayed=true"),
    "asha+tpe": tutti("asha", "tpe"),
    "asha+forest": tutti("asha", "forest"),
    "asha+random": tutti("asha", "random"),
    "dehb": tutti("dehb"),
    "hpbandster-bohb": peer("hpbandster"),
    "automl-dehb": peer("dehb"),
    "optuna-hyperband+tpe": OptunaHyperband,
}
STANDARD = [
    "hyperband+bohb", "hyperband+bohb-faithful", "hyperband+tpe", "hyperband+random", "async+bohb", "asha+tpe", "dehb", "optuna-hyperband+tpe",
]
PEER_VERSIONS = {"hpbandster-bohb": ["hpbandster", "statsmodels"], "automl-dehb": ["DEHB"], "optuna-hyperband+tpe": ["optuna"]}


def version(name):
    if name == "optuna-hyperband+tpe":
        return package_version("optuna")
    if name in PEER_VERSIONS:
        script = "import importlib.metadata as m, sys; print(', '.join(f'{p} {m.version(p)}' for p in sys.argv[1:]))"
        return subprocess.run([PEERS, "-c", script, *PEER_VERSIONS[name]], capture_output=True, text=True, check=True).stdout.strip()
    return tutti_version()


def regrets(make, problem, workers, seed):
    """The incumbent's regret at each of the problem's costs."""
    study, generator = make(problem, seed), numpy.random.default_rng(seed)
    running, idle, sequence, clock = [], list(range(workers)), 0, 0.0
    found, best, regret = [], None, None
    while len(found) < len(problem.marks):
        while idle:
            answer = study.ask()
            if "params" not in answer:
                break
            fidelity = answer["fidelity"]
            added = fidelity - answer.get("previousFidelity", 0) if problem.continues else fidelity
            pace = 1.0 if workers == 1 else float(generator.lognormal(0, 0.25))
            value = problem.loss(answer["params"], fidelity, generator)
            heapq.heappush(running, (clock + pace * added / problem.high, sequence, idle.pop(), answer, value))
            sequence += 1
        if not running:
            raise SystemExit("nothing runs and nothing may start")
        clock, _, worker, answer, value = heapq.heappop(running)
        idle.append(worker)
        while len(found) < len(problem.marks) and clock * workers > problem.marks[len(found)] + 1e-9:
            found.append(regret)
        study.tell(answer, [value])
        key = (-answer["fidelity"], value)
        if best is None or key < best:
            best, regret = key, problem.regret(answer["params"])
    study.close()
    return found


def problems(families):
    made = {
        "counting": lambda: [fidelity_problems.CountingOnes(4), fidelity_problems.CountingOnes(8)],
        "functions": fidelity_problems.functions,
        "tables": fidelity_problems.repetitions,
        "digits": lambda: [fidelity_problems.Digits(FOLDER)],
    }
    return [problem for family in families for problem in made[family]()]


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    names = sys.argv[2].split(",") if len(sys.argv) > 2 else STANDARD
    names = list(METHODS) if names == ["all"] else known(names, METHODS)
    families = sys.argv[3].split(",") if len(sys.argv) > 3 else ["counting", "functions", "tables", "digits"]
    crowds = [int(part) for part in (sys.argv[4] if len(sys.argv) > 4 else "1,4").split(",")]
    if not os.path.exists(PEERS):
        missing = [name for name in names if name in ("hpbandster-bohb", "automl-dehb")]
        names = [name for name in names if name not in missing]
        if missing:
            print(f"left out, since there is no {PEERS}: {', '.join(missing)}", file=sys.stderr)
    results, versions = Results("fidelities"), {name: version(name) for name in names}
    for workers in crowds:
        ranks = {name: [] for name in names}
        for problem in problems(families):
            rows, means = [], []
            for name in names:
                runs = [
                    results.find(
                        lambda: regrets(METHODS[name], problem, workers, seed),
                        method=name, version=versions[name], problem=problem.name, marks=str(problem.marks), workers=workers, seed=seed,
                    )
                    for seed in range(FIRST_SEED, FIRST_SEED + seeds)
                ]
                columns = list(zip(*runs))
                cells = ["{:.4f} ± {:.4f}".format(*mean_and_error(column)) for column in columns]
                rows.append([name, *cells, f"{numpy.median(columns[-1]):.4f}"])
                means.append([float(numpy.mean(column)) for column in columns])
                print(f"  {problem.name}, {workers} workers: {name} {cells[-1]}", file=sys.stderr, flush=True)
            for mark in range(1, len(problem.marks)):
                for name, place in zip(names, numpy.argsort(numpy.argsort([mean[mark] for mean in means]))):
                    ranks[name].append(int(place) + 1)
            table(
                f"{problem.name}, {workers} worker{'s' if workers > 1 else ''}, {seeds} seeds: mean {problem.scale}",
                ["after full evaluations", *map(str, problem.marks), f"median at {problem.marks[-1]}"], rows,
            )
        places = sorted((float(numpy.mean(ranks[name])), name) for name in names)
        table(
            f"{workers} worker{'s' if workers > 1 else ''}: mean place at the last two costs", ["method", "place"],
            [[name, f"{place:.1f}"] for place, name in places],
        )


if __name__ == "__main__":
    main()
