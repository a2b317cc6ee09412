#!/usr/bin/env python3
"""Checks a running Open Inference Protocol server with NVIDIA's reference client.

    python3 Tests/Python/check_server.py HOST:PORT MODEL INPUTS        needs: pip install 'tritonclient[http]'

INPUTS is JSON, {"input": [rows…], …}, or CSV whose header names the inputs (one column each; an empty cell is NaN or the empty text, a
day is seconds since 1970). Reads health and metadata; predicts with binary and with JSON tensors, mixed, by classes and one row at a
time; tries what must fail. Prints one JSON document: the metadata and the answers, flat in row-major order. Ends with status 1 where
the server is not ready, where ways of asking disagree, where an error has not the form that clients need, or where the counts of the
statistics are wrong.
"""
import csv
import json
import sys
import urllib.error
import urllib.request

import numpy
import tritonclient.http as client
from tritonclient.utils import InferenceServerException, triton_to_np_dtype


def number(cell):
    """A number, or a day as seconds since 1970; NaN where missing."""
    if cell == "":
        return numpy.nan
    try:
        return float(cell)
    except ValueError:
        return float(numpy.datetime64(cell, "s").astype(numpy.int64))


def read_inputs(path, infos):
    """Arrays by input name, of the types and shapes that the model declares."""
    with open(path, encoding="utf-8", newline="") as file:
        if path.endswith(".csv"):
            rows = list(csv.DictReader(file))
            columns = {info["name"]: [row[info["name"]] for row in rows] for info in infos}
        else:
            columns = json.load(file)
    arrays = {}
    for info in infos:
        values, datatype = columns[info["name"]], info["datatype"]
        if datatype == "BYTES":
            array = numpy.array(values, dtype=object)
        else:
            if path.endswith(".csv"):
                values = [number(value) for value in values]
            array = numpy.array(values, dtype=numpy.float64 if "FP" in datatype else None).astype(triton_to_np_dtype(datatype))
        arrays[info["name"]] = array.reshape([len(values)] + info["shape"][1:])
    return arrays


def make(arrays, infos, binary):
    """Input objects; `binary` says for each position whether it goes as bytes."""
    inputs = []
    for position, info in enumerate(infos):
        array = arrays[info["name"]]
        entry = client.InferInput(info["name"], list(array.shape), info["datatype"])
        entry.set_data_from_numpy(array, binary_data=binary(position))
        inputs.append(entry)
    return inputs


def listed(array):
    """Flat list of plain values."""
    return [value.decode() if isinstance(value, bytes) else value for value in array.ravel().tolist()]


def raw(server, method, path, body=None, headers=None):
    """Status and JSON body of a request made without the client."""
    request = urllib.request.Request(f"http://{server}{path}", data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def check_failures(server, model, triton, problems):
    """What must fail, with the status and the form that clients rely on."""
    def expect(what, got, status, text=""):
        if got[0] != status or text not in (got[1] or {}).get("error", "no error member"):
            problems.append(f"{what}: got {got}, expected {status} with '{text}'")

    path = f"/v2/models/{urllib.request.quote(model)}/infer"
    expect("unknown model", raw(server, "POST", "/v2/models/no%20such/infer?a=1", b"{}"), 404, "Request for unknown model")
    expect("unknown path", raw(server, "GET", "/v3"), 404)
    expect("wrong verb", raw(server, "GET", path), 405)
    expect("no inputs", raw(server, "POST", path, b"{}"), 400)
    expect("deep nesting", raw(server, "POST", path, b"[" * 250_000), 400)
    expect("bad header length", raw(server, "POST", path, b"{}", {"Inference-Header-Content-Length": "-1"}), 400)
    expect("header beyond body", raw(server, "POST", path, b"{}", {"Inference-Header-Content-Length": "99"}), 400)
    try:
        triton.get_model_metadata("no such model")
        problems.append("metadata of an unknown model did not fail")
    except InferenceServerException as error:
        if not error.message().startswith("Request for unknown model"):
            problems.append(f"unknown model: {error.message()}")


def main(server, model, path):
    triton = client.InferenceServerClient(server, concurrency=4)
    problems = []
    for name, value in [("live", triton.is_server_live()), ("ready", triton.is_server_ready()), ("model ready", triton.is_model_ready(model))]:
        if not value:
            problems.append(f"the server is not {name}")
    metadata = triton.get_model_metadata(model, query_params={"test_1": 1})
    infos = metadata["inputs"]
    arrays = read_inputs(path, infos)
    rows = len(next(iter(arrays.values())))
    before = triton.get_inference_statistics(model)["model_stats"]

    ways = {
        "binary": lambda: triton.infer(model, make(arrays, infos, lambda _: True), request_id="a b"),
        "mixed": lambda: triton.infer(model, make(arrays, infos, lambda position: position % 2 == 0)),
    }
    # JSON has no NaN.
    if not any(array.dtype.kind == "f" and not numpy.isfinite(array).all() for array in arrays.values()):
        outputs = [client.InferRequestedOutput(info["name"], binary_data=False) for info in metadata["outputs"]]
        ways["json"] = lambda: triton.infer(model, make(arrays, infos, lambda _: False), outputs=outputs, timeout=30_000_000)
    else:
        ways.pop("mixed")
    answers = {}
    for way, ask in ways.items():
        result = ask()
        answers[way] = {info["name"]: result.as_numpy(info["name"]) for info in metadata["outputs"]}
        if way == "binary" and result.get_response().get("id") != "a b":
            problems.append(f"the id came back as {result.get_response().get('id')}")
    reference = answers["binary"]
    for way, answer in answers.items():
        for name, array in answer.items():
            if array.shape != reference[name].shape or listed(array) != listed(reference[name]):
                problems.append(f"{way} tensors give another {name} than binary ones")

    # Row by row, all under way at once: what was merged into batches must come apart again.
    pending = [
        triton.async_infer(model, make({name: array[row:row + 1] for name, array in arrays.items()}, infos, lambda _: True))
        for row in range(min(rows, 64))
    ]
    numbers = metadata["outputs"][0]["name"]
    for row, request in enumerate(pending):
        single = request.get_result().as_numpy(numbers)[0]
        if not numpy.allclose(single, reference[numbers][row], rtol=1e-5, atol=1e-6):
            problems.append(f"row {row} alone gives {single.tolist()}, in a batch {reference[numbers][row].tolist()}")

    document = {"model": metadata, "rows": rows, "outputs": {name: listed(array) for name, array in reference.items()}}
    if numbers == "probabilities":
        wish = client.InferRequestedOutput(numbers, class_count=2)
        best = triton.infer(model, make(arrays, infos, lambda _: True), outputs=[wish]).as_numpy(numbers)
        document["classification"] = listed(best)
        for row, texts in enumerate(best.reshape(rows, -1).tolist()):
            value, index, *label = texts[0].decode().split(":", 2)
            if int(index) != int(reference[numbers][row].argmax()) or (label and label[0] != listed(reference["prediction"])[row]):
                problems.append(f"classification of row {row} is {texts[0].decode()}, not its prediction")

    after = triton.get_inference_statistics(model)["model_stats"]
    if len(after) != 1:
        problems.append(f"statistics have {len(after)} entries, expected 1")
    else:
        grown = after[0]["inference_count"] - before[0]["inference_count"]
        wanted = rows * (len(ways) + (1 if "classification" in document else 0)) + len(pending)
        if grown != wanted:
            problems.append(f"statistics count {grown} rows, expected {wanted}")
    config = triton.get_model_config(model)
    if config["name"] != model or model not in [entry["name"] for entry in triton.get_model_repository_index()]:
        problems.append("the configuration or the repository's index does not know the model")
    check_failures(server, model, triton, problems)
    document["problems"] = problems
    print(json.dumps(document))
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
