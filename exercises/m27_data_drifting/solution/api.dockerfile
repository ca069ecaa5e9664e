FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY src src
CMD exec uvicorn iris.api:app --app-dir src --host 0.0.0.0 --port ${PORT:-8080}
