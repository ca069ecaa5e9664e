FROM python:3.12-slim
WORKDIR /app
COPY train.py ./
ENTRYPOINT ["python", "train.py"]
