"""Train the line."""

import sys

from data import make_data
from model import Line

RATE = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3


def train(steps):
    data, line = make_data(50), Line()
    for step in range(steps):
        line.step(data, RATE)
        if step % 10 == 9:
            print(f"step {step + 1}: loss {line.loss(data):.4f}")
    return line


if __name__ == "__main__":
    line = train(300)
    print(f"y = {line.slope:.2f} x + {line.offset:.2f}")
