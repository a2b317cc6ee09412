"""Runs the training benchmark and its PyTorch peer by turns and prints the table of the README.

    compare_training.py CASES.JSON ROUNDS -- TUTTI… -- PYTORCH…

Each turn is a new process with one thread; the side that goes first changes from round to round, so that neither gains by a machine
that warms up or is busy for a while. Ratios are taken within a round. Exit status 1 when a median ratio is below the limit.
"""

import json
import statistics
import subprocess
import sys

RATIO_LIMIT = 0.95


def turn(command, cases, index):
    finished = subprocess.run([*command, cases, str(index)], stdout=subprocess.PIPE, text=True)
    if finished.returncode:
        sys.exit(f"'{command[0]}' ended with status {finished.returncode} on case {index}")
    return json.loads(finished.stdout)


def check_sides_agree(name, tutti, pytorch):
    for key in ["torch", "parameters"]:
        if tutti[key] != pytorch[key]:
            sys.exit(f"{name}: the sides differ in '{key}': Tutti {tutti[key]}, PyTorch {pytorch[key]}")


def compare(cases, index, name, rounds, commands):
    speeds, ratios = {side: [] for side in commands}, []
    for number in range(rounds):
        sides = list(commands) if number % 2 == 0 else list(commands)[::-1]
        reports = {side: turn(commands[side], cases, index) for side in sides}
        check_sides_agree(name, reports["tutti"], reports["pytorch"])
        for side in sides:
            speeds[side].append(reports[side]["samplesPerSecond"])
        ratios.append(speeds["tutti"][-1] / speeds["pytorch"][-1])
        print(f"  {name}, round {number + 1} of {rounds}: {ratios[-1]:.3f}", file=sys.stderr)
    return {side: statistics.median(speeds[side]) for side in commands}, ratios, reports["tutti"]["torch"]


def main():
    cases, rounds, *rest = sys.argv[1:]
    split = rest.index("--", 1)
    commands = {"tutti": rest[1:split], "pytorch": rest[split + 1 :]}
    with open(cases) as file:
        names = [case["name"] for case in json.load(file)]
    rows, slow = [], []
    for index, name in enumerate(names):
        speeds, ratios, version = compare(cases, index, name, int(rounds), commands)
        middle = statistics.median(ratios)
        rows.append(
            f"| {name} | {speeds['tutti']:,.0f} | {speeds['pytorch']:,.0f} | {middle:.2f} ({min(ratios):.2f}–{max(ratios):.2f}) |"
        )
        if middle < RATIO_LIMIT:
            slow.append(f"{name} at {middle:.3f}")
    print(f"| training step, libtorch {version}, one thread | Tutti, samples/s | PyTorch, samples/s | ratio (range over {rounds} rounds) |")
    print("|---|---:|---:|---:|")
    print("\n".join(rows))
    if slow:
        sys.exit(f"slower than {RATIO_LIMIT} of PyTorch: " + "; ".join(slow))


if __name__ == "__main__":
    main()
