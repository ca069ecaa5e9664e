from digits.data import load_digits
from digits.model import Model


def train():
    images, labels = load_digits()
    model = Model()
    # add rest of your training code here


if __name__ == "__main__":
    train()
