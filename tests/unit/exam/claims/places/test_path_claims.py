"""Claims about files and folders."""

from __future__ import annotations

import pytest

from grader.exam.claims.places import path_claims as paths
from tests.claim_sample import FILES, repository, verdicts

KNOWN = repository()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We filled out `train.py` in `src/plants/`.", {"train.py": "supported", "src/plants/": "supported"}),
        ("The loader is in data/loader.py.", {"data/loader.py": "supported"}),
        (
            "(containing api.dockerfile and train.dockerfile)",
            {"api.dockerfile": "supported", "train.dockerfile": "supported"},
        ),
        ("*test_model.py* tests the model.", {"test_model.py": "supported"}),
        ("We use `configs\\config.yaml`.", {"configs\\config.yaml": "supported"}),
        ("It is defined in `./tasks.py`.", {"./tasks.py": "supported"}),
        ("The data is tracked by `data.dvc`.", {"data.dvc": "supported"}),
        (
            "Our package is in the src folder, and the tests folder has tests.",
            {"src": "supported", "tests": "supported"},
        ),
        ("We added `constants.py` for values.", {"constants.py": "contradicted"}),
        (
            "The pipeline is in .github/workflows/deploy.yaml.",
            {".github/workflows/deploy.yaml": "contradicted"},
        ),
        ("We have added the `infra/` folder for Terraform.", {"infra/": "contradicted"}),
        ("We use `Configs/config.yaml`.", {"Configs/config.yaml": "undetermined"}),
        ("It is in `config.yml`.", {"config.yml": "undetermined"}),
        ("It is in pyproejct.toml.", {"pyproejct.toml": "undetermined"}),
        ("We added `constant.py`, as the template has it.", {"constant.py": "undetermined"}),
    ],
)
def test_what_is_named_exists_at_the_commit(text: str, told: dict[str, str]) -> None:
    assert verdicts(paths.find, 5, text, KNOWN) == told


@pytest.mark.parametrize(
    "text",
    [
        "The run saves `hparams.yaml`.",
        "The best model is in `models/best.ckpt`.",
        "Hydra writes to `outputs/`.",
        "We put our keys in `secret/keys.yaml`.",
        "We would add `deploy.yaml`.",
        "In the future a `drift.py` could be added.",
        "The old `make_dataset.py` was replaced.",
        "We renamed `predict_model.py`.",
        "It was done with pip (or an environment.yml).",
        "The script is at /app/run.py in the container.",
        "See `~/.ssh/config.yaml` and `C:\\x\\y.py`.",
        "Use `configs/<name>.yaml` or `tests/test_*.py` or `{name}.yaml`.",
        "We call `src.plants.api:app` and `torch.profiler` and `/predict`.",
        "CI/CD, and/or, train/test, W&B, Node.js, e.g. v1.2.",
        "We pushed `europe-west1-docker.pkg.dev/p/r/api.yaml`.",
        "Put `path/to/file.py` there.",
        "We did not write a `deploy.yaml`.",
        "Every experiment has its own `experiment.yaml`.",
        "We use uv, so there is no need for requirements.txt.",
        "Unlike `requirements.txt`, uv.lock pins all.",
        "It is similar to a `setup.py`.",
        "The `environment.yaml` file was exported from conda.",
        "The files `evaluate.py` and `visualize.py` from the template were removed.",
        "We merged `predict.py` into `api.py`.",
        "See https://example.com/a/b.py and [x](../gone.py).",
        "The file `train.yaml` is downloaded from the bucket.",
    ],
)
def test_what_may_be_elsewhere_is_not_missing(text: str) -> None:
    assert "contradicted" not in verdicts(paths.find, 5, text, KNOWN).values()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("We removed the `notebooks/` folder.", {"notebooks/": "supported"}),
        ("We removed the *notebooks* folder.", {"notebooks": "supported"}),
        ("The `notebooks/` folder was deleted.", {"notebooks/": "supported"}),
        ("We deleted the `configs/` folder.", {"configs/": "contradicted"}),
        ("We deleted the `dockerfiles/` folder.", {"dockerfiles/": "undetermined"}),
        ("We removed files from `configs/`.", {"configs/": "supported"}),
        ("We removed `configs/` from tracking.", {"configs/": "supported"}),
        ("We removed `train.py`.", {"train.py": "undetermined"}),
    ],
)
def test_what_is_said_to_be_gone_is_gone(text: str, told: dict[str, str]) -> None:
    known = repository(template=("dockerfiles/api.dockerfile", "dockerfiles/train.dockerfile"))
    assert verdicts(paths.find, 5, text, known) == told


def test_a_cut_list_and_a_tale_of_the_past_contradict_nothing() -> None:
    assert verdicts(paths.find, 5, "It is `gone.py`.", repository(cut=("files",))) == {
        "gone.py": "undetermined"
    }
    assert verdicts(paths.find, 30, "It is `gone.py`.", KNOWN) == {"gone.py": "undetermined"}
    assert verdicts(paths.find, 5, "It is `gone.py`.", KNOWN) == {"gone.py": "contradicted"}


@pytest.mark.parametrize("pattern", ["*.yaml", "/conf", "conf/", "conf/gone.yaml", "**/gone.yaml", "c?nf"])
def test_ignored_files_may_be_on_their_disks(pattern: str) -> None:
    told = verdicts(paths.find, 5, "It is `conf/gone.yaml`.", repository(ignored=(pattern,)))
    assert told == {"conf/gone.yaml": "undetermined"}


def test_what_dvc_tracks_is_not_in_git() -> None:
    known = repository(files=(*FILES, "assets.dvc"), tracked=("store/x",))
    told = verdicts(paths.find, 5, "We have `assets/a.toml` and `store/x/b.toml`.", known)
    assert told == {"assets/a.toml": "undetermined", "store/x/b.toml": "undetermined"}


def test_one_letter_makes_a_slip_but_one_digit_another_file() -> None:
    known = repository(files=("environment.yml", "configs/experiment1.yaml"))
    told = verdicts(paths.find, 4, "We use `enviroment.yml` and `experiment2.yaml`.", known)
    assert told == {"enviroment.yml": "undetermined", "experiment2.yaml": "contradicted"}
