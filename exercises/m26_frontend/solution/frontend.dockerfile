FROM python:3.12-slim
WORKDIR /app
COPY requirements_frontend.txt frontend.py ./
RUN pip install --no-cache-dir -r requirements_frontend.txt
EXPOSE 8080
CMD exec streamlit run frontend.py --server.port ${PORT:-8080} --server.address 0.0.0.0
