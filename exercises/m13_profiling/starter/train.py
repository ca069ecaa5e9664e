"""Train a perceptron to tell three kinds of sea bed from each other: `python train.py 20`."""

import sys
from operator import mul

from echoes import TABLE, Echoes

KINDS = 3
EPOCHS = 20


def guess(weights: list[list[int]], values: list[int]) -> int:
    """Give the kind whose weights answer most; of equal ones the first."""
    answers = [sum(map(mul, row, values)) for row in weights]
    return answers.index(max(answers))


def train(echoes: Echoes, epochs: int) -> list[list[int]]:
    """Go through all echoes in their order, and correct the weights after each mistake."""
    weights = [[0] * len(echoes[0][1]) for _ in range(KINDS)]
    for epoch in range(1, epochs + 1):
        mistakes = 0
        for number in range(len(echoes)):
            label, values = echoes[number]
            guessed = guess(weights, values)
            if guessed != label:
                mistakes += 1
                weights[label] = [
                    weight + value for weight, value in zip(weights[label], values, strict=True)
                ]
                weights[guessed] = [
                    weight - value for weight, value in zip(weights[guessed], values, strict=True)
                ]
        print(f"epoch {epoch}: {mistakes} mistakes")
    return weights


if __name__ == "__main__":
    train(Echoes(TABLE), int(sys.argv[1]) if len(sys.argv) > 1 else EPOCHS)
