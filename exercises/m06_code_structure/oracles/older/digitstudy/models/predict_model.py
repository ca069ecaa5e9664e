import argparse
from pathlib import Path

from .model import NearestMean, table_of


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model_file", type=Path)
    parser.add_argument("data_folder", type=Path)
    chosen = parser.parse_args()
    table = table_of(chosen.data_folder / "test.csv")
    right = NearestMean.load(chosen.model_file).predict(table[:, 1:]) == table[:, 0]
    print(f"Accuracy on {len(table)} test pictures: {100 * right.mean():.1f} %")


if __name__ == "__main__":
    main()
