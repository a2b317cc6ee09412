"""Reads search spaces with the ConfigSpace of a folder, one before 1.0, and prints what it makes of them as JSON.

    python check_space_old.py FOLDER PACKAGES

The folder has files NAME.json of ConfigSpace's JSON 0.2, and NAME.configurations with a JSON list of configurations. For every file the answer
has the error if there was one, the configurations that were refused, some random ones, and the file as this ConfigSpace writes it (JSON 0.4).
"""

import contextlib
import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[2])
from ConfigSpace import Configuration  # noqa: E402
from ConfigSpace.read_and_write import json as space_json  # noqa: E402

SAMPLES = 10


def plain(value):
    return value.item() if hasattr(value, "item") else value


def check(path: Path) -> dict:
    try:
        space = space_json.read(path.read_text())
    except Exception as error:  # What goes wrong is the answer.
        return {"file": path.name, "error": f"{type(error).__name__}: {error}"}
    refused = []
    for values in json.loads(path.with_suffix(".configurations").read_text()):
        try:
            Configuration(space, values=values).is_valid_configuration()
        except Exception as error:
            refused.append(f"{values}: {type(error).__name__}: {error}")
    space.seed(1)
    samples = [{name: plain(value) for name, value in dict(sample).items()} for sample in space.sample_configuration(SAMPLES)]
    return {"file": path.name, "error": None, "refused": refused, "samples": samples, "again": space_json.write(space)}


def main() -> int:
    with contextlib.redirect_stdout(sys.stderr):
        answers = [check(path) for path in sorted(Path(sys.argv[1]).glob("*.json"))]
    print(json.dumps(answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
