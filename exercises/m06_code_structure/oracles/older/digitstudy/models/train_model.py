import argparse
from pathlib import Path

from .model import NearestMean, table_of


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data_folder", type=Path)
    parser.add_argument("--model-file", type=Path, default=Path("models/linear.json"))
    chosen = parser.parse_args()
    model = NearestMean.fit(table_of(chosen.data_folder / "train.csv"))
    model.save(chosen.model_file)


if __name__ == "__main__":
    main()
