"""Train the line."""

from data import make_data
from model import Line

RATE = 0.1


def train(steps):
    data, line = make_data(50), Line()
    for _ in range(steps):
        line.step(data, RATE)
    return line


if __name__ == "__main__":
    line = train(300)
    print(f"y = {line.slope:.2f} x + {line.offset:.2f}")
