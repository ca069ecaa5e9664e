import csv
import logging
import os
import pickle

import hydra
import numpy as np
from hydra.utils import get_original_cwd, instantiate
from learner import Model

logger = logging.getLogger(__name__)


@hydra.main(config_path="conf", config_name="default_config.yaml", version_base="1.1")
def train(config):
    hparams = config.experiment.hyperparameters
    generator = np.random.default_rng(hparams.seed)
    with open(os.path.join(get_original_cwd(), "flowers.csv")) as file:
        rows = list(csv.reader(file))[1:]
    kinds = sorted({row[4] for row in rows})
    x = np.array([row[:4] for row in rows], dtype=float) / 10
    y = np.eye(3)[[kinds.index(row[4]) for row in rows]]
    model = Model(hparams.hidden_dim, generator)
    optimizer = instantiate(config.experiment.optimizer, [model.first, model.second])
    for epoch in range(hparams.n_epochs):
        order = generator.permutation(len(x))
        for at in range(0, len(x), hparams.batch_size):
            chosen = order[at : at + hparams.batch_size]
            loss, slopes = model.slopes(x[chosen], y[chosen])
            optimizer.update(slopes)
        logger.info(f"Epoch {epoch}, last loss {loss}")
    with open("trained_model.pkl", "wb") as file:
        pickle.dump(model, file)


if __name__ == "__main__":
    train()
