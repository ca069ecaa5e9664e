"""Promote a model: link it to the registered model of its name, under further aliases."""

import argparse

import wandb

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", help="entity/project/name:version")
    parser.add_argument("--aliases", nargs="+", default=["staging"])
    options = parser.parse_args()
    artifact = wandb.Api().artifact(options.path)
    artifact.link("my-team/model-registry/digits")
    print(f"Linked {options.path}.")
