"""Write the network to a file that needs no PyTorch."""

import torch

from digits.model import Classifier


def export(path: str = "models/digits.onnx") -> None:
    """Write the network to `path`."""
    model = Classifier().eval()
    torch.onnx.export(
        model,
        (torch.randn(1, 784),),
        path,
        input_names=["input"],
        dynamic_axes={"input": {0: "batch"}},
    )


if __name__ == "__main__":
    export()
