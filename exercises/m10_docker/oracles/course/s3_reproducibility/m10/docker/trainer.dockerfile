# syntax=docker/dockerfile:1
ARG PYTHON=3.11
FROM python:${PYTHON}-slim-bookworm AS base
ENV PIP_NO_CACHE_DIR=1
COPY requirements.txt requirements.txt
RUN pip install -r requirements.txt
COPY flowers/fit_leaves.py flowers/fit_leaves.py
WORKDIR /
ENV OUT=/trained
ENTRYPOINT ["python", "-u", "flowers/fit_leaves.py"]
CMD ["--n-epochs", "30"]
