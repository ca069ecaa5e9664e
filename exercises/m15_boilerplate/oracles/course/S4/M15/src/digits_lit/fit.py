"""python -m digits_lit.fit"""

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EarlyStopping, ModelCheckpoint
from pytorch_lightning.loggers import WandbLogger

from .corrupted import corrupt_mnist
from .lit import MyAwesomeModel


def main():
    train_set, test_set = corrupt_mnist()
    early_stopping_callback = EarlyStopping(monitor="val_acc", patience=4, verbose=True, mode="max")
    checkpoint_callback = ModelCheckpoint(dirpath="./models", monitor="val_loss", mode="min")
    trainer = pl.Trainer(
        default_root_dir="outputs",
        max_epochs=15,
        limit_train_batches=0.2,
        accelerator="gpu",
        callbacks=[early_stopping_callback, checkpoint_callback],
        logger=WandbLogger(project="dtu_mlops"),
    )
    model = MyAwesomeModel()
    trainer.fit(
        model,
        torch.utils.data.DataLoader(train_set, batch_size=16, shuffle=True),
        torch.utils.data.DataLoader(test_set, batch_size=16),
    )


if __name__ == "__main__":
    main()
