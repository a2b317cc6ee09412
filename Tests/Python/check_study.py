"""Opens a study with Optuna, prints what it finds as JSON, and can go on with it.

    python check_study.py study.db [--study NAME] [--trials] [--go-on N]

Needs: pip install optuna (tested with 5.0.0). With --trials, every trial is listed with its state, values and
parameters. With --go-on, Optuna runs N more trials on the same file, drawing each parameter from the distributions that the study's
trials show; the sum of the numeric parameters is the objective.
"""

import argparse
import json
import sqlite3
import sys
from collections import Counter

import optuna


def summary(study: optuna.Study) -> dict:
    trials = study.get_trials(deepcopy=False)
    finished = [t for t in trials if t.state == optuna.trial.TrialState.COMPLETE]
    best = [t.values for t in study.best_trials] if finished else []
    return {
        "study": study.study_name,
        "directions": [d.name.lower() for d in study.directions],
        "metric_names": study.metric_names,
        "trials": len(trials),
        "numbers_in_order": [t.number for t in trials] == list(range(len(trials))),
        "states": dict(Counter(t.state.name for t in trials)),
        "best_values": best,
        "intermediate_values": sum(len(t.intermediate_values) for t in trials),
        "parameters": sorted({name for t in trials for name in t.params}),
    }


def listed(study: optuna.Study) -> list:
    return [
        {
            "number": t.number,
            "state": t.state.name,
            "value": t.values[0] if t.values else None,
            "results": t.intermediate_values,
            "parameters": {name: str(value) for name, value in t.params.items()},
        }
        for t in study.get_trials(deepcopy=False)
    ]


def go_on(study: optuna.Study, count: int) -> None:
    distributions: dict = {}
    for trial in study.get_trials(deepcopy=False):
        distributions.update(trial.distributions)

    def objective(trial: optuna.Trial):
        total = 0.0
        for name, distribution in distributions.items():
            value = trial._suggest(name, distribution)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                total += value
        return [total] * len(study.directions) if len(study.directions) > 1 else total

    study.optimize(objective, n_trials=count)


def integrity(path: str) -> str:
    with sqlite3.connect(path) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--study")
    parser.add_argument("--trials", action="store_true")
    parser.add_argument("--go-on", type=int, default=0)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = f"sqlite:///{arguments.path}"
    name = arguments.study or optuna.get_all_study_names(storage)[0]
    study = optuna.load_study(study_name=name, storage=storage)
    result = {"optuna": optuna.__version__, "integrity": integrity(arguments.path), **summary(study)}
    if arguments.trials:
        result["list"] = listed(study)
    if arguments.go_on:
        go_on(study, arguments.go_on)
        result["after"] = summary(study)
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
