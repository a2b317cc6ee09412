"""Runs the training benchmark and its PyTorch peer by turns and prints the table of the README.

    compare_training.py CASES.JSON ROUNDS TURNS -- TUTTI… -- PYTORCH…

Each round starts two new processes with one thread each; then they train by short turns, one works while the other waits, and who goes
first alternates. So a machine that is busy for a while slows both sides. Speeds are samples per second by the clock; the ratio of
processor times stands beside theirs. A ratio is taken of two neighbouring turns; a round's is the median of its turns', a case's the
median of its rounds'. Exit status 1 when one by the clock is below the limit.
"""

import json
import statistics
import subprocess
import sys

RATIO_LIMIT = 0.95
SIDES = ["tutti", "pytorch"]
CLOCK, PROCESSOR = MEASURES = ["perSecond", "perProcessorSecond"]


class Side:
    """A process that makes one turn per line it is sent."""

    def __init__(self, command, cases, index):
        self.command = command[0]
        self.process = subprocess.Popen([*command, cases, str(index)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.description = self.read()

    def turn(self):
        print("go", file=self.process.stdin, flush=True)
        return self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"'{self.command}' ended early, with status {self.process.wait()}")
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def play_round(commands, cases, index, name, turns):
    """What each side reports, turn by turn, and the version of libtorch."""
    sides = {side: Side(commands[side], cases, index) for side in SIDES}
    if sides["tutti"].description != sides["pytorch"].description:
        sys.exit(f"{name}: not the same is compared: {[sides[side].description for side in SIDES]}")
    reports = {side: [] for side in SIDES}
    for number in range(turns):
        for side in SIDES if number % 2 == 0 else SIDES[::-1]:
            reports[side].append(sides[side].turn())
    for side in SIDES:
        sides[side].end()
    return reports, sides["tutti"].description["torch"]


def compare(commands, cases, index, name, rounds, turns):
    """Median speed of each side, the ratios of the rounds by each measure, and the version of libtorch."""
    speeds, ratios = {side: [] for side in SIDES}, {measure: [] for measure in MEASURES}
    for number in range(rounds):
        reports, version = play_round(commands, cases, index, name, turns)
        pairs = list(zip(reports["tutti"], reports["pytorch"]))
        for measure in MEASURES:
            ratios[measure].append(statistics.median(tutti[measure] / pytorch[measure] for tutti, pytorch in pairs))
        for side in SIDES:
            speeds[side] += [report[CLOCK] for report in reports[side]]
        print(f"  {name}, round {number + 1} of {rounds}: {ratios[CLOCK][-1]:.3f}", file=sys.stderr)
    return {side: statistics.median(speeds[side]) for side in SIDES}, ratios, version


def main():
    cases, rounds, turns, *rest = sys.argv[1:]
    split = rest.index("--", 1)
    commands = {"tutti": rest[1:split], "pytorch": rest[split + 1 :]}
    with open(cases) as file:
        names = [case["name"] for case in json.load(file)]
    rows, slow = [], []
    for index, name in enumerate(names):
        speeds, ratios, version = compare(commands, cases, index, name, int(rounds), int(turns))
        ratio = statistics.median(ratios[CLOCK])
        cells = [name, *(f"{speeds[side]:,.0f}" for side in SIDES), f"{ratio:.2f}"]
        cells += [f"{min(ratios[CLOCK]):.2f}–{max(ratios[CLOCK]):.2f}", f"{statistics.median(ratios[PROCESSOR]):.2f}"]
        rows.append(f"| {' | '.join(cells)} |")
        if ratio < RATIO_LIMIT:
            slow.append(f"{name} ({ratio:.3f})")
    print(f"| Training on 1 thread, libtorch {version} | Tutti, samples/s | PyTorch, samples/s | ratio | in {rounds} rounds | of processor time |")
    print("|---|---:|---:|---:|---:|---:|")
    print("\n".join(rows))
    if slow:
        sys.exit(f"slower than {RATIO_LIMIT} of PyTorch: " + ", ".join(slow))


if __name__ == "__main__":
    main()
