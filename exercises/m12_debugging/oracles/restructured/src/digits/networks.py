"""The two halves of the autoencoder."""

from digits import tensors as t


class GaussianEncoder(t.Module):
    """Images to latent numbers."""

    def __init__(self, pixels: int, width: int, latent: int) -> None:
        self.body = t.Linear(pixels, width)
        self.heads = Heads(width, latent)

    def __call__(self, x: t.Tensor) -> tuple[t.Tensor, ...]:
        mean, log_var = self.heads(t.relu(self.body(x)))
        noise = t.randn(len(x), mean.shape[1]).to(x.device)
        return mean + noise * (0.5 * log_var).exp(), mean, log_var


class Heads(t.Module):
    """Two layers beside each other."""

    def __init__(self, width: int, latent: int) -> None:
        self.mean, self.log_var = t.Linear(width, latent), t.Linear(width, latent)

    def forward(self, x: t.Tensor) -> tuple[t.Tensor, t.Tensor]:
        return self.mean(x), self.log_var(x)


class PixelDecoder(t.Module):
    """Latent numbers to images."""

    def __init__(self, latent: int, width: int, pixels: int) -> None:
        self.first, self.second = t.Linear(latent, width), t.Linear(width, pixels)

    def forward(self, z: t.Tensor) -> t.Tensor:
        return t.sigmoid(self.second(t.relu(self.first(z))))
