"""Train the classifier on random pictures."""

import argparse
import math

import torch
import wandb
from loguru import logger
from torch import nn


def train(lr: float, batch_size: int, steps: int) -> float:
    """Some steps on random pictures; the last loss."""
    logger.info(f"Training with a learning rate of {lr}")
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    loss = torch.tensor(0.0)
    with wandb.init(project="digits", config={"lr": lr, "batch_size": batch_size, "steps": steps}) as run:
        for step in range(steps):
            x, y = torch.randn(batch_size, 1, 28, 28), torch.randint(0, 10, (batch_size,))
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            run.log({"train_loss": loss.item()})
            if not math.isfinite(loss.item()):
                logger.warning(f"The loss of step {step} is {loss.item()}")
    logger.info(f"Trained for {steps} steps")
    return loss.item()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--steps", type=int, default=100)
    arguments = parser.parse_args()
    train(arguments.lr, arguments.batch_size, arguments.steps)
