"""Train a network that tells species by their leaves; all settings are in `configs`."""

import logging
import random
from pathlib import Path

import hydra
import numpy as np
from hydra.core.hydra_config import HydraConfig
from hydra.utils import instantiate
from network import Network, batches, read
from omegaconf import DictConfig

#: The table lies beside this script, wherever a run starts.
TABLE = Path(__file__).with_name("leaves.csv")

log = logging.getLogger(__name__)


@hydra.main(version_base=None, config_path="configs", config_name="config")
def main(cfg: DictConfig) -> None:
    """Train with the settings of a run, and leave the weights in its folder."""
    random.seed(cfg.seed)
    np.random.seed(cfg.seed)
    x, y = read(TABLE)
    network = Network(x.shape[1], cfg.model.hidden, len(set(y)))
    optimizer = instantiate(cfg.optimizer, params=network.parameters())
    for epoch in range(1, cfg.epochs + 1):
        losses = []
        for inputs, targets in batches(x, y, cfg.batch_size):
            loss, gradients = network.loss(inputs, targets)
            optimizer.step(gradients)
            losses.append(loss)
        log.info("epoch %d: loss %.4f", epoch, sum(losses) / len(losses))
    np.savez(Path(HydraConfig.get().runtime.output_dir, "weights.npz"), *network.parameters())


if __name__ == "__main__":
    main()
