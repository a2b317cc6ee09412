"""Works on a study with Optuna in any of the stores that both know, and prints what it finds as JSON.

    python check_stores.py write ADDRESS STUDY         Optuna makes the study and twenty trials, of every state
    python check_stores.py read ADDRESS STUDY          lists the trials
    python check_stores.py go-on ADDRESS STUDY N       Optuna runs N more trials, with the parameters that the trials show
    python check_stores.py dashboard ADDRESS STUDY     starts optuna-dashboard on the loopback address and lists what it shows

ADDRESS is as Tutti writes it: sqlite:PATH, journal:PATH or postgresql://…. Needs: pip install optuna psycopg2-binary
optuna-dashboard (tested with optuna 5.0.0 and optuna-dashboard 0.21).
"""

import argparse
import json
import math
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import optuna
from optuna.storages import JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend


def url(address: str) -> str:
    if address.startswith("sqlite:"):
        return "sqlite:///" + address.removeprefix("sqlite:")
    return address.replace("postgresql://", "postgresql+psycopg2://", 1)


def storage(address: str):
    if address.startswith("journal:"):
        return JournalStorage(JournalFileBackend(address.removeprefix("journal:")))
    return RDBStorage(url(address), heartbeat_interval=None)


def plain(value):
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def listed(study: optuna.Study) -> dict:
    return {
        "directions": [d.name.lower() for d in study.directions],
        "trials": [
            {
                "number": t.number,
                "state": t.state.name,
                "values": [plain(v) for v in t.values] if t.values else [],
                "curve": {str(k): plain(v) for k, v in t.intermediate_values.items()},
                "parameters": {k: str(v) for k, v in t.params.items()},
                "user": t.user_attrs,
            }
            for t in study.get_trials(deepcopy=False)
        ],
    }


def write(address: str, name: str) -> dict:
    study = optuna.create_study(storage=storage(address), study_name=name, direction="maximize")
    study.set_user_attr("by", "optuna")

    def objective(trial: optuna.Trial) -> float:
        x = trial.suggest_float("x", 1e-3, 1.0, log=True)
        n = trial.suggest_int("n", 1, 9, step=2)
        m = trial.suggest_int("m", 1, 1000, log=True)
        f = trial.suggest_float("f", 0, 1, step=0.25)
        c = trial.suggest_categorical("c", ["a", "b", 3, True])
        trial.report(x, 1)
        trial.report(float("nan"), 2)
        trial.set_user_attr("note", {"text": "naïve", "list": [1, 2]})
        if trial.number % 6 == 1:
            raise optuna.TrialPruned()
        if trial.number % 6 == 2:
            raise ValueError("on purpose")
        if trial.number == 3:
            return float("inf")
        return x + n + f + m / 1000 + (c == "a")

    study.enqueue_trial({"x": 0.5, "n": 3, "m": 20, "f": 0.25, "c": "b"})
    study.optimize(objective, n_trials=18, catch=ValueError)
    running = study.ask()
    running.suggest_float("x", 1e-3, 1.0, log=True)
    study.enqueue_trial({"x": 0.25})
    return listed(study)


def go_on(address: str, name: str, count: int) -> dict:
    study = optuna.load_study(storage=storage(address), study_name=name)
    distributions: dict = {}
    for trial in study.get_trials(deepcopy=False):
        distributions.update(trial.distributions)

    def objective(trial: optuna.Trial) -> float:
        total = 0.0
        for key, distribution in distributions.items():
            value = trial._suggest(key, distribution)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                total += value
        trial.set_user_attr("by", "optuna")
        return total

    study.optimize(objective, n_trials=count)
    return listed(study)


def dashboard(address: str, name: str) -> dict:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    target = address.removeprefix("journal:") if address.startswith("journal:") else url(address)
    command = [str(Path(sys.executable).parent / "optuna-dashboard"), target, "--host", "127.0.0.1", "--port", str(port), "--quiet"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def get(path: str):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return json.loads(answer.read())

    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                studies = get("/api/studies")["study_summaries"]
                break
            except OSError:
                if time.monotonic() > deadline or server.poll() is not None:
                    raise
                time.sleep(0.2)
        found = next(s for s in studies if s["study_name"] == name)
        detail = get(f"/api/studies/{found['study_id']}?after=0")
        return {
            "studies": [s["study_name"] for s in studies],
            "directions": detail["directions"],
            "states": [t["state"] for t in detail["trials"]],
            "values": [t.get("values") for t in detail["trials"]],
        }
    finally:
        # Not terminate: a parent may have blocked that signal for all its children.
        server.kill()
        server.wait()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["write", "read", "go-on", "dashboard"])
    parser.add_argument("address")
    parser.add_argument("study")
    parser.add_argument("count", type=int, nargs="?", default=5)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if arguments.what == "write":
        result = write(arguments.address, arguments.study)
    elif arguments.what == "read":
        result = listed(optuna.load_study(storage=storage(arguments.address), study_name=arguments.study))
    elif arguments.what == "go-on":
        result = go_on(arguments.address, arguments.study, arguments.count)
    else:
        result = dashboard(arguments.address, arguments.study)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
