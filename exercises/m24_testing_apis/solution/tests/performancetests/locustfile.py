"""Users who mostly ask for predictions."""

import random

from locust import HttpUser, between, task


class Visitor(HttpUser):
    """Somebody who looks around, and sends images."""

    wait_time = between(0.1, 0.5)

    @task
    def look(self) -> None:
        """Read the front page, and how a digit is spelled."""
        self.client.get("/")
        self.client.get(f"/names/{random.randrange(10)}", name="/names/[digit]")

    @task(3)
    def predict(self) -> None:
        """Send an image."""
        self.client.post("/predict", json={"pixels": [random.random() for _ in range(64)]})
