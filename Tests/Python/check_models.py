#!/usr/bin/env python3
"""Checks the models of a run in ONNX Runtime against what Tutti says that they predict.

    python3 Tests/Python/check_models.py RUN TRAINING TEST PREDICTIONS        needs: pip install numpy onnx onnxruntime

TRAINING is the data of the run, TEST other rows of the kind; both CSV, or IDX images with their labels beside them. PREDICTIONS is a
folder with what `tutti predict RUN TEST --ensemble ID --probabilities` printed, as ID.csv, for every model.

Every model.onnx must pass the full check of the onnx package, give the predictions of ID.csv for TEST, and give those of its
validation.npy for rows of TRAINING: which rows these are is found by looking for the nearest predictions, the same rows for all models.
Differences are relative to max(1, |value|). Prints one JSON document; ends with status 1 where a model fails.
"""
import csv
import json
import pathlib
import struct
import sys

import numpy
import onnx
import onnxruntime

# Trees are sums of the same numbers in the same order; networks are sums in another order on every kind of machine.
TOLERANCES = {"lightgbm": 1e-5}
NETWORK_TOLERANCE = 1e-4
MISSING = {"", "NA", "nan", "NaN"}


def read(path):
    """Columns as lists of text, or images `[rows, height, width, 1]` under the name "pixels"."""
    if not path.endswith(".csv"):
        data = pathlib.Path(path).read_bytes()
        rows, height, width = struct.unpack(">III", data[4:16])
        return {"pixels": numpy.frombuffer(data, numpy.uint8, offset=16).reshape(rows, height, width, 1)}
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def number(cell):
    """A number, or a day as seconds since 1970; NaN where missing."""
    if cell in MISSING:
        return numpy.nan
    try:
        return float(cell)
    except ValueError:
        return float(numpy.datetime64(cell, "s").astype(numpy.int64))


def feed(session, columns):
    """The model's inputs, each of the type that it declares."""
    arrays = {}
    for value in session.get_inputs():
        column = columns[value.name]
        if value.type == "tensor(string)":
            arrays[value.name] = numpy.array(column, dtype=object).reshape(-1, 1)
        elif value.type == "tensor(uint8)":
            arrays[value.name] = column
        else:
            dtype = numpy.float64 if value.type == "tensor(double)" else numpy.float32
            arrays[value.name] = numpy.array([number(cell) for cell in column], dtype=dtype).reshape(-1, 1)
    return arrays


def difference(got, wanted):
    return float(numpy.max(numpy.abs(got - wanted) / numpy.maximum(1, numpy.abs(wanted))))


def printed(path):
    """The numbers of a prediction file: the probabilities, or the values."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    first = 1 if len(rows[0]) > 1 else 0
    return numpy.array([[float(cell) for cell in row[first:]] for row in rows[1:]])


def check(run, training, test, folder):
    models, problems = {}, []
    for file in sorted(pathlib.Path(run, "library").glob("*/model.onnx")):
        name = file.parent.name
        try:
            onnx.checker.check_model(str(file), full_check=True)
        except Exception as error:
            problems.append(f"{name}: the checker says {error}")
            continue
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        output = session.get_outputs()[0].name
        kept = numpy.load(file.parent / "validation.npy")
        models[name] = {
            "tolerance": TOLERANCES.get(name.split("-")[0], NETWORK_TOLERANCE),
            "training": session.run([output], feed(session, training))[0],
            "validation": kept,
            "test": difference(session.run([output], feed(session, test))[0], printed(pathlib.Path(folder, name + ".csv"))),
        }
    if not models:
        return {"models": {}, "problems": problems + ["there is no model"]}

    shapes = {model["validation"].shape for model in models.values()}
    manifest = json.loads(pathlib.Path(run, "run.json").read_text())
    if len(shapes) != 1 or next(iter(shapes))[0] != manifest["validationRows"]:
        return {"models": {}, "problems": problems + [f"validation predictions of shapes {shapes}, {manifest['validationRows']} rows wanted"]}
    everywhere = numpy.concatenate([model["training"] for model in models.values()], axis=1)
    held_out = numpy.concatenate([model["validation"] for model in models.values()], axis=1)
    rows = [int(numpy.abs(everywhere - row).max(axis=1).argmin()) for row in held_out]
    distinct = len(numpy.unique(numpy.round(everywhere, 5), axis=0))
    if len(set(rows)) < len(rows) - (len(everywhere) - distinct):
        problems.append(f"{len(rows)} validation rows are only {len(set(rows))} rows of the data")
    report = {}
    for name, model in models.items():
        found = {"test": model["test"], "validation": difference(model["training"][rows], model["validation"])}
        report[name] = found
        for what, value in found.items():
            if not value <= model["tolerance"]:
                problems.append(f"{name}: {what} predictions differ by {value:.3g}, allowed {model['tolerance']:.3g}")
    return {"models": report, "problems": problems}


def main(run, training, test, folder):
    document = check(run, read(training), read(test), folder)
    print(json.dumps(document))
    return 1 if document["problems"] else 0


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
