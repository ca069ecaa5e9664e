"""Train the classifier; the Trainer has the loop."""

from lightning import Trainer, seed_everything
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from model import Classifier
from signs import read
from torch.utils.data import DataLoader, random_split


def main() -> None:
    """Train until the validation gets no better, and keep the best model."""
    seed_everything(1)
    training, validation = random_split(read(), [0.8, 0.2])
    best = ModelCheckpoint(dirpath="models", monitor="val_loss", mode="min")
    trainer = Trainer(
        max_epochs=30,
        limit_train_batches=0.2,
        log_every_n_steps=1,
        logger=CSVLogger("logs"),
        callbacks=[EarlyStopping(monitor="val_loss", mode="min", patience=5), best],
    )
    trainer.fit(
        Classifier(),
        DataLoader(training, batch_size=8, shuffle=True),
        DataLoader(validation, batch_size=40),
    )
    print(f"{best.best_model_path}: validation loss {best.best_model_score:.3f}")


if __name__ == "__main__":
    main()
