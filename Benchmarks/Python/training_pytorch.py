"""Trains one case of training-cases.json with PyTorch on one thread, a turn of some steps for each line that it reads.

    training_pytorch.py CASES.JSON INDEX

Prints one JSON document when it is ready, then one for each turn. The peer of Sources/TrainingBenchmark: the same network, data sizes,
loss and fused optimiser, as one would write them in PyTorch.
"""

import json
import sys
import time

import torch
from torch import nn

ROWS = 4096
OUTPUTS = 10
LABEL_SMOOTHING = 0.05


def convolution(inputs, outputs, kernel=3, stride=1, activated=True):
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if activated else []))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(convolution(inputs, outputs, 3, stride), convolution(outputs, outputs, activated=False))
        nn.init.zeros_(self.body[1][1].weight)
        changes = inputs != outputs or stride != 1
        self.skip = convolution(inputs, outputs, 1, stride, activated=False) if changes else None
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.body(x) + (x if self.skip is None else self.skip(x)))


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def strided_cnn(case):
    channels, side = case["inputs"][0], case["inputs"][1]
    layers = []
    for width, stride in zip(case["widths"], case["strides"]):
        layers.append(convolution(channels, width, 3, stride))
        channels, side = width, (side - 1) // stride + 1
    layers += [nn.Flatten(), nn.Linear(channels * side * side, case["dense"]), nn.ReLU(inplace=True)]
    layers += [nn.Dropout(case["dropout"])] if case["dropout"] else []
    return nn.Sequential(*layers, nn.Linear(case["dense"], OUTPUTS))


def residual_cnn(case):
    width = case["widths"][0]
    layers = [convolution(case["inputs"][0], width)]
    for stage, (outputs, count) in enumerate(zip(case["widths"], case["blocks"])):
        for index in range(count):
            layers.append(Block(width, outputs, 2 if stage > 0 and index == 0 else 1))
            width = outputs
    return nn.Sequential(*layers, Mean(), nn.Linear(width, OUTPUTS))


def mlp(case):
    inputs, layers = case["inputs"][0], []
    for width in case["widths"]:
        layers += [nn.Linear(inputs, width, bias=False), nn.BatchNorm1d(width), nn.SiLU()]
        layers += [nn.Dropout(case["dropout"])] if case["dropout"] else []
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, OUTPUTS))


def make_optimizer(case, model):
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": case["weightDecay"]},
        {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
    ]
    if case["optimizer"] == "adamw":
        return torch.optim.AdamW(groups, lr=case["learningRate"], fused=True)
    return torch.optim.SGD(groups, lr=case["learningRate"], momentum=0.9, nesterov=True, fused=True)


def run(case):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    features = torch.randn([ROWS] + case["inputs"])
    labels = torch.randint(0, OUTPUTS, [ROWS])
    model = {"stridedCNN": strided_cnn, "residualCNN": residual_cnn, "mlp": mlp}[case["family"]](case).train()
    if case["channelsLast"]:
        model = model.to(memory_format=torch.channels_last)
    optimizer = make_optimizer(case, model)
    criterion = nn.CrossEntropyLoss(label_smoothing=LABEL_SMOOTHING)
    batch, order, position = case["batch"], torch.randperm(ROWS), 0

    def step():
        nonlocal order, position
        if position + batch > ROWS:
            order, position = torch.randperm(ROWS), 0
        rows = order[position : position + batch]
        position += batch
        images = features.index_select(0, rows)
        if case["channelsLast"]:
            images = images.contiguous(memory_format=torch.channels_last)
        loss = criterion(model(images), labels.index_select(0, rows))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss

    for _ in range(case["warmUp"]):
        step()
    answer({"torch": torch.__version__.split("+")[0], "parameters": str(sum(p.numel() for p in model.parameters()))})
    for _ in sys.stdin:
        loss = step()  # the other side has just had the processor's caches
        start, processor_start = time.perf_counter(), time.process_time()
        for _ in range(case["steps"]):
            loss = step()
        seconds, processor_seconds = time.perf_counter() - start, time.process_time() - processor_start
        samples = batch * case["steps"]
        answer({"perSecond": samples / seconds, "perProcessorSecond": samples / processor_seconds, "loss": loss.item()})


def answer(values):
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        run(json.load(file)[int(sys.argv[2])])
