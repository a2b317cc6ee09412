"""Many worker processes on one study: Tutti's stores beside Optuna's.

    parallel.py [TRIALS]

Three tables: workers that are killed at random while 16 of them run TRIALS trials (10,000 when absent), with every promise of the store
checked in the database itself; how fast trials go that do nothing; and how well trials of 20 ms are spread over the workers. Times are
from the start of the first trial to the end of the last, as the database has them. Samplers are random: the store is what is measured.

Needs the program StudyStressWorker beside tutti (`swift build -c release --product StudyStressWorker`), PostgreSQL's server programs, and
psycopg2. Exits with 1 when a promise is broken.
"""

import collections
import contextlib
import datetime
import json
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

import results
from tutti import PROGRAM, Tutti, table

WORKER = os.environ.get("TUTTI_STRESS_WORKER", os.path.join(os.path.dirname(PROGRAM), "StudyStressWorker"))
WORKERS = [1, 2, 4, 8, 16]
SLEEP_MS = 20
# Trials of one cell of the tables.
TRIALS = {"tutti": 1000, "optuna": 200}
# So many workers are killed, spread over this part of the way: the lost trials are then tried again among the others.
KILLS = 50
KILL_SHARE = 0.9
LEASE_MS = 5000
SPACE = [
    {"name": "x", "type": "float", "low": 0, "high": 1},
    {"name": "rate", "type": "float", "low": 1e-4, "high": 1, "log": True},
    {"name": "layers", "type": "integer", "low": 1, "high": 9},
    {"name": "kind", "type": "categorical", "choices": ["a", "b", "c"]},
]


class PostgreSQL:
    """A server of our own, on the loopback address, with its standard settings: what is committed is on disk."""

    def __init__(self, folder):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin")) or [pathlib.Path(shutil.which("initdb") or "/usr/bin/initdb").parent]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = os.path.join(folder, "postgresql")
        os.mkdir(self.folder)
        self.user = []
        if os.getuid() == 0:
            # The server refuses to run as root.
            account = pwd.getpwnam("postgres")
            os.chmod(folder, 0o755)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.user = ["setpriv", f"--reuid={account.pw_uid}", "--clear-groups"]
        data = os.path.join(self.folder, "data")
        self.run([str(found[-1] / "initdb"), "-D", data, "-U", "tutti", "-A", "trust", "-E", "UTF8", "--locale=C"])
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=100"
        self.control = [str(found[-1] / "pg_ctl"), "-D", data, "-w", "-l", os.path.join(self.folder, "log")]
        self.run([*self.control, "-o", options, "start"])

    def run(self, command):
        subprocess.run([*self.user, *command], check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def stop(self):
        self.run([*self.control, "-m", "fast", "stop"])

    def address(self):
        import psycopg2

        name = "t" + uuid.uuid4().hex
        connection = psycopg2.connect(f"postgresql://tutti@127.0.0.1:{self.port}/postgres")
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
        connection.close()
        return f"postgresql://tutti@127.0.0.1:{self.port}/{name}"


class Database:
    """Optuna's tables, read with plain SQL."""

    def __init__(self, address):
        if address.startswith("sqlite:"):
            self.connection = sqlite3.connect(address.removeprefix("sqlite:"), timeout=60)
        else:
            import psycopg2

            self.connection = psycopg2.connect(address)

    def rows(self, sql):
        cursor = self.connection.cursor()
        cursor.execute(sql)
        rows = cursor.fetchall()
        self.connection.commit()
        return rows

    def count(self):
        return self.rows("SELECT COUNT(*) FROM trials")[0][0]

    def seconds(self):
        """From the first start to the last end."""

        def moment(value):
            return value if isinstance(value, datetime.datetime) else datetime.datetime.fromisoformat(value)

        start, end = self.rows("SELECT MIN(datetime_start), MAX(datetime_complete) FROM trials")[0]
        return (moment(end) - moment(start)).total_seconds()


class Workers:
    """Tutti's worker processes on one study, each with its output in a file."""

    def __init__(self, address, folder, trials, job_ms):
        # Makes the study.
        Tutti(SPACE, sampler="random", seed=1, arguments=("--store", address, "--name", "s")).close()
        self.command = [WORKER, address, "s"]
        self.arguments = [str(trials), str(LEASE_MS), str(job_ms * 1000)]
        self.folder = folder
        self.processes, self.files = [], []

    def start(self):
        name = f"worker-{len(self.processes)}"
        self.files.append(os.path.join(self.folder, f"{uuid.uuid4().hex}.out"))
        with open(self.files[-1], "w") as output:
            self.processes.append(subprocess.Popen([*self.command, name, *self.arguments], stdin=subprocess.DEVNULL, stdout=output))

    def running(self):
        return [process for process in self.processes if process.poll() is None]

    def lines(self):
        lines = []
        for file in self.files:
            with open(file) as output:
                lines += [line.split() for line in output]
        return lines


def tutti(address, folder, trials, workers, job_ms):
    """Seconds for so many trials."""
    group = Workers(address, folder, trials, job_ms)
    for _ in range(workers):
        group.start()
    for process in group.processes:
        process.wait()
    check(Database(address), group.lines(), trials, kills=0)
    return Database(address).seconds()


def killed(address, folder, trials, workers):
    """Ends a worker at random again and again, as a crash does, and starts another."""
    group = Workers(address, folder, trials, 0)
    database = Database(address)
    chance = random.Random(1)
    for _ in range(workers):
        group.start()
    kills = 0
    for kill in range(KILLS):
        mark = trials * KILL_SHARE * (kill + 1) / KILLS
        while database.count() < mark and group.running():
            time.sleep(0.02)
        # In the middle of whatever it does.
        time.sleep(chance.uniform(0, 0.05))
        victims = group.running()
        if victims:
            chance.choice(victims).send_signal(signal.SIGKILL)
            kills += 1
            group.start()
    for process in group.processes:
        process.wait()
    facts = check(database, group.lines(), trials, kills)
    return {"seconds": database.seconds(), "kills": kills, **facts}


def check(database, lines, trials, kills):
    """What a store promises, from the tables and from what the workers said."""
    broken = []

    def promise(holds, text):
        if not holds:
            broken.append(text)

    rows = database.rows("SELECT number, state, trial_id FROM trials ORDER BY number")
    promise([row[0] for row in rows] == list(range(trials)), "every number is used once")
    promise(all(row[1] == "COMPLETE" for row in rows), f"no trial is lost: {collections.Counter(row[1] for row in rows)}")
    values = collections.defaultdict(list)
    for trial, value in database.rows("SELECT trial_id, value FROM trial_values"):
        values[trial].append(value)
    given = dict(database.rows("SELECT trial_id, param_value FROM trial_params WHERE param_name = 'x'"))
    promise(all(values[row[2]] == [given[row[2]]] for row in rows), "every trial has one value, its own")
    attempts = {trial: json.loads(text)["attempts"] for trial, text in database.rows("SELECT trial_id, value_json FROM trial_system_attributes WHERE key = 'tutti:progress'")}
    retried = sum(attempts.values()) - trials
    said = collections.Counter((line[0], *line[1:]) for line in lines if line)
    promise(all(count == 1 for line, count in said.items() if line[0] in ("begun", "told")), "no job is handed out or handed in twice")
    told = collections.Counter(line[1] for line in lines if line and line[0] == "told")
    promise(all(count == 1 for count in told.values()), "no trial is handed in twice")
    promise(trials - kills <= len(told) <= trials, f"all but what the killed had no time to say was handed in: {len(told)}")
    promise(retried <= kills, f"{kills} killed workers cost {retried} trials")
    promise(not any(line and line[0] == "error:" for line in lines), f"no worker meets an error: {[line for line in lines if line and line[0] == 'error:'][:2]}")
    if broken:
        raise SystemExit("broken promises: " + "; ".join(broken))
    return {"retried": retried, "late": sum(1 for line in lines if line and line[0] == "late")}


def optuna(address, folder, trials, workers, job_ms):
    """Seconds for so many trials of Optuna's workers, which begin together."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    optuna.create_study(storage=optuna_storage(address), study_name="s")
    signs = tempfile.mkdtemp(dir=folder)
    shares = [trials // workers + (index < trials % workers) for index in range(workers)]
    command = [sys.executable, os.path.abspath(__file__), "--optuna", address, signs]
    processes = [subprocess.Popen([*command, str(share), str(job_ms)], stdin=subprocess.DEVNULL) for share in shares]
    while len(os.listdir(signs)) < workers and all(process.poll() is None for process in processes):
        time.sleep(0.05)
    pathlib.Path(signs, "go").touch()
    statuses = [process.wait() for process in processes]
    if any(statuses):
        raise SystemExit(f"workers of Optuna failed: {statuses}")
    return Database(address).seconds()


def optuna_storage(address):
    from optuna.storages import RDBStorage

    if address.startswith("sqlite:"):
        return RDBStorage("sqlite:///" + address.removeprefix("sqlite:"), engine_kwargs={"connect_args": {"timeout": 300}})
    return RDBStorage(address.replace("postgresql://", "postgresql+psycopg2://", 1))


def optuna_worker(address, signs, trials, job_ms):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.load_study(storage=optuna_storage(address), study_name="s", sampler=optuna.samplers.RandomSampler())
    pathlib.Path(signs, str(os.getpid())).touch()
    while not os.path.exists(os.path.join(signs, "go")):
        time.sleep(0.01)
    for _ in range(trials):
        trial = study.ask()
        x = trial.suggest_float("x", 0, 1)
        trial.suggest_float("rate", 1e-4, 1, log=True)
        trial.suggest_int("layers", 1, 9)
        trial.suggest_categorical("kind", ["a", "b", "c"])
        time.sleep(job_ms / 1000)
        study.tell(trial, x)


def main():
    if sys.argv[1:2] == ["--optuna"]:
        return optuna_worker(sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]))
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    known = results.Results("parallel")
    versions = {"tutti": results.tutti_version(), "optuna": results.package_version("optuna")}
    # The server must not outlive us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = PostgreSQL(folder)
        stack.callback(server.stop)
        places = {"SQLite": lambda: "sqlite:" + os.path.join(folder, uuid.uuid4().hex + ".db"), "PostgreSQL": server.address}
        rows = []
        for store, place in places.items():
            found = known.find(
                lambda: killed(place(), folder, trials, WORKERS[-1]), what="killed", version=versions["tutti"], store=store, trials=trials, workers=WORKERS[-1])
            rows.append([store, f"{found['seconds']:.1f} s", f"{trials / found['seconds']:.0f}", str(found["kills"]), str(found["retried"]), str(found["late"])])
        head = [f"{trials} trials, {WORKERS[-1]} workers", "time", "trials per second", "workers killed", "trials tried again", "late results"]
        table("Workers that are killed at random: every number used once, no trial lost, none handed in twice", head, rows)

        def cells(program, store, job_ms):
            run = {"tutti": tutti, "optuna": optuna}[program]
            for workers in WORKERS:
                print(f"  {program} {store} {workers} × {job_ms} ms", file=sys.stderr)
                seconds = known.find(
                    lambda: run(places[store](), folder, TRIALS[program], workers, job_ms), what="trials", version=versions[program], store=store,
                    trials=TRIALS[program], workers=workers, job_ms=job_ms)
                yield workers, TRIALS[program] / seconds

        names = [("tutti", "Tutti"), ("optuna", "Optuna")]
        head = ["trials per second", *(f"{workers} workers" for workers in WORKERS)]
        rows = [[f"{title}, {store}", *(f"{rate:.0f}" for _, rate in cells(program, store, 0))] for store in places for program, title in names]
        table("Trials that do nothing", head, rows)
        rows = [["as the work allows", *(f"{1000 / SLEEP_MS * workers:.0f}" for workers in WORKERS)]]
        for store in places:
            for program, title in names:
                rates = list(cells(program, store, SLEEP_MS))
                rows.append([f"{title}, {store}", *(f"{rate:.0f} ({rate / (1000 / SLEEP_MS * workers):.0%})" for workers, rate in rates)])
        table(f"Trials that take {SLEEP_MS} ms", head, rows)


if __name__ == "__main__":
    sys.exit(main())
