"""The training, as a class."""

from collections.abc import Iterator

from digits import tensors as t
from digits.networks import GaussianEncoder, PixelDecoder


class Fit:
    """An encoder and a decoder that are trained together."""

    def __init__(self, pixels: int, width: int, latent: int, device: str) -> None:
        self.encoder = GaussianEncoder(pixels, width, latent)
        self.decoder = PixelDecoder(latent, width, pixels)
        for half in (self.encoder, self.decoder):
            half.to(device)
        self.optimizer = t.Adam([*self.encoder.parameters(), *self.decoder.parameters()], lr=0.004)

    def reconstructed(self, x: t.Tensor) -> t.Tensor:
        return self.decoder(self.encoder(x)[0])

    def loss(self, x: t.Tensor) -> t.Tensor:
        z, mean, log_var = self.encoder(x)
        guess = self.decoder(z)
        likelihood = (x * guess.log() + (1.0 - x) * (1.0 - guess).log()).sum()
        divergence = 0.5 * (log_var.exp() + mean * mean - log_var - 1.0).sum()
        return (divergence - likelihood) / len(x)

    def epoch(self, batches: Iterator[t.Tensor]) -> float:
        total = 0.0
        for x in batches:
            loss = self.loss(x)
            loss.backward()
            self.optimizer.step()
            for one in self.optimizer.parameters:
                one.grad = None
            total += loss.item()
        return total
