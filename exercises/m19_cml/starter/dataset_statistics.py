"""Describe the data for a reviewer."""

import sys

from dataset import Digits

if __name__ == "__main__":
    digits = Digits(sys.argv[1])
    print(f"train: {len(digits)} images")
    print(f"test: {len(digits)} images")
