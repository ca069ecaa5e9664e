FROM python:3.12-slim

# An init that hands signals on: `docker stop` need not wait.
RUN apt-get update && \
    apt-get install --no-install-recommends -y tini && \
    rm -rf /var/lib/apt/lists/*

WORKDIR /app

# What changes seldom comes first: an edited line of code reuses the layers above it.
COPY requirements.txt .
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install -r requirements.txt

COPY pyproject.toml README.md ./
COPY src/ src/
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --no-deps .

# Data and models are mounted at /app/data and /app/models.
ENTRYPOINT ["tini", "--", "python", "-u", "src/leaves/train.py"]
