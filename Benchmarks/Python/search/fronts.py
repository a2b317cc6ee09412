"""Hypervolume of the fronts found on ZDT, DTLZ, WFG and the bi-objective BBOB: Tutti's samplers beside pymoo's NSGA-II and Optuna's MOTPE.

    fronts.py [SEEDS] [TABLES, as few,some,many] [METHODS, as tutti-nsga2,pymoo-nsga2,…] [PROBLEMS, as zdt1,biobj20,…]

Objectives are scaled by the ideal and the nadir point of the true front, and the reference point is 10 % beyond the nadir. Hypervolume is a
share of the true front's. Of bbob-biobj no front is known: ideal and nadir come from the suite (the optimum of each function, and its value at
that of the other), and the share is of the union of all points that the table's methods found on that instance. Every run is kept, so that the
benchmark can be interrupted. The dearest runs are those of Optuna's MOTPE, whose time grows with the square of the evaluations: 500, not 1,000.
"""

import re
import sys

import cocoex
import numpy
import optuna
from pymoo.algorithms.moo.nsga2 import NSGA2
from pymoo.core.problem import Problem
from pymoo.indicators.hv import HV
from pymoo.optimize import minimize
from pymoo.problems import get_problem
from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting
from results import Results, package_version, tutti_version
from tutti import Tutti, known, mean_and_error, table

FIRST_SEED = 1000
POPULATION = 100
# With few evaluations six variables; as usual thirty (ZDT), ten (DTLZ) and twelve (WFG) with many.
TABLES = {
    "few": (
        100, {"zdt1": 6, "zdt2": 6, "zdt3": 6, "wfg4": 6, "biobj1": 5, "biobj20": 5},
        ["tutti-ehvi", "tutti-parego", "tutti-tpe", "optuna-tpe", "pymoo-nsga2", "tutti-random"],
    ),
    "some": (500, {"zdt1": 6, "zdt2": 6, "zdt3": 6, "wfg4": 6}, ["tutti-auto", "tutti-tpe", "tutti-nsga2", "tutti-sms-emoa", "optuna-tpe", "pymoo-nsga2"]),
    "many": (
        5000,
        {"zdt1": 30, "zdt2": 30, "zdt3": 30, "dtlz2": 10, "wfg1": 12, "wfg2": 12, "wfg4": 12, "wfg9": 12, "biobj1": 5, "biobj20": 5, "biobj35": 5},
        ["tutti-nsga2", "tutti-sms-emoa", "pymoo-nsga2"],
    ),
}
# Instances 1 to 5 are those that settings were chosen on.
FIRST_INSTANCE, INSTANCES = 6, 10
SUITES = {}


class Case:
    """A problem on the unit cube."""

    def __init__(self, name, variables, seed):
        self.variables = variables
        self.front = None
        if name.startswith("biobj"):
            function = int(name.removeprefix("biobj"))
            instance = FIRST_INSTANCE + (seed - FIRST_SEED) % INSTANCES
            if variables not in SUITES:
                SUITES[variables] = cocoex.Suite("bbob-biobj", "", f"dimensions: {variables} instance_indices: 1-15")
            problem = SUITES[variables].get_problem_by_function_dimension_instance(function, variables, instance)
            parts = re.findall(r"bbob_f(\d+)_i(\d+)_d(\d+)", problem.name)
            self.objectives = 2
            self.low = numpy.array([cocoex.BareProblem("bbob", int(part), int(size), int(number)).best_value() for part, number, size in parts])
            self.high = numpy.array(problem.largest_fvalues_of_interest)
            # The region that the optima lie in.
            self.evaluate = lambda point: [float(value) for value in problem(numpy.asarray(point) * 10 - 5)]
            return
        problem = get_problem(name, n_var=variables, **({"n_obj": 2} if name.startswith("wfg") else {}))
        low, high = numpy.array(problem.xl, float), numpy.array(problem.xu, float)
        self.objectives = problem.n_obj
        self.evaluate = lambda point: problem.evaluate(low + numpy.asarray(point) * (high - low)).tolist()
        front = problem.pareto_front()
        self.low, self.high = front.min(axis=0), front.max(axis=0)
        self.front = self.scaled(front)

    def scaled(self, values):
        return (numpy.array(values) - self.low) / (self.high - self.low)

    def useful(self, values):
        """The scaled values that count: the front of those below the reference point."""
        points = self.scaled(values)
        points = points[(points < 1.1).all(axis=1)]
        return points[NonDominatedSorting().do(points, only_non_dominated_front=True)] if len(points) else points


def tutti(sampler):
    def run(case, budget, seed):
        names = [f"x{index}" for index in range(case.variables)]
        study = Tutti([{"name": name, "type": "float", "low": 0, "high": 1} for name in names], sampler=sampler, seed=seed, objectives=case.objectives)
        values = []
        for _ in range(budget):
            answer = study.ask()
            values.append(case.evaluate([answer["params"][name] for name in names]))
            study.tell(answer, values[-1])
        study.close()
        return values

    return run


def optuna_with(make):
    def run(case, budget, seed):
        study = optuna.create_study(directions=["minimize"] * case.objectives, sampler=make(seed))
        values = []

        def objective(trial):
            values.append(case.evaluate([trial.suggest_float(f"x{index}", 0, 1) for index in range(case.variables)]))
            return values[-1]

        study.optimize(objective, n_trials=budget)
        return values

    return run


def pymoo_nsga2(case, budget, seed):
    values = []

    class Recorded(Problem):
        def __init__(self):
            super().__init__(n_var=case.variables, n_obj=case.objectives, xl=0.0, xu=1.0)

        def _evaluate(self, points, out, *arguments, **options):
            found = [case.evaluate(point) for point in points]
            values.extend(found)
            out["F"] = numpy.array(found)

    minimize(Recorded(), NSGA2(pop_size=min(POPULATION, max(budget // 5, 4))), ("n_eval", budget), seed=seed)
    return values[:budget]


METHODS = {
    "tutti-auto": tutti("auto"), "tutti-ehvi": tutti("ehvi"), "tutti-parego": tutti("parego"), "tutti-tpe": tutti("tpe"), "tutti-random": tutti("random"),
    "tutti-nsga2": tutti("nsga2"), "tutti-nsga3": tutti("nsga3"), "tutti-sms-emoa": tutti("sms-emoa"), "pymoo-nsga2": pymoo_nsga2,
    "optuna-tpe": optuna_with(lambda seed: optuna.samplers.TPESampler(seed=seed)),
    "optuna-nsga2": optuna_with(lambda seed: optuna.samplers.NSGAIISampler(population_size=POPULATION, seed=seed)),
}


def version(method):
    maker = method.split("-")[0]
    return tutti_version() if maker == "tutti" else package_version(maker)


def volume(points, objectives):
    return float(HV(ref_point=numpy.full(objectives, 1.1))(numpy.array(points))) if len(points) else 0.0


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    titles = known(sys.argv[2].split(","), TABLES) if len(sys.argv) > 2 else list(TABLES)
    chosen = known(sys.argv[3].split(","), METHODS) if len(sys.argv) > 3 else None
    only = sys.argv[4].split(",") if len(sys.argv) > 4 else None
    results = Results("fronts")
    for title in titles:
        budget, problems, methods = TABLES[title]
        problems = {name: size for name, size in problems.items() if only is None or name in only}
        methods = [method for method in methods if chosen is None or method in chosen]
        cells = {method: [] for method in methods}
        for name, variables in problems.items():
            shares = {method: [] for method in methods}
            for seed in range(FIRST_SEED, FIRST_SEED + seeds):
                case = Case(name, variables, seed)
                found = {
                    method: results.find(
                        lambda method=method: case.useful(METHODS[method](case, budget, seed)).tolist(), method=method, version=version(method),
                        problem=name, variables=variables, evaluations=budget, seed=seed)
                    for method in methods
                }
                best = case.front if case.front is not None else [point for points in found.values() for point in points]
                whole = volume(best, case.objectives)
                for method, points in found.items():
                    shares[method].append(volume(points, case.objectives) / whole if whole > 0 else 0.0)
            for method in methods:
                cells[method].append("{:.3f} ± {:.3f}".format(*mean_and_error(shares[method])))
            print(f"  {title}, {name}: {({method: cells[method][-1] for method in methods})}", file=sys.stderr, flush=True)
        table(
            f"Share of the hypervolume after {budget} evaluations, {seeds} seeds", ["method", *problems],
            [[method, *cells[method]] for method in methods])


if __name__ == "__main__":
    main()
