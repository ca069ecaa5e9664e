"""Predict."""

import csv

import numpy as np
import typer


def predict(model_checkpoint: str):
    """Say how often it is right."""
    checkpoint = np.load(model_checkpoint)
    with open("/measured/test_leaves.csv") as file:
        rows = list(csv.DictReader(file))
    x = np.array([[float(row["length"]), float(row["width"])] for row in rows])
    x = (x - checkpoint["mean"]) / checkpoint["spread"]
    x = np.c_[x, x**2, np.ones(len(x))]
    best = checkpoint["names"][(x @ checkpoint["weights"]).argmax(axis=1)]
    print(f"Test accuracy: {100 * np.mean(best == [row['species'] for row in rows]):.1f} %")


typer.run(predict)
