"""The course's script, its numbers moved into the configuration."""

import logging
import os

import hydra
import torch
import torch.nn as nn
import torchvision.transforms as transforms
from hydra.utils import instantiate
from model import Decoder, Encoder, Model
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST

log = logging.getLogger(__name__)


@hydra.main(config_path="config", config_name="default_config.yaml", version_base=None)
def train(config):
    hparams = config.experiment
    torch.manual_seed(hparams["seed"])
    path = os.path.expanduser(hparams["dataset_path"])
    train_set = MNIST(path, transform=transforms.ToTensor(), train=True, download=True)
    loader = DataLoader(dataset=train_set, batch_size=hparams["batch_size"], shuffle=True)
    encoder = Encoder(hparams["x_dim"], hparams["hidden_dim"], hparams["latent_dim"])
    decoder = Decoder(hparams["latent_dim"], hparams["hidden_dim"], hparams["x_dim"])
    model = Model(encoder, decoder)
    optimizer = instantiate(hparams["optimizer"], params=model.parameters())
    for epoch in range(hparams["n_epochs"]):
        overall = 0.0
        for x, _ in loader:
            x = x.view(len(x), -1)
            optimizer.zero_grad()
            x_hat, mean, log_var = model(x)
            loss = nn.functional.binary_cross_entropy(x_hat, x, reduction="sum")
            loss = loss - 0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
            overall += loss.item()
            loss.backward()
            optimizer.step()
        log.info(f"Epoch {epoch + 1} complete, average loss {overall / len(train_set)}")
    torch.save(model, f"{os.getcwd()}/trained_model.pt")


if __name__ == "__main__":
    train()
