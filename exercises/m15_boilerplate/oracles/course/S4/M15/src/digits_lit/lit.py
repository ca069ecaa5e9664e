"""MyAwesomeModel, which trains itself."""

import pytorch_lightning as pl
import torch
import wandb
from torch import nn


class MyAwesomeModel(pl.LightningModule):
    """A small convolutional network with log-probabilities."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, 2)
        self.conv2 = nn.Conv2d(8, 16, 3, 2)
        self.dropout = nn.Dropout(0.2)
        self.fc1 = nn.Linear(16 * 6 * 6, 10)
        self.criterium = nn.NLLLoss()

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        return torch.log_softmax(self.fc1(self.dropout(torch.flatten(x, 1))), dim=1)

    def training_step(self, batch):
        data, target = batch
        preds = self(data)
        loss = self.criterium(preds, target)
        acc = (target == preds.argmax(dim=-1)).float().mean()
        self.log("train_loss", loss, on_step=False, on_epoch=True, prog_bar=True)
        self.log("train accuracy", 100 * acc, on_step=False, on_epoch=True)
        self.logger.experiment.log({"logits": wandb.Histogram(preds.detach().cpu())})
        return {"loss": loss}

    def validation_step(self, batch):
        data, target = batch
        preds = self.forward(data)
        self.log("val_loss", self.criterium(preds, target), on_epoch=True)
        self.log("val_acc", (target == preds.argmax(dim=-1)).float().mean(), on_epoch=True)

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=0.05, momentum=0.9)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": scheduler, "monitor": "val_loss"}}
