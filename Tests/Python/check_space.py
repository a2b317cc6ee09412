"""Reads search spaces with ConfigSpace and irace, and prints what they make of them as JSON.

    python check_space.py FOLDER

Needs: pip install ConfigSpace (tested with 1.2.2); Rscript with irace (tested with 3.5) is optional. The folder has files NAME.json of
ConfigSpace, NAME.pcs and NAME.pcsnew, NAME.irace, and NAME.configurations with a JSON list of configurations. For every file the answer has
the error if there was one, the configurations that were refused, some random ones, and the file as ConfigSpace writes it. irace
before 4 knows no sections, so only the parameters and their conditions are read with it, and the forbidden expressions evaluated.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
from ConfigSpace import Configuration, ConfigurationSpace  # noqa: E402
from ConfigSpace.hyperparameters import CategoricalHyperparameter, Constant, OrdinalHyperparameter  # noqa: E402
from ConfigSpace.read_and_write import pcs, pcs_new  # noqa: E402

SAMPLES = 10

# Per file, whether irace reads it, and for every configuration whether the same parameters are active and nothing is forbidden.
IRACE = r"""
suppressPackageStartupMessages(library(irace))
holds <- function(expression, values) {
  result <- eval(expression, values)
  !is.na(result) && result
}
check <- function(file) {
  lines <- readLines(file)
  sections <- grep("^\\[", lines)
  head <- if (length(sections)) lines[seq_len(sections[1] - 1)] else lines
  digits <- grep("^digits", lines, value = TRUE)
  digits <- if (length(digits)) as.integer(sub(".*=", "", digits)) else 4L
  forbidden <- expression()
  start <- grep("^\\[forbidden", lines)
  if (length(start)) {
    rest <- lines[(start[1] + 1):length(lines)]
    end <- grep("^\\[", rest)
    if (length(end)) rest <- rest[seq_len(end[1] - 1)]
    forbidden <- str2expression(rest[nzchar(rest)])
  }
  p <- readParameters(text = paste(head, collapse = "\n"), digits = digits)
  for (given in eval(parse(sub("irace$", "rlist", file)))) {
    values <- lapply(setNames(p$names, p$names), function(name) {
      value <- given[[name]]
      if (is.null(value)) return(NA)
      if (!(p$types[[name]] %in% c("c", "o"))) return(value)
      choices <- p$domain[[name]]
      if (is.character(value)) value else choices[suppressWarnings(as.numeric(choices)) == value]
    })
    for (name in names(p$conditions)) {
      condition <- p$conditions[[name]]
      active <- isTRUE(condition) || holds(condition, values)
      if (active == is.na(values[[name]][1])) stop(name, " is ", if (active) "" else "in", "active in ", paste(names(given), given, collapse = " "))
    }
    for (clause in forbidden) if (holds(clause, values)) stop(deparse(clause), " forbids ", paste(names(given), given, collapse = " "))
  }
  paste(p$names, p$types, sapply(p$domain, paste, collapse = ","), sep = ":", collapse = ";")
}
for (file in commandArgs(trailingOnly = TRUE)) {
  answer <- tryCatch(check(file), error = function(e) paste("error", conditionMessage(e)))
  cat(basename(file), "\t", gsub("[\n\t]", " ", answer), "\n", sep = "")
}
"""


def plain(value):
    return value.item() if hasattr(value, "item") else value


def read(path: Path) -> ConfigurationSpace:
    if path.suffix == ".json":
        return ConfigurationSpace.from_json(path)
    lines = path.read_text().split("\n")
    return pcs.read(lines) if path.suffix == ".pcs" else pcs_new.read(lines)


def write(space: ConfigurationSpace, path: Path) -> str:
    if path.suffix == ".json":
        buffer = io.StringIO()
        space.to_json(buffer)
        return buffer.getvalue()
    return pcs.write(space) if path.suffix == ".pcs" else pcs_new.write(space)


def worded(space: ConfigurationSpace, values: dict) -> dict:
    """The values of a PCS file, whose choices are words."""
    kinds = (CategoricalHyperparameter, OrdinalHyperparameter, Constant)

    def word(value, choices):
        words = {True: "true", False: "false"}
        text = words[value] if isinstance(value, bool) else str(value)
        if text in choices or isinstance(value, (bool, str)):
            return text
        return next((choice for choice in choices if float(choice) == value), text)

    def choices(hyperparameter):
        found = getattr(hyperparameter, "choices", None) or getattr(hyperparameter, "sequence", None)
        return [str(choice) for choice in (found if found is not None else [hyperparameter.value])]

    return {name: word(v, choices(space[name])) if isinstance(space[name], kinds) else v for name, v in values.items()}


def is_valid(sample: Configuration) -> bool:
    """ConfigSpace 1.2.2 draws combinations now and then that it calls forbidden itself."""
    try:
        sample.check_valid_configuration()
        return True
    except Exception:
        return False


def check(path: Path) -> dict:
    try:
        space = read(path)
    except Exception as error:  # What goes wrong is the answer.
        return {"file": path.name, "error": f"{type(error).__name__}: {error}"}
    refused = []
    listed = path.with_suffix(".configurations")
    for values in json.loads(listed.read_text()) if listed.exists() else []:
        try:
            Configuration(space, values=values if path.suffix == ".json" else worded(space, values)).check_valid_configuration()
        except Exception as error:
            refused.append(f"{values}: {type(error).__name__}: {error}")
    space.seed(1)
    samples = [{name: plain(value) for name, value in dict(sample).items()} for sample in space.sample_configuration(SAMPLES) if is_valid(sample)]
    try:
        again = write(space, path)
    except Exception:  # The writer of the PCS formats knows less than the reader.
        again = None
    return {"file": path.name, "error": None, "refused": refused, "samples": samples, "again": again}


def r_list(values: dict) -> str:
    def literal(value):
        return json.dumps(str(value).lower() if isinstance(value, bool) else value)

    return "list(" + ", ".join(f"`{name}` = {literal(value)}" for name, value in values.items()) + ")"


def irace(folder: Path) -> list:
    files = sorted(str(path) for path in folder.glob("*.irace"))
    if not files or (shutil.which("Rscript") is None and os.environ.get("TUTTI_TESTS_COMPLETE") != "1"):
        return []
    for path in folder.glob("*.irace"):
        listed = path.with_suffix(".configurations")
        configurations = json.loads(listed.read_text()) if listed.exists() else []
        path.with_suffix(".rlist").write_text("list(" + ",\n".join(map(r_list, configurations)) + ")")
    finished = subprocess.run(["Rscript", "-", *files], input=IRACE, capture_output=True, text=True, check=False)
    answers = [line.split("\t", 1) for line in finished.stdout.splitlines() if "\t" in line]
    return [{"file": name, "error": text if text.startswith("error") else None, "read": text} for name, text in answers] or [
        {"file": "irace", "error": finished.stderr}
    ]


def main() -> int:
    folder = Path(sys.argv[1])
    files = sorted(path for path in folder.iterdir() if path.suffix in (".json", ".pcs", ".pcsnew"))
    with contextlib.redirect_stdout(sys.stderr):  # Some of ConfigSpace's relations print what they compare.
        answers = [check(path) for path in files] + irace(folder)
    print(json.dumps(answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
