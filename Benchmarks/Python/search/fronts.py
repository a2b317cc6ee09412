"""Hypervolume of the fronts found on ZDT and DTLZ: Tutti's samplers beside pymoo's NSGA-II and Optuna's MOTPE and NSGA-II.

    fronts.py [SEEDS]

Hypervolume is a share of the true front's, with the reference point 10 % beyond its nadir.
"""

import sys

import numpy
import optuna
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.indicators.hv import HV
from pymoo.optimize import minimize
from pymoo.problems import get_problem
from tutti import Tutti, mean_and_error, table

FIRST_SEED = 1000
FEW, MANY, POPULATION = 100, 5000, 100
# ZDT1 to 3 with six variables for few evaluations, as usual with thirty for many.
SETTINGS = [
    ("few", FEW, ["zdt1", "zdt2", "zdt3"], {"n_var": 6}, ["tutti-ehvi", "tutti-parego", "tutti-tpe", "optuna-tpe", "pymoo-nsga2", "tutti-random"]),
    ("many", MANY, ["zdt1", "zdt2", "zdt3", "dtlz2"], {}, ["tutti-nsga2", "tutti-nsga3", "tutti-sms-emoa", "optuna-nsga2", "pymoo-nsga2"]),
]


def tutti(sampler):
    def run(problem, budget, seed):
        parameters = [{"name": f"x{index}", "type": "float", "low": 0, "high": 1} for index in range(problem.n_var)]
        study = Tutti(parameters, sampler=sampler, seed=seed, objectives=problem.n_obj)
        values = []
        for _ in range(budget):
            answer = study.ask()
            values.append(problem.evaluate(numpy.array([answer["params"][f"x{index}"] for index in range(problem.n_var)])).tolist())
            study.tell(answer, values[-1])
        study.close()
        return values

    return run


def optuna_with(make):
    def run(problem, budget, seed):
        study = optuna.create_study(directions=["minimize"] * problem.n_obj, sampler=make(seed))
        values = []

        def objective(trial):
            values.append(problem.evaluate(numpy.array([trial.suggest_float(f"x{index}", 0, 1) for index in range(problem.n_var)])).tolist())
            return values[-1]

        study.optimize(objective, n_trials=budget)
        return values

    return run


def pymoo_nsga2(problem, budget, seed):
    population = min(POPULATION, max(budget // 5, 4))
    result = minimize(problem, NSGA2(pop_size=population), ("n_eval", budget), seed=seed, save_history=True)
    return [individual.F.tolist() for step in result.history for individual in step.off if individual.F is not None] + [
        individual.F.tolist() for individual in result.history[0].pop
    ]


METHODS = {
    "tutti-ehvi": tutti("ehvi"), "tutti-parego": tutti("parego"), "tutti-tpe": tutti("tpe"), "tutti-random": tutti("random"),
    "tutti-nsga2": tutti("nsga2"), "tutti-nsga3": tutti("nsga3"), "tutti-sms-emoa": tutti("sms-emoa"), "pymoo-nsga2": pymoo_nsga2,
    "optuna-tpe": optuna_with(lambda seed: optuna.samplers.TPESampler(seed=seed)),
    "optuna-nsga2": optuna_with(lambda seed: optuna.samplers.NSGAIISampler(population_size=POPULATION, seed=seed)),
}


def share(problem, values):
    front = problem.pareto_front()
    low, high = front.min(axis=0), front.max(axis=0)
    indicator = HV(ref_point=numpy.full(problem.n_obj, 1.1))
    return indicator((numpy.array(values) - low) / (high - low)) / indicator((front - low) / (high - low))


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    for title, budget, names, options, methods in SETTINGS:
        rows = []
        for method in methods:
            cells = []
            for name in names:
                problem = get_problem(name, **options)
                shares = [share(problem, METHODS[method](problem, budget, seed)) for seed in range(FIRST_SEED, FIRST_SEED + seeds)]
                cells.append("{:.4f} ± {:.4f}".format(*mean_and_error(shares)))
            rows.append([method, *cells])
            print(f"  {title}: {rows[-1]}", file=sys.stderr, flush=True)
        table(f"Share of the true front's hypervolume after {budget} evaluations, {seeds} seeds", ["method", *names], rows)


if __name__ == "__main__":
    main()
