"""Regret on BBOB after 50 evaluations per dimension: Tutti's samplers beside Optuna's Gaussian process and TPE, SMAC3 and cmaes.

    bbob.py [SEEDS] [DIMENSIONS, as 2,5,10] [METHODS, as tutti-gp,optuna-gp,…] [FUNCTIONS, as 1,8,10]

Regret is the best value less the function's optimum; its decimal logarithm is averaged over functions and seeds (instances). Every run is
kept, so that the benchmark can be interrupted. The peers' model-based methods take minutes a run: hours for all of them.
"""

import math
import os
import sys
import tempfile

import cmaes
import cocoex
import numpy
import optuna
from results import Results, package_version, tutti_version
from tutti import Tutti, known, mean_and_error, table

EVALUATIONS_PER_DIMENSION = 50
# Separable, ill-conditioned, multimodal with structure and without: two of each of the suite's five groups.
FUNCTIONS = [1, 3, 6, 8, 10, 12, 15, 17, 20, 21]
SMALLEST = 1e-8
# The suite has instances without end; settings were chosen on the first ones.
FIRST_SEED = 100


def tutti(sampler):
    def run(function, dimension, budget, seed):
        parameters = [{"name": f"x{index}", "type": "float", "low": -5, "high": 5} for index in range(dimension)]
        study = Tutti(parameters, sampler=sampler, seed=seed)
        for _ in range(budget):
            answer = study.ask()
            study.tell(answer, [function([answer["params"][f"x{index}"] for index in range(dimension)])])
        study.close()

    return run


def optuna_with(make):
    def run(function, dimension, budget, seed):
        study = optuna.create_study(sampler=make(seed))
        study.optimize(lambda trial: function([trial.suggest_float(f"x{index}", -5, 5) for index in range(dimension)]), n_trials=budget)

    return run


def cma_es(function, dimension, budget, seed):
    bounds = numpy.tile([0.0, 1.0], (dimension, 1))
    optimizer = cmaes.CMA(mean=numpy.full(dimension, 0.5), sigma=1 / 6, bounds=bounds, seed=seed)
    left = budget
    while left > 0:
        told = []
        for _ in range(optimizer.population_size):
            if left > 0:
                point = optimizer.ask()
                told.append((point, function(point * 10 - 5)))
                left -= 1
        if len(told) == optimizer.population_size:
            optimizer.tell(told)
        if optimizer.should_stop():
            optimizer = cmaes.CMA(mean=numpy.full(dimension, 0.5), sigma=1 / 6, bounds=bounds, seed=seed + left)


def smac(function, dimension, budget, seed):
    import ConfigSpace
    from smac import BlackBoxFacade, Scenario

    space = ConfigSpace.ConfigurationSpace(seed=seed)
    space.add([ConfigSpace.Float(f"x{index}", (-5.0, 5.0)) for index in range(dimension)])
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(space, n_trials=budget, deterministic=True, output_directory=folder, seed=seed)
        target = lambda configuration, seed=0: function([configuration[f"x{index}"] for index in range(dimension)])
        BlackBoxFacade(scenario, target, overwrite=True, logging_level=50).optimize()


METHODS = {
    "tutti-gp": tutti("gp"),
    "optuna-gp": optuna_with(lambda seed: optuna.samplers.GPSampler(seed=seed, deterministic_objective=True)),
    "smac-gp": smac,
    "tutti-cma-es": tutti("cma-es"),
    "cmaes": cma_es,
    "tutti-forest": tutti("forest"),
    "tutti-tpe": tutti("tpe"),
    "optuna-tpe": optuna_with(lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True)),
    "tutti-random": tutti("random"),
}


def version(method):
    maker = method.split("-")[0]
    return tutti_version() if maker == "tutti" else package_version(maker)


def regret(run, index, dimension, seed):
    problem = cocoex.BareProblem("bbob", index, dimension, seed + 1)
    best = math.inf

    def function(point):
        nonlocal best
        value = float(problem(numpy.asarray(point, dtype=float)))
        best = min(best, value)
        return value

    run(function, dimension, EVALUATIONS_PER_DIMENSION * dimension, seed)
    return math.log10(max(best - problem.best_value(), SMALLEST))


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    dimensions = [int(part) for part in (sys.argv[2] if len(sys.argv) > 2 else "2,5,10").split(",")]
    names = known(sys.argv[3].split(","), METHODS) if len(sys.argv) > 3 else list(METHODS)
    functions = [int(part) for part in sys.argv[4].split(",")] if len(sys.argv) > 4 else FUNCTIONS
    results = Results("bbob")
    cells = {name: [] for name in names}
    for dimension in dimensions:
        for name in names:
            by_seed = []
            for seed in range(FIRST_SEED, FIRST_SEED + seeds):
                found = [
                    results.find(
                        lambda index=index: regret(METHODS[name], index, dimension, seed), method=name, version=version(name), function=index, dimension=dimension,
                        seed=seed, evaluations=EVALUATIONS_PER_DIMENSION * dimension)
                    for index in functions
                ]
                by_seed.append(sum(found) / len(found))
            cells[name].append("{:.2f} ± {:.2f}".format(*mean_and_error(by_seed)))
            print(f"  {name}, {dimension} dimensions: {cells[name][-1]}", file=sys.stderr, flush=True)
    table(
        f"BBOB, {len(functions)} functions, {seeds} instances, {EVALUATIONS_PER_DIMENSION} evaluations per dimension: mean of log10(regret)",
        ["method", *(f"{dimension} dimensions" for dimension in dimensions)], [[name, *cells[name]] for name in names],
    )


if __name__ == "__main__":
    main()
