"""Sends the test images to a running server with the reference client, and prints accuracy and rows per second of each ensemble.

    ask-images.py HOST:PORT IMAGES.gz LABELS.gz NAME...
"""

import gzip
import sys
import time

import numpy as np
import tritonclient.http as client

BATCH = 256
CONNECTIONS = 4


def main():
    url, images_path, labels_path, *names = sys.argv[1:]
    with gzip.open(images_path) as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28, 1)
    with gzip.open(labels_path) as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)

    server = client.InferenceServerClient(url, concurrency=CONNECTIONS)
    print(f"ready: {server.is_server_ready()}, server: {server.get_server_metadata()['name']}")
    for name in names:
        started = time.monotonic()
        pending = []
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            tensor = client.InferInput("pixels", list(batch.shape), "UINT8")
            tensor.set_data_from_numpy(batch)
            pending.append(server.async_infer(name, [tensor], outputs=[client.InferRequestedOutput("probabilities")]))
        answers = np.concatenate([request.get_result().as_numpy("probabilities") for request in pending])
        seconds = time.monotonic() - started
        accuracy = float((answers.argmax(axis=1) == labels).mean())
        print(f"{name:10} accuracy {accuracy:.4f}   {len(images) / seconds:8.0f} images/s over HTTP")


main()
