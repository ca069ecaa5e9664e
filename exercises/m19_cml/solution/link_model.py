"""Promote a model: link it to the registered model of its name, under further aliases."""

import argparse
import os

import wandb


def link_model(path: str, aliases: list[str]) -> None:
    """Link the artifact `entity/project/name:version`; without a path there is nothing to do."""
    if not path:
        print("No model is named: nothing to link.")
        return
    api = wandb.Api(api_key=os.environ["WANDB_API_KEY"])
    entity, _, version = path.split("/")
    name = version.partition(":")[0]
    api.artifact(path).link(target_path=f"{entity}/model-registry/{name}", aliases=aliases)
    print(f"Linked {path} as {', '.join(aliases)}.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", help="entity/project/name:version")
    parser.add_argument("--aliases", nargs="+", default=["staging"])
    options = parser.parse_args()
    link_model(options.path, options.aliases)
