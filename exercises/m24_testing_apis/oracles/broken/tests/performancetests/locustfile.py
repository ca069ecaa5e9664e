from locust import HttpUser, between, task


class Visitor(HttpUser):
    wait_time = between(0.1, 0.5)

    @task
    def predict(self):
        self.client.post("/predict", json={"image": [0.0] * 784})

    @task
    def items(self):
        self.client.get("/items/3")
