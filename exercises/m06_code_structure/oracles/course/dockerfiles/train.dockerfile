FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt . --no-cache-dir
ENTRYPOINT ["python", "-u", "src/corrupt/train.py"]
