"""Train a network that tells species by their leaves."""

import random
from pathlib import Path

import numpy as np
from network import SGD, Network, batches, read

random.seed(42)
x, y = read(Path("leaves.csv"))
network = Network(4, 16, 3)
optimizer = SGD(network.parameters(), lr=0.05, momentum=0.9)
for epoch in range(1, 21):
    losses = []
    for inputs, targets in batches(x, y, 8):
        loss, gradients = network.loss(inputs, targets)
        optimizer.step(gradients)
        losses.append(loss)
    print(f"epoch {epoch}: loss {sum(losses) / len(losses):.4f}")
np.savez("weights.npz", *network.parameters())
