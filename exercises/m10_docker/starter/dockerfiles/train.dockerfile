FROM python

RUN apt-get update && apt-get install -y build-essential
RUN rm -rf /var/lib/apt/lists/*

ENV WANDB_API_KEY=local-0123456789abcdef

WORKDIR /app
COPY . .
COPY settings/train.yaml settings/train.yaml
RUN pip install numpy
RUN pip install --no-deps .

ENTRYPOINT python src/train.py
