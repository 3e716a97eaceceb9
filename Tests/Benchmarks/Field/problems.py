"""The reference problems as vectorised numpy functions, from the same data that the Swift tests read.

A likelihood takes an array of points, one a row, and returns one value a row: what a careful user of the
peers would write. `check` holds each against the stated values before anything is measured.
"""

import json
import pathlib

import numpy as np

STATEMENTS = pathlib.Path(__file__).parents[2] / "ReferenceProblemsTests" / "Resources"
LOG_2PI = np.log(2 * np.pi)


def normal(x, mean, deviation):
    return -0.5 * ((x - mean) / deviation) ** 2 - np.log(deviation) - 0.5 * LOG_2PI


def equicorrelated(y, gamma, log_scale):
    """Log density of points with unit variances and equal correlations, scaled."""
    d = y.shape[1]
    total = y.sum(axis=1)
    k = gamma / (1 + (d - 1) * gamma)
    form = (np.einsum("ij,ij->i", y, y) - k * total**2) / (1 - gamma)
    log_det = 2 * d * log_scale + (d - 1) * np.log(1 - gamma) + np.log(1 + (d - 1) * gamma)
    return -0.5 * (form + log_det + d * LOG_2PI)


def equicorr_gaussian(c):
    mean = np.array(c["mean"])
    return lambda x: equicorrelated((x - mean) / c["sigma"], c["rho"], np.log(c["sigma"]))


def eggbox(c):
    return lambda x: (c["offset"] + np.cos(c["wave"] * x[:, 0]) * np.cos(c["wave"] * x[:, 1])) ** c["power"]


def gaussian_shells(c):
    centers = [np.array(center) for center in c["centers"]]
    norm = -0.5 * np.log(2 * np.pi * c["width"] ** 2)

    def shell(x, center):
        distance = np.sqrt(((x - center) ** 2).sum(axis=1)) - c["radius"]
        return norm - distance**2 / (2 * c["width"] ** 2)

    return lambda x: np.logaddexp(shell(x, centers[0]), shell(x, centers[1]))


def rosenbrock(c):
    return lambda x: -(
        c["b"] * (x[:, 1:] - x[:, :-1] ** 2) ** 2 + (c["a"] - x[:, :-1]) ** 2
    ).sum(axis=1)


def loggamma_mix(c):
    one, two, scale, n = c["loc1"], c["loc2"], c["scale"], c["n_loggamma"]

    def loggamma(x, loc):
        y = (x - loc) / scale
        return y - np.exp(y) - np.log(scale)

    def log_likelihood(x):
        value = np.logaddexp(loggamma(x[:, 0], one), loggamma(x[:, 0], two)) - np.log(2)
        value += np.logaddexp(normal(x[:, 1], one, scale), normal(x[:, 1], two, scale)) - np.log(2)
        value += loggamma(x[:, 2 : 2 + n], two).sum(axis=1)
        return value + normal(x[:, 2 + n :], two, scale).sum(axis=1)

    return log_likelihood


def corr_funnel(c):
    def log_likelihood(x):
        v = x[:, 0]
        y = x[:, 1:] * np.exp(-0.5 * v)[:, None]
        return normal(v, 0, c["sigma0"]) + equicorrelated(y, c["gamma"], 0.5 * v)

    return log_likelihood


def wedding_cake(c):
    d, alpha, sigma = c["dim"], c["alpha"], c["sigma"]

    def log_likelihood(x):
        size = np.maximum(2 * np.abs(x).max(axis=1), 1e-300)
        tier = np.floor(d * np.log(size) / np.log(alpha))
        return -(alpha ** (2 * tier / d)) / (8 * sigma**2)

    return log_likelihood


def banana(c):
    def log_likelihood(x):
        bent = x[:, 1] + c["b"] * x[:, 0] ** 2 - c["b"] * c["sigma1"] ** 2
        return normal(x[:, 0], 0, c["sigma1"]) + normal(bent, 0, 1) + normal(x[:, 2:], 0, 1).sum(axis=1)

    return log_likelihood


class Problem:
    def __init__(self, name):
        path = STATEMENTS / f"{name}.json"
        if not path.exists():
            raise SystemExit(f"there is no problem {name}; there are {', '.join(names())}")
        self.text = path.read_text()
        statement = json.loads(self.text)
        self.name = name
        self.dimension = statement["dim"]
        self.log_z = statement["ref_logz"]
        self.lower = np.array(statement["prior"]["lo"])
        self.width = np.array(statement["prior"]["hi"]) - self.lower
        self.log_likelihood = globals()[statement["formula"]](statement["constants"])
        self.test_points = statement["test_points"]

    def transform(self, cube):
        return self.lower + np.asarray(cube) * self.width

    def check(self):
        """Raises unless the likelihood is the stated one at the stated points."""
        cube = np.array([point["u"] for point in self.test_points])
        stated = np.array([point["logl"] for point in self.test_points])
        found = self.log_likelihood(self.transform(cube))
        worst = np.max(np.abs(found - stated) / (1 + np.abs(stated)))
        if not worst < 1e-9:
            raise SystemExit(f"{self.name}: the likelihood differs from the stated one by {worst:.1e}")


def names():
    return sorted(path.stem for path in STATEMENTS.glob("*.json"))


if __name__ == "__main__":
    for name in names():
        Problem(name).check()
    print(f"{len(names())} problems agree with their statements")
