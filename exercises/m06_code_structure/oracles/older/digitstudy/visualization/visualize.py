import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from ..models.model import NearestMean, table_of


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model_file", type=Path)
    parser.add_argument("data_folder", type=Path)
    chosen = parser.parse_args()
    table = table_of(chosen.data_folder / "test.csv")
    found = NearestMean.load(chosen.model_file).predict(table[:, 1:])
    counts = np.zeros((5, 5))
    np.add.at(counts, (table[:, 0].astype(int), found), 1)
    plt.imshow(counts)
    Path("reports").mkdir(exist_ok=True)
    plt.savefig("reports/confusion.png")


if __name__ == "__main__":
    main()
