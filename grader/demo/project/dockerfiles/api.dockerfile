FROM python:latest

WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY pyproject.toml README.md ./
COPY src/ src/
RUN pip install --no-cache-dir --no-deps .

EXPOSE 8000

ENTRYPOINT ["python", "-u", "src/corrupt_mnist/api.py", "--host", "0.0.0.0"]
