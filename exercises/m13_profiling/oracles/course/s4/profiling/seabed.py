import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=5)


def read(path):
    labels, rows = [], []
    with open(path) as file:
        next(file)
        for line in file:
            label, values = line.split(",")
            labels.append(int(label))
            rows.append([int(value) - 30 for value in values.split()])
    return labels, rows


def best(weights, row):
    answers = []
    for kind in weights:
        total = 0
        for weight, value in zip(kind, row):
            total += weight * value
        answers.append(total)
    return answers.index(max(answers))


def main(epochs):
    labels, rows = read("echoes.csv")
    weights = [[0] * len(rows[0]) for _ in range(3)]
    for epoch in range(epochs):
        wrong = 0
        for label, row in zip(labels, rows):
            guessed = best(weights, row)
            if guessed != label:
                wrong += 1
                for at, value in enumerate(row):
                    weights[label][at] += value
                    weights[guessed][at] -= value
        print(f"epoch {epoch + 1}: {wrong} mistakes")


if __name__ == "__main__":
    main(parser.parse_args().epochs)
