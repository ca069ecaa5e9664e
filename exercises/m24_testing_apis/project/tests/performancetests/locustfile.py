"""A load test of the API."""

from locust import HttpUser, between, task


class Visitor(HttpUser):
    """Somebody who asks for predictions."""

    wait_time = between(1, 2)

    @task
    def greet(self) -> None:
        """Open the root."""
        self.client.get("/")

    @task(3)
    def predict(self) -> None:
        """Ask for a prediction."""
        self.client.post("/predict", json=[0.0] * 784)
