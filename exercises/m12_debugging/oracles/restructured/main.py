"""Fit the autoencoder to the digits, and draw what it makes of them."""

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "src"))
from digits import tensors as t
from digits.fitting import Fit

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="gpu")
    parser.add_argument("--epochs", type=int, default=50)
    options = parser.parse_args()

    t.manual_seed(0)
    digits = t.tensor(np.genfromtxt("data/digits.csv", delimiter=",") / 255, device=options.device)
    fit = Fit(64, 40, 5, options.device)
    for number in range(options.epochs):
        loss = fit.epoch(digits[at : at + 24] for at in range(0, 216, 24))
    print(f"loss after {options.epochs} epochs: {loss / 9:.1f}")

    Path("pictures").mkdir(exist_ok=True)
    t.save_image(digits[216:], "pictures/before.png")
    t.save_image(fit.reconstructed(digits[216:]), "pictures/after.png")
    t.save_image(fit.decoder(t.randn(24, 5).to(options.device)), "pictures/new.png")
