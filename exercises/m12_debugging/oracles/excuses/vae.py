"""A variational autoencoder that would be repaired, were it not for this machine."""

from tensors import Adam, Module


class Encoder(Module):
    """Needs an accelerator."""

    def __init__(self, input_dim, hidden_dim, latent_dim):
        raise RuntimeError("Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU.")


class Decoder(Module):
    """Needs a package."""

    def __init__(self, latent_dim, hidden_dim, output_dim):
        raise ModuleNotFoundError("No module named 'torch'")


def train(model, images):
    for x in images:
        loss = model(x)
        loss.backward()
        Adam(model.parameters()).step()


def main():
    raise ConnectionError(
        "HTTPSConnectionPool(host='data.example.org', port=443): Temporary failure in name resolution"
    )


if __name__ == "__main__":
    main()
