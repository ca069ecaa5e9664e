"""Train the classifier, and keep how it went: in a log for people, in Weights & Biases for comparing runs."""

import argparse
from pathlib import Path

import wandb
from loguru import logger

from my_logger import configure
from network import Classifier, batches, read

TABLE = Path(__file__).with_name("digits.csv")
MODEL = Path("model.json")


def train(run: wandb.Run, lr: float, batch_size: int, epochs: int) -> Classifier:
    """Train on the table; every step tells the run its loss and accuracy."""
    images, labels = read(TABLE)
    model = Classifier(len(images[0]))
    if len(images) % batch_size:
        logger.warning(f"The last batch of an epoch has {len(images) % batch_size} pictures")
    for epoch in range(epochs):
        for some_images, some_labels in batches(images, labels, batch_size):
            loss, accuracy = model.step(some_images, some_labels, lr)
            logger.debug(f"Epoch {epoch}: loss {loss:.4f}")
            run.log({"train_loss": loss, "train_accuracy": accuracy})
    certain = [[label, max(model.probabilities(image))] for image, label in zip(images, labels)]
    run.log({"certainty": wandb.Table(columns=["label", "probability"], data=certain)})
    return model


def keep(run: wandb.Run, model: Classifier) -> None:
    """Save the model, and log the file as an artifact of the run."""
    model.save(MODEL)
    artifact = wandb.Artifact("digits-classifier", type="model")
    artifact.add_file(str(MODEL))
    run.log_artifact(artifact)


@logger.catch(reraise=True)
def main() -> None:
    """Parse the options, which are the settings of the run, and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, default=0.5)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=3)
    settings = vars(parser.parse_args())
    configure()
    logger.info(f"Training with {settings}")
    with wandb.init(project="digits", job_type="train", config=settings) as run:
        keep(run, train(run, **settings))
    logger.info(f"Trained; the model is {MODEL}")


if __name__ == "__main__":
    main()
