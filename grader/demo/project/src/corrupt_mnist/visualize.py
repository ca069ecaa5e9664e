"""Draw what the model has learned, as a PNG and without any plotting library."""

import struct
import zlib
from pathlib import Path
from typing import Annotated

import typer

from corrupt_mnist.data import SIDE
from corrupt_mnist.model import SoftmaxRegression

app = typer.Typer(help="Draw the weights of a trained model.")


def grey_png(rows: list[list[int]]) -> bytes:
    """Encode rows of grey values, 0 to 255, as a PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def weight_rows(model: SoftmaxRegression, zoom: int = 8) -> list[list[int]]:
    """Lay the weights of the digits side by side; bright pixels speak for a digit."""
    peak = max(abs(weight) for row in model.weights for weight in row) or 1.0
    grey = [[round(127.5 + 127.5 * weight / peak) for weight in row] for row in model.weights]
    rows = []
    for y in range(SIDE):
        line = [value for digit in grey for value in digit[y * SIDE : (y + 1) * SIDE] for _ in range(zoom)]
        rows.extend([line] * zoom)
    return rows


@app.command()
def visualize(
    checkpoint: Annotated[Path, typer.Argument(help="A trained model.")] = Path("models/model.json"),
    figure: Annotated[Path, typer.Option(help="Where the figure goes.")] = Path("reports/figures/weights.png"),
) -> None:
    """Write a figure of the weights of a trained model."""
    figure.parent.mkdir(parents=True, exist_ok=True)
    figure.write_bytes(grey_png(weight_rows(SoftmaxRegression.load(checkpoint))))
    print(f"Wrote {figure}")


if __name__ == "__main__":
    app()
