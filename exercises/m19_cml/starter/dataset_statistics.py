"""Describe the data for a reviewer."""

import argparse

from dataset import Digits

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", default="data")
    digits = Digits(parser.parse_args().folder)
    print(f"train: {len(digits)} images")
    print(f"test: {len(digits)} images")
