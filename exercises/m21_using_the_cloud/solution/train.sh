#!/bin/sh
gcloud ai custom-jobs create --region=europe-west1 --display-name=heights --config=config_cpu.yaml
