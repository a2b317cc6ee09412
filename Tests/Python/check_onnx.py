#!/usr/bin/env python3
"""Checks ONNX files with the onnx package's checker and runs them in ONNX Runtime.

    python3 Tests/Python/check_onnx.py FOLDER_OR_FILE…        needs: pip install onnx onnxruntime numpy

For every .onnx file found: the full check, shape inference included, then a run. Where a file NAME.json lies beside NAME.onnx,
its inputs are given and its outputs compared; otherwise the inputs are made up from the declared types. Ends with status 1 where
anything fails, 2 where there was nothing to check.

NAME.json: {"tolerance": 1e-4, "inputs": {name: {"shape": [...], "values": [...]}}, "outputs": {name: {"shape": [...], "values": [...]}}}
with values flat in row-major order, null for NaN, "inf" and "-inf" for infinities. Types are those that the model declares.
"""
import json
import pathlib
import sys

import numpy
import onnx
import onnxruntime

TYPES = {
    "tensor(float)": numpy.float32, "tensor(double)": numpy.float64, "tensor(int64)": numpy.int64, "tensor(int32)": numpy.int32,
    "tensor(uint8)": numpy.uint8, "tensor(bool)": numpy.bool_, "tensor(string)": object,
}


def given(entry, dtype):
    """An array from a JSON entry."""
    values = entry["values"]
    if dtype in (numpy.float32, numpy.float64):
        values = [numpy.nan if value is None else float(value) for value in values]
    return numpy.array(values, dtype=dtype).reshape(entry["shape"])


def made_up(value, rows, generator):
    """Rows of the declared type; numbers have a NaN among them, strings an unknown one."""
    dtype = TYPES[value.type]
    shape = [size if isinstance(size, int) else rows for size in value.shape]
    if dtype is object:
        return numpy.array([f"level{index % 4}" for index in range(int(numpy.prod(shape)))], dtype=object).reshape(shape)
    if dtype in (numpy.float32, numpy.float64):
        result = generator.normal(size=shape).astype(dtype)
        if shape[1:] == [1]:
            result[0] = numpy.nan
        return result
    if dtype is numpy.uint8:
        return generator.integers(0, 256, size=shape).astype(dtype)
    return numpy.zeros(shape, dtype=dtype)


def compare(name, got, entry, tolerance):
    """The largest difference; raises where it is above the tolerance or the shapes differ."""
    wanted = numpy.array(entry["values"], dtype=got.dtype).reshape(entry["shape"])
    if list(got.shape) != list(wanted.shape):
        raise AssertionError(f"{name}: shape {got.shape}, expected {wanted.shape}")
    difference = float(numpy.max(numpy.abs(got - wanted) / numpy.maximum(1, numpy.abs(wanted)))) if got.size else 0.0
    if not difference <= tolerance:
        raise AssertionError(f"{name}: differs by {difference:.3g}, allowed {tolerance:.3g}")
    return difference


def check(path):
    """One line about the file; raises where it fails."""
    onnx.checker.check_model(str(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_outputs()]
    beside = path.with_suffix(".json")
    if beside.exists():
        expected = json.loads(beside.read_text())
        feed = {value.name: given(expected["inputs"][value.name], TYPES[value.type]) for value in session.get_inputs()}
        results = dict(zip(names, session.run(names, feed)))
        worst = max(compare(name, results[name], entry, expected.get("tolerance", 1e-4)) for name, entry in expected["outputs"].items())
        return f"compared, largest difference {worst:.2g}"
    generator = numpy.random.default_rng(0)
    for rows in (1, 5):
        results = session.run(names, {value.name: made_up(value, rows, generator) for value in session.get_inputs()})
        for name, result in zip(names, results):
            if isinstance(result, numpy.ndarray) and result.dtype.kind == "f" and not numpy.isfinite(result).all():
                raise AssertionError(f"{name}: not finite for made-up rows")
            if name == "probabilities" and not numpy.allclose(result.sum(axis=1), 1, atol=1e-4):
                raise AssertionError(f"{name}: rows do not sum to 1")
    return "ran on made-up rows: " + ", ".join(f"{name} {list(result.shape)}" for name, result in zip(names, results))


def main(arguments):
    paths = [pathlib.Path(argument) for argument in arguments]
    files = sorted(file for path in paths for file in ([path] if path.is_file() else path.rglob("*.onnx")))
    if not files:
        print("no .onnx file found; give files or folders that hold some")
        return 2
    failures = 0
    for file in files:
        try:
            print(f"ok    {file.name}: {check(file)}")
        except Exception as error:  # every kind of failure counts, and the others are still to be seen
            failures += 1
            print(f"FAIL  {file.name}: {type(error).__name__}: {error}")
    print(f"{len(files) - failures} of {len(files)} files are good")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
