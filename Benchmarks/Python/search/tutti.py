"""Ask-and-tell over `tutti optimize --stdio`, and what the search benchmarks share."""

import json
import os
import statistics
import subprocess
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
PROGRAM = os.environ.get("TUTTI", os.path.join(ROOT, ".build", "release", "tutti"))


class Tutti:
    """One study in a process of its own."""

    def __init__(self, parameters, *, sampler, seed, objectives=1, forbidden=None, arguments=()):
        space = {"parameters": parameters, **({"forbidden": forbidden} if forbidden else {})}
        self.file = tempfile.NamedTemporaryFile("w", suffix=".json", delete=False)
        json.dump(space, self.file)
        self.file.close()
        command = [PROGRAM, "optimize", "--stdio", "--space", self.file.name, "--seed", str(seed), "--objectives", str(objectives)]
        if sampler:
            command += ["--sampler", sampler]
        self.process = subprocess.Popen([*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def request(self, message):
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"tutti ended early, with status {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise SystemExit(f"tutti: {answer['error']} (asked: {message})")
        return answer

    def ask(self):
        return self.request({"ask": {}})

    def tell(self, answer, values):
        told = {"trial": answer["trial"], "values": list(values)}
        if "fidelity" in answer:
            told["fidelity"] = answer["fidelity"]
        self.request({"tell": told})

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        os.unlink(self.file.name)


def known(names, there):
    """The names, where all of them are there; otherwise the program ends and says which are."""
    stray = [name for name in names if name not in there]
    if stray:
        raise SystemExit(f"there is no {', '.join(stray)}; choose among {', '.join(there)}")
    return names


def mean_and_error(values):
    """The mean and its standard error."""
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else float("nan")
    return statistics.mean(values), error


def table(title, head, rows):
    """Prints a table of the README."""
    print(f"\n{title}\n")
    print("| " + " | ".join(head) + " |")
    print("|---" + "|---:" * (len(head) - 1) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
