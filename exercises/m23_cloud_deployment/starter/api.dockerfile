FROM python:3.12-slim
RUN pip install fastapi==0.115.0 uvicorn==0.34.0
COPY api.py ./
CMD ["uvicorn", "api:app", "--port", "8000"]
