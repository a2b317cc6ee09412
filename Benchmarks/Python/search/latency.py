"""How long one suggestion takes, and the storing of a trial: Tutti beside Optuna, Rustuna and SMAC3, in one run, one thread each.

    latency.py [TRIALS…]
"""

import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time

import optuna
import rustuna
from tutti import ROOT, table

PROGRAM = os.path.join(ROOT, "Benchmarks", ".build", "release", "SearchBenchmark")
REPEATS = 15
DESIGN = 10


def tutti(*arguments):
    return json.loads(subprocess.run([PROGRAM, *map(str, arguments)], check=True, capture_output=True, text=True).stdout)


def loss(values):
    return (
        (0 if values["c"] == "b" else 0.3)
        + sum((values[f"f{index}"] - 0.3) ** 2 for index in range(5))
        + sum((math.log10(values[f"l{index}"]) + 2) ** 2 / 10 for index in range(2))
        + sum((values[f"i{index}"] / 100 - 0.5) ** 2 for index in range(2))
    )


def suggest(trial):
    values = {f"f{index}": trial.suggest_float(f"f{index}", 0, 1) for index in range(5)}
    values |= {f"l{index}": trial.suggest_float(f"l{index}", 1e-5, 1, log=True) for index in range(2)}
    values |= {f"i{index}": trial.suggest_int(f"i{index}", 1, 100) for index in range(2)}
    return values | {"c": trial.suggest_categorical("c", ["a", "b", "c", "d"])}


def draw(generator):
    values = {f"f{index}": generator.random() for index in range(5)}
    values |= {f"l{index}": 10 ** generator.uniform(-5, 0) for index in range(2)}
    values |= {f"i{index}": generator.randint(1, 100) for index in range(2)}
    return values | {"c": generator.choice("abcd")}


def optuna_study(sampler, trials, storage=None):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=sampler, storage=storage)
    ranges = {f"f{index}": optuna.distributions.FloatDistribution(0, 1) for index in range(5)}
    ranges |= {f"l{index}": optuna.distributions.FloatDistribution(1e-5, 1, log=True) for index in range(2)}
    ranges |= {f"i{index}": optuna.distributions.IntDistribution(1, 100) for index in range(2)}
    ranges |= {"c": optuna.distributions.CategoricalDistribution(["a", "b", "c", "d"])}
    generator = random.Random(3)
    values = [draw(generator) for _ in range(trials)]
    study.add_trials([optuna.create_trial(params=one, distributions=ranges, value=loss(one)) for one in values])
    return study


def median_ask(study, repeats):
    """Milliseconds of one ask with all its suggestions, as the median of several."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        trial = study.ask()
        values = suggest(trial)
        taken.append((time.perf_counter() - start) * 1000)
        study.tell(trial, loss(values))
    return sorted(taken)[len(taken) // 2]


def mean_growing(study, trials):
    """Milliseconds per trial of a study that grows."""
    start = time.perf_counter()
    study.optimize(lambda trial: loss(suggest(trial)), n_trials=trials)
    return (time.perf_counter() - start) * 1000 / trials


def smac_ask(trials):
    """Milliseconds of the ask that trains the forest anew."""
    import ConfigSpace
    import smac
    from smac.runhistory.dataclasses import TrialInfo, TrialValue

    space = ConfigSpace.ConfigurationSpace(seed=1)
    space.add([ConfigSpace.Float(f"f{index}", (0.0, 1.0)) for index in range(5)])
    space.add([ConfigSpace.Float(f"l{index}", (1e-5, 1.0), log=True) for index in range(2)])
    space.add([ConfigSpace.Integer(f"i{index}", (1, 100)) for index in range(2)])
    space.add([ConfigSpace.Categorical("c", ["a", "b", "c", "d"])])
    with tempfile.TemporaryDirectory() as folder:
        scenario = smac.Scenario(space, n_trials=trials + 100, deterministic=True, output_directory=folder, seed=1)
        facade = smac.HyperparameterOptimizationFacade(
            scenario, lambda configuration, seed=0: 0.0, logging_level=40, overwrite=True,
            initial_design=smac.HyperparameterOptimizationFacade.get_initial_design(scenario, n_configs=DESIGN),
        )
        generator = random.Random(3)
        for _ in range(trials):
            values = draw(generator)
            configuration = ConfigSpace.Configuration(space, values=values)
            facade.tell(TrialInfo(configuration, seed=0), TrialValue(cost=loss(values), time=0.1), save=False)
        for _ in range(DESIGN):  # the initial design comes first, and costs nothing
            facade.ask()
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            info = facade.ask()
            taken.append((time.perf_counter() - start) * 1000)
            facade.tell(info, TrialValue(cost=loss(dict(info.config)), time=0.1), save=False)
        return max(taken)


def main():
    counts = [int(argument) for argument in sys.argv[1:]] or [1000, 5000, 10000]
    rows = []
    for count in counts:
        ours = tutti("ask", "tpe", count, REPEATS)["medianMs"]
        theirs = median_ask(optuna_study(optuna.samplers.TPESampler(seed=1, multivariate=True), count), 5)
        growing = tutti("grow", "tpe", count)["meanMs"]
        rust = mean_growing(rustuna.create_study(sampler=rustuna.samplers.TPESampler(seed=1)), count)
        rows.append([f"{count:,}", f"{ours:.2f}", f"{theirs:.1f}", f"{theirs / ours:.1f}", f"{growing:.2f}", f"{rust:.2f}", f"{rust / growing:.1f}"])
        print(f"  TPE at {count}: {rows[-1]}", file=sys.stderr)
    head = ["multivariate TPE, stored trials", "Tutti, ms", "Optuna, ms", "ratio", "Tutti growing to it, ms a trial", "Rustuna, ms a trial", "ratio"]
    table("One suggestion, 10 parameters", head, rows)

    ours, theirs = tutti("ask", "forest", 1000, REPEATS)["medianMs"], smac_ask(1000)
    gp = tutti("ask", "gp", 500, 5)["medianMs"]
    table(
        "One suggestion of a model", ["model", "trials", "Tutti, ms", "SMAC3, ms", "ratio"],
        [["forest", "1,000", f"{ours:.1f}", f"{theirs:.0f}", f"{theirs / ours:.0f}"], ["Gaussian process", "500", f"{gp:.0f}", "–", "–"]],
    )

    with tempfile.TemporaryDirectory() as folder:
        count, fewer = 2000, 200
        ours = tutti("store", os.path.join(folder, "tutti.db"), count)["meanMs"]
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(1), storage=f"sqlite:///{folder}/optuna.db")
        theirs = mean_growing(study, fewer)
        table(
            "Storing a trial durably in SQLite, ask and tell, random search", ["", "Tutti, ms", "Optuna, ms", "ratio"],
            [["10 parameters", f"{ours:.2f}", f"{theirs:.1f}", f"{theirs / ours:.0f}"]],
        )


if __name__ == "__main__":
    main()
