"""Outcomes that are kept: a benchmark that is interrupted, or repeated with more seeds, computes only what is missing."""

import hashlib
import importlib.metadata
import json
import os

from tutti import PROGRAM, ROOT

FOLDER = os.environ.get("TUTTI_BENCHMARK_RESULTS", os.path.join(ROOT, "runs", "benchmarks"))


def tutti_version():
    """Changes whenever the program does: what an earlier build found is computed anew."""
    with open(PROGRAM, "rb") as file:
        return "tutti " + hashlib.file_digest(file, "sha256").hexdigest()[:12]


def package_version(package):
    return f"{package} {importlib.metadata.version(package)}"


class Results:
    """The outcomes of one benchmark, each under what it depends on: a JSON document on a line, in runs/benchmarks/NAME.jsonl."""

    def __init__(self, name):
        os.makedirs(FOLDER, exist_ok=True)
        self.path = os.path.join(FOLDER, f"{name}.jsonl")
        self.known = {}
        if os.path.exists(self.path):
            with open(self.path) as file:
                for line in file:
                    try:
                        entry = json.loads(line)
                        self.known[self._key(entry["of"])] = entry["is"]
                    except (ValueError, KeyError):
                        pass  # a line that was cut off when the run was killed

    @staticmethod
    def _key(of):
        return json.dumps(of, sort_keys=True)

    def find(self, compute, **of):
        """The outcome of `of` (method, version, problem, seed, budget, …: strings and numbers), computed where it is not known yet."""
        key = self._key(of)
        if key not in self.known:
            value = compute()
            with open(self.path, "a") as file:
                file.write(json.dumps({"of": of, "is": value}) + "\n")
            self.known[key] = value
        return self.known[key]
