"""A variational autoencoder: images become few numbers with noise on them, and images again. It has four bugs."""

import numpy as np
from tensors import Adam, Linear, Module, Tensor, manual_seed, randn, relu, save_image, sigmoid, tensor

#: Where everything is computed: an accelerator, or "cpu".
DEVICE = "accelerator"
PIXELS, HIDDEN, LATENT = 64, 32, 4
BATCH, EPOCHS, RATE = 20, 40, 3e-3
SHOWN = 40


class Encoder(Module):
    """Finds for each image the mean and the logarithm of the variance of its latent numbers, and draws them."""

    def __init__(self, input_dim: int, hidden_dim: int, latent_dim: int) -> None:
        self.hidden = Linear(input_dim, hidden_dim)
        self.mean = Linear(hidden_dim, latent_dim)
        self.log_var = Linear(hidden_dim, latent_dim)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        hidden = relu(self.hidden(x))
        mean, log_var = self.mean(hidden), self.log_var(hidden)
        return self.draw(mean, log_var), mean, log_var

    def draw(self, mean: Tensor, deviation: Tensor) -> Tensor:
        """Draw numbers around `mean` that spread as `deviation` says."""
        noise = randn(*deviation.shape)
        return mean + deviation * noise


class Decoder(Module):
    """Makes an image of latent numbers."""

    def __init__(self, latent_dim: int, hidden_dim: int, output_dim: int) -> None:
        self.hidden = Linear(latent_dim, hidden_dim)
        self.output = Linear(latent_dim, output_dim)

    def forward(self, z: Tensor) -> Tensor:
        return sigmoid(self.output(relu(self.hidden(z))))


class Model(Module):
    """An encoder and a decoder in a row."""

    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        self.encoder, self.decoder = encoder, decoder

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        z, mean, log_var = self.encoder(x)
        return self.decoder(z), mean, log_var


def loss_function(x: Tensor, x_hat: Tensor, mean: Tensor, log_var: Tensor) -> Tensor:
    """How unlike the images are, and how unlike normal noise the latent numbers."""
    unlike = -(x * x_hat.log() + (1.0 - x) * (1.0 - x_hat).log()).sum()
    divergence = -0.5 * (1.0 + log_var - mean * mean - log_var.exp()).sum()
    return (unlike + divergence) / len(x)


def train(model: Model, images: Tensor) -> None:
    """Train for `EPOCHS` epochs, and print the mean loss of each tenth one."""
    optimizer = Adam(model.parameters(), lr=RATE)
    for epoch in range(1, EPOCHS + 1):
        losses = []
        for start in range(0, len(images), BATCH):
            x = images[start : start + BATCH]
            x_hat, mean, log_var = model(x)
            loss = loss_function(x, x_hat, mean, log_var)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if epoch % 10 == 0:
            print(f"epoch {epoch}: loss {np.mean(losses):.2f}")


def main() -> None:
    """Train on `images.csv`, and leave three pictures."""
    manual_seed(1)
    images = tensor(np.loadtxt("images.csv", delimiter=",") / 255, device=DEVICE)
    model = Model(Encoder(PIXELS, HIDDEN, LATENT), Decoder(LATENT, HIDDEN, PIXELS))
    model.to(DEVICE)
    train(model, images[:-SHOWN])

    shown = images[-SHOWN:]
    reconstructed, _, _ = model(shown)
    save_image(shown, "originals.png")
    save_image(reconstructed, "reconstructions.png")
    save_image(model.decoder(randn(SHOWN, LATENT, device=DEVICE)), "samples.png")


if __name__ == "__main__":
    main()
