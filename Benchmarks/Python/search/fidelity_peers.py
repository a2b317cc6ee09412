"""HpBandSter's BOHB and automl's DEHB behind the lines of `tutti optimize --stdio`: one study in a process of its own.

    fidelity_peers.py METHOD --space FILE --fidelity LOW..HIGH --eta ETA --seed SEED

Neither is changed. HpBandSter's master, which talks over the network, is left out: its choice of the next run is repeated here.
"""

import argparse
import json
import logging
import math
import tempfile
import warnings

import numpy


def configuration_space(path, seed):
    import ConfigSpace

    space = ConfigSpace.ConfigurationSpace(seed=seed)
    add = space.add if hasattr(space, "add") else space.add_hyperparameter
    with open(path) as file:
        for parameter in json.load(file)["parameters"]:
            if parameter["type"] == "categorical":
                add(ConfigSpace.CategoricalHyperparameter(parameter["name"], parameter["choices"]))
            elif parameter["type"] == "integer":
                add(ConfigSpace.UniformIntegerHyperparameter(parameter["name"], parameter["low"], parameter["high"]))
            else:
                add(ConfigSpace.UniformFloatHyperparameter(parameter["name"], parameter["low"], parameter["high"]))
    return space


def plain(values):
    return {name: value.item() if hasattr(value, "item") else value for name, value in values.items()}


class HpBandSter:
    def __init__(self, space, low, high, eta, seed):
        from hpbandster.core.dispatcher import Job
        from hpbandster.optimizers import BOHB
        from hpbandster.optimizers.config_generators.bohb import BOHB as Generator

        class Brackets(BOHB):
            """What BOHB sets, without a server."""

            def __init__(self):
                self.config_generator, self.eta = Generator(space), eta
                self.max_SH_iter = -int(math.log(low / high) / math.log(eta)) + 1
                self.budgets = high * numpy.power(float(eta), -numpy.linspace(self.max_SH_iter - 1, 0, self.max_SH_iter))

        numpy.random.seed(seed)
        self.job, self.brackets, self.iterations, self.runs = Job, Brackets(), [], []
        self.reached = {}

    def ask(self):
        while True:
            for iteration in self.iterations:
                run = None if iteration.is_finished else iteration.get_next_run()
                if run:
                    identifier, configuration, budget = run
                    self.runs.append(run)
                    answer = {"trial": len(self.runs) - 1, "params": plain(configuration), "fidelity": round(budget)}
                    if identifier in self.reached:
                        answer["previousFidelity"] = self.reached[identifier]
                    return answer
            self.iterations.append(self.brackets.get_next_iteration(len(self.iterations), {}))

    def tell(self, trial, value):
        identifier, configuration, budget = self.runs[trial]
        job = self.job(identifier, config=configuration, budget=budget, working_directory=".")
        job.result = {"loss": value, "info": {}}
        self.iterations[identifier[0]].register_result(job)
        self.brackets.config_generator.new_result(job)
        self.reached[identifier] = round(budget)


class AutoMLDEHB:
    def __init__(self, space, low, high, eta, seed):
        from dehb import DEHB

        self.folder = tempfile.TemporaryDirectory()
        self.dehb = DEHB(
            f=lambda configuration, fidelity: None, cs=space, dimensions=len(space.get_hyperparameters()), min_fidelity=low, max_fidelity=high, eta=eta,
            n_workers=1, seed=seed, output_path=self.folder.name, log_level="ERROR", save_freq="end",
        )
        self.jobs, self.reached = [], {}

    def ask(self):
        job = self.dehb.ask()
        self.jobs.append(job)
        answer = {"trial": len(self.jobs) - 1, "params": plain(dict(job["config"])), "fidelity": round(job["fidelity"])}
        if job["config_id"] in self.reached:
            answer["previousFidelity"] = self.reached[job["config_id"]]
        return answer

    def tell(self, trial, value):
        job = self.jobs[trial]
        self.dehb.tell(job, {"fitness": value, "cost": job["fidelity"]})
        self.reached[job["config_id"]] = round(job["fidelity"])


def main():
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser()
    parser.add_argument("method", choices=["hpbandster", "dehb"])
    for option in ["space", "fidelity"]:
        parser.add_argument(f"--{option}", required=True)
    for option in ["eta", "seed"]:
        parser.add_argument(f"--{option}", type=int, required=True)
    arguments = parser.parse_args()
    low, high = map(int, arguments.fidelity.split(".."))
    peer = {"hpbandster": HpBandSter, "dehb": AutoMLDEHB}[arguments.method](
        configuration_space(arguments.space, arguments.seed), low, high, arguments.eta, arguments.seed
    )
    while True:
        try:
            request = json.loads(input())
        except EOFError:
            break
        if "ask" in request:
            print(json.dumps(peer.ask()), flush=True)
        else:
            peer.tell(request["tell"]["trial"], request["tell"]["values"][0])
            print("{}", flush=True)


if __name__ == "__main__":
    main()
