FROM python:3.12-slim
RUN pip install fastapi==0.115.0 uvicorn==0.34.0
COPY api.py ./
CMD exec uvicorn api:app --host 0.0.0.0 --port $PORT
