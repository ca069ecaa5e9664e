"""The nearest mean."""

import json

import numpy as np


class NearestMean:
    def __init__(self, means):
        self.means = np.asarray(means)

    @classmethod
    def fit(cls, table):
        digits = table[:, 0].astype(int)
        return cls([table[digits == digit, 1:].mean(axis=0) for digit in range(digits.max() + 1)])

    def predict(self, pixels):
        return ((pixels[:, None] - self.means) ** 2).sum(axis=2).argmin(axis=1)

    def save(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.means.tolist()), encoding="utf-8")

    @classmethod
    def load(cls, path):
        return cls(json.loads(path.read_text(encoding="utf-8")))


def table_of(path):
    return np.loadtxt(path, delimiter=",", skiprows=1)
