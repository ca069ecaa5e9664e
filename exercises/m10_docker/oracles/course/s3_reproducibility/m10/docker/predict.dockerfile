FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim
ENV UV_LINK_MODE=copy
RUN apt update && \
    apt install --no-install-recommends -y build-essential gcc && \
    apt clean && rm -rf /var/lib/apt/lists/*
COPY requirements*.txt /
RUN --mount=type=cache,target=/root/.cache/uv uv pip install --system -r requirements_eval.txt
COPY flowers /flowers
ENTRYPOINT ["python", "-u", "/flowers/predict_leaves.py"]
