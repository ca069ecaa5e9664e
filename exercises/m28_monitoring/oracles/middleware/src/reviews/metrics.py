import time
from prometheus_client import CollectorRegistry, Counter, Histogram, Summary
REGISTRY = CollectorRegistry(auto_describe=True)
REQUESTS = Counter("http_requests", "x", ["method", "path", "status"], registry=REGISTRY)
SECONDS = Histogram("http_seconds", "x", ["path"], registry=REGISTRY, buckets=(0.001, 0.01, 0.1, 1))
LENGTH = Summary("review_chars", "x", registry=REGISTRY)
async def measure(request, call_next):
    start = time.perf_counter()
    status = 500
    try:
        response = await call_next(request)
        status = response.status_code
        return response
    finally:
        REQUESTS.labels(request.method, request.url.path, status).inc()
        SECONDS.labels(request.url.path).observe(time.perf_counter() - start)
