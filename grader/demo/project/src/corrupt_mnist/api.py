"""Serve the model over HTTP: `GET /health` and `POST /predict`."""

import json
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Annotated, Any

import typer

from corrupt_mnist.model import SoftmaxRegression

MAX_BODY = 100_000

logger = logging.getLogger(__name__)
app = typer.Typer(help="Serve the model.")


def answer(model: SoftmaxRegression, body: bytes) -> tuple[int, dict[str, Any]]:
    """Return the status and the reply for a request to predict."""
    try:
        image = [float(pixel) for pixel in json.loads(body)["image"]]
        probabilities = model.forward(image)
    except (KeyError, TypeError, ValueError) as problem:
        return 422, {"detail": str(problem)}
    return 200, {"digit": probabilities.index(max(probabilities)), "probabilities": probabilities}


class Handler(BaseHTTPRequestHandler):
    """Answers requests with the model of the server."""

    model: SoftmaxRegression

    def do_GET(self) -> None:  # noqa: N802
        """Say that the server is up."""
        if self.path == "/health":
            self._reply(200, {"status": "ok"})
        else:
            self._reply(404, {"detail": "not found"})

    def do_POST(self) -> None:  # noqa: N802
        """Predict the digit of an image."""
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != "/predict":
            self._reply(404, {"detail": "not found"})
        elif length > MAX_BODY:
            self._reply(413, {"detail": "too large"})
        else:
            self._reply(*answer(self.model, self.rfile.read(length)))

    def _reply(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@app.command()
def serve(
    checkpoint: Annotated[Path, typer.Option(help="A trained model.")] = Path("models/model.json"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the model until somebody stops it."""
    Handler.model = SoftmaxRegression.load(checkpoint)
    logger.info("Listening on %s:%d", host, port)
    ThreadingHTTPServer((host, port), Handler).serve_forever()


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.INFO)
    app()


if __name__ == "__main__":
    main()
