"""Promote models."""

import os

import typer
import wandb

app = typer.Typer()


@app.command()
def stage_model(artifact_path: str, alias: list[str] = ["staging"]) -> None:
    """Link a model of the format `entity/project/name:version`."""
    if artifact_path == "":
        typer.echo("No artifact path provided. Exiting.")
        return
    run = wandb.init(entity=os.getenv("WANDB_ENTITY"), project=os.getenv("WANDB_PROJECT"))
    artifact = run.use_artifact(artifact_path)
    name = artifact_path.split("/")[-1].split(":")[0]
    run.link_artifact(artifact, f"{os.getenv('WANDB_ENTITY')}/model-registry/{name}", aliases=alias)


if __name__ == "__main__":
    app()
