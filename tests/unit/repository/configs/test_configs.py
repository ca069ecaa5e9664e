"""Configuration of experiments: which files, what is in them, what loads them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.repository.configs.configs import Config
from tests.cpu import ends_within
from tests.view_sample import view


def one(root: Path, path: str, content: str) -> Config:
    (config,) = view(root, {path: content}).configs()
    return config


def read(root: Path, files: dict[str, str]) -> dict[str, str]:
    """Path of the place that loads each configuration file that is loaded."""
    submission = view(root, files)
    places = {config.path: submission.reads(config) for config in submission.configs()}
    return {path: place.path for path, place in places.items() if place}


def test_keys_hyperparameters_and_lines(tmp_path: Path) -> None:
    config = one(
        tmp_path,
        "conf/a.yaml",
        "optimizer:\n  name: adam\n  lr: 1e-3\nbatch-size: 3\npaths:\n  - {seed: 1}\n",
    )
    assert config.keys == ("optimizer", "optimizer.name", "optimizer.lr", "batch-size", "paths")
    assert config.values["optimizer.lr"] == 0.001
    assert config.hyperparameters == ("optimizer", "optimizer.lr", "batch-size")
    assert str(config.evidence("optimizer.lr")) == "conf/a.yaml:3: lr: 1e-3"
    assert str(config.evidence()) == "conf/a.yaml"
    assert not config.is_sweep


@pytest.mark.parametrize(
    ("path", "content", "keys", "line"),
    [
        ("params.toml", "seed = 1\n[train]\nlr = 0.1\n", ("seed", "train", "train.lr"), 3),
        ("configs/a.json", '{"seed": 1,\n "train": {\n "lr": 0.1}}', ("seed", "train", "train.lr"), 3),
        ("config.ini", "[train]\nseed = 1\nlr = 0.1\n", ("train", "train.seed", "train.lr"), 3),
    ],
)
def test_other_formats(tmp_path: Path, path: str, content: str, keys: tuple[str, ...], line: int) -> None:
    config = one(tmp_path, path, content)
    assert config.keys == keys
    assert "train.lr" in config.hyperparameters
    assert config.line("train.lr") == line


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".github/workflows/a.yaml", "on: push\njobs: {}\n"),
        ("docker-compose.yml", "services: {}\n"),
        ("deploy/stack.yaml", "services:\n  web:\n    image: x\n"),
        ("cloudbuild.yaml", "steps: []\n"),
        ("ci/steps.yaml", "steps:\n- name: docker\n  args: [x]\n"),
        (".gcp/config_cpu.yaml", "workerPoolSpecs:\n  machineSpec: {}\n"),
        ("vertex.yaml", "workerPoolSpecs: []\nlr: 1\n"),
        ("service.yaml", "apiVersion: v1\nkind: Service\n"),
        ("environment.yml", "name: x\ndependencies: []\n"),
        ("mkdocs.yaml", "site_name: x\n"),
        (".pre-commit-config.yaml", "repos: []\n"),
        ("dvc.yaml", "stages: {}\n"),
        ("data.dvc", "outs: []\n"),
        ("package.json", '{"model": 1}'),
        ("frontend/tsconfig.json", '{"lr": 1}'),
        ("uv.lock", "version = 1\n"),
        ("pyproject.toml", "[tool.x]\nlr = 1\n"),
        ("tox.ini", "[tox]\nseed = 1\n"),
        ("configs/prometheus.yml", "global: {}\n"),
        ("monitoring/scrape.yml", "scrape_configs: []\n"),
        (".vscode/settings.json", '{"model": 1}'),
        ("models/bert/config.json", '{"architectures": ["Bert"], "hidden_size": 1}'),
        ("configs/label_map.json", '{"0": "cat"}'),
        ("data/config.yaml", "lr: 1\n"),
        ("reports/metrics.yaml", "lr: 1\n"),
        ("tests/configs/a.yaml", "lr: 1\n"),
        ("data/train/a.yaml", "lr: 1\n"),
        ("models/best/adapter_config.json", '{"peft_type": "LORA", "lora_dropout": 1}'),
        ("train_history.json", '{"epochs": 1}'),
        ("results.json", '{"epochs": 1}'),
        ("stations.json", '{"seed": 1}'),
        ("configs/list.yaml", "- lr: 1\n- lr: 2\n"),
        ("configs/empty.yaml", "# lr: 1\n"),
        ("configs/broken.yaml", "lr: [1\n"),
        ("configs/broken.ini", "lr\n= 1 [\n"),
        ("configs/words.txt", "lr: 1\n"),
        ("outputs/1/.hydra/config.yaml", "lr: 1\n"),
        ("wandb/run/files/config.yaml", "lr: 1\n"),
        ("configs/huge.yaml", "lr: 1\n" + "# x\n" * 60_000),
    ],
)
def test_files_of_tools_and_data_are_no_configuration(tmp_path: Path, path: str, content: str) -> None:
    assert view(tmp_path, {path: content}).configs() == []


@pytest.mark.parametrize(
    "path",
    [
        "config.yaml",
        "src/pkg/config/model/a.yml",
        "conf/data/a.yaml",
        "src/data/config/a.yaml",
        "hparams.yaml",
        "params.yaml",
    ],
)
def test_configuration_lies_anywhere(tmp_path: Path, path: str) -> None:
    assert one(tmp_path, path, "lr: 1\n").path == path


def test_defaults_of_hydra(tmp_path: Path) -> None:
    text = """
defaults:
  - _self_
  - model: cnn
  - data@train: mnist
  - override hydra/launcher: joblib
  - optional /experiment: null
  - base
  - optimizer: ${model}
  - callbacks: [one, two]
  - trainer: ???
services:
  a: {b: 1}
"""
    assert one(tmp_path, "conf/config.yaml", text).defaults == (
        "model/cnn",
        "data/mnist",
        "hydra/launcher/joblib",
        "/experiment/",
        "base",
        "optimizer/",
        "callbacks/one",
        "callbacks/two",
        "trainer/",
    )


SWEEP = "program: train.py\nmethod: bayes\nmetric: {name: loss, goal: minimize}\nparameters:\n  lr: {min: 0, max: 1}\n  x: {value: 1}\n"


@pytest.mark.parametrize(
    ("text", "sweep", "parameters"),
    [
        (SWEEP, True, ("lr", "x")),
        ("method: adam\nlr: 1\n", False, ("lr",)),
        ("hydra:\n  sweeper:\n    params:\n      lr: 1,2\n", True, ()),
        ("defaults:\n  - override hydra/sweeper: optuna\nlr: 1\n", True, ("lr",)),
        ("optuna:\n  n_trials: 3\n", True, ()),
        ("studySpec:\n  metrics: []\n", True, ()),
        ("hydra:\n  run:\n    dir: outputs\n", False, ()),
    ],
)
def test_sweeps(tmp_path: Path, text: str, sweep: bool, parameters: tuple[str, ...]) -> None:
    config = one(tmp_path, "configs/a.yaml", text)
    assert (config.is_sweep, config.hyperparameters) == (sweep, parameters)


MAIN = "import hydra\n@hydra.main(config_path='../conf', config_name='config', version_base=None)\ndef main(cfg): ...\n"


def test_what_hydra_reaches(tmp_path: Path) -> None:
    files = {
        "src/train.py": MAIN,
        "conf/config.yaml": "defaults:\n  - model: cnn\n  - _self_\nlr: 1\n",
        "conf/model/cnn.yaml": "defaults:\n  - part: a\nlayers: 3\n",
        "conf/model/other_choice.yaml": "layers: 3\n",
        "conf/model/part/a.yaml": "layers: 3\n",
        "conf/unused/a.yaml": "layers: 3\n",
        "conf/second.yaml": "lr: 1\n",
        "elsewhere/config.yaml": "lr: 1\n",
    }
    assert set(read(tmp_path, files)) == {
        "conf/config.yaml",
        "conf/model/cnn.yaml",
        "conf/model/other_choice.yaml",
        "conf/model/part/a.yaml",
    }


def test_what_a_command_line_of_hydra_chooses(tmp_path: Path) -> None:
    files = {
        "src/train.py": MAIN,
        "Makefile": "train:\n\tpython src/train.py --config-name=big +experiment=one\n",
        "conf/config.yaml": "lr: 1\n",
        "conf/big.yaml": "lr: 1\n",
        "conf/experiment/one.yaml": "lr: 1\n",
        "conf/experiment/two.yaml": "lr: 1\n",
    }
    assert read(tmp_path, files) == {
        "conf/config.yaml": "src/train.py",
        "conf/big.yaml": "Makefile",
        "conf/experiment/one.yaml": "Makefile",
    }


def test_compose(tmp_path: Path) -> None:
    text = """
from hydra import compose, initialize_config_dir
from pathlib import Path
with initialize_config_dir(config_dir=str(Path(__file__).parent / "conf")):
    cfg = compose(config_name="config", overrides=["model=big"])
"""
    files = {"app/api.py": text, "app/conf/config.yaml": "lr: 1\n", "app/conf/model/big.yaml": "lr: 1\n"}
    assert set(read(tmp_path, files)) == {"app/conf/config.yaml", "app/conf/model/big.yaml"}


@pytest.mark.parametrize(
    "code",
    [
        "import yaml\nwith open('conf/a.yaml') as f:\n    c = yaml.safe_load(f)\n",
        "from omegaconf import OmegaConf\nc = OmegaConf.load('../conf/a.yaml')\n",
        "import yaml\nfrom pathlib import Path\nP = Path('conf') / 'a.yaml'\nc = yaml.load(P.open(), Loader=yaml.SafeLoader)\n",
        "import yaml, argparse\np = argparse.ArgumentParser()\np.add_argument('--config', default='/app/conf/a.yaml')\n"
        "c = yaml.safe_load(open(p.parse_args().config))\n",
        "import yaml\ndef load(name):\n    return yaml.safe_load(open(f'conf/{name}.yaml'))\n",
        "import yaml\nDIR = 'conf'\ndef load(name):\n    return yaml.safe_load(open(DIR + '/' + name + '.yaml'))\n",
    ],
)
def test_code_that_loads_a_file(tmp_path: Path, code: str) -> None:
    assert read(tmp_path, {"src/train.py": code, "conf/a.yaml": "lr: 1\n"}) == {"conf/a.yaml": "src/train.py"}


def test_the_name_may_stand_in_another_file_than_the_loader(tmp_path: Path) -> None:
    files = {
        "src/utils.py": "import yaml\ndef load_config(path):\n    return yaml.safe_load(open(path))\n",
        "src/train.py": "from src.utils import load_config\nc = load_config('conf/a.yaml')\n",
        "conf/a.yaml": "lr: 1\n",
    }
    assert read(tmp_path, files) == {"conf/a.yaml": "src/train.py"}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("configs/a.toml", "import tomllib\nc = tomllib.load(open('configs/a.toml', 'rb'))\n"),
        ("configs/a.json", "import json\nc = json.load(open('configs/a.json'))\n"),
        ("a.ini", "import configparser\nc = configparser.ConfigParser()\nc.read('a.ini')\n"),
    ],
)
def test_other_formats_are_loaded(tmp_path: Path, path: str, code: str) -> None:
    content = {"toml": "lr = 1\n", "json": '{"lr": 1}', "ini": "[a]\nlr = 1\n"}[path.rpartition(".")[2]]
    assert set(read(tmp_path, {"train.py": code, path: content})) == {path}


@pytest.mark.parametrize(
    "files",
    [
        {"Makefile": "sweep:\n\twandb sweep conf/a.yaml\n"},
        {
            "tasks.py": "from invoke import task\n@task\ndef t(ctx):\n    ctx.run('python src/train.py --config conf/a.yaml')\n"
        },
        {
            ".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: python x.py --config=./conf/a.yaml\n"
        },
        {"dockerfiles/Dockerfile": 'FROM x\nENTRYPOINT ["python", "x.py", "--config", "/app/conf/a.yaml"]\n'},
    ],
)
def test_commands_that_pass_a_file(tmp_path: Path, files: dict[str, str]) -> None:
    assert read(tmp_path, {**files, "conf/a.yaml": "lr: 1\n"}) == {"conf/a.yaml": next(iter(files))}


@pytest.mark.parametrize(
    "files",
    [
        {"train.py": "import yaml\n# conf/a.yaml\nlr = 1\n"},
        {"train.py": '"""conf/a.yaml"""\nimport yaml\nyaml.safe_load("x")\n'},
        {"train.py": "name = 'conf/a.yaml'\n"},
        {"train.py": "import yaml\nyaml.safe_load(open('conf/b.yaml'))\n"},
        {"train.py": "import yaml\nyaml.safe_load(open('other/a.yaml'))\n"},
        {"train.py": "import json\njson.load(open('conf/a.yaml'))\n"},
        {"tests/test_a.py": "import yaml\nyaml.safe_load(open('conf/a.yaml'))\n"},
        {"Dockerfile": "FROM x\nRUN cp conf/a.yaml /a.yaml\n"},
        {"README.md": "wandb sweep conf/a.yaml\n"},
    ],
)
def test_what_does_not_load_a_file(tmp_path: Path, files: dict[str, str]) -> None:
    assert read(tmp_path, {**files, "conf/a.yaml": "lr: 1\n"}) == {}


def test_parameters_of_dvc(tmp_path: Path) -> None:
    files = {"dvc.yaml": "stages:\n  train:\n    cmd: python t.py\n", "params.yaml": "lr: 1\n"}
    assert read(tmp_path, files) == {"params.yaml": "dvc.yaml"}


def test_huge_and_hostile_configuration_is_bounded(tmp_path: Path) -> None:
    files = {
        f"conf/g{n}/c{m}.yaml": "defaults:\n" + "".join(f"  - g{k}: c0\n" for k in range(20))
        for n in range(20)
        for m in range(20)
    }
    files |= {"conf/config.yaml": "defaults:\n  - g0: c0\n", "src/train.py": MAIN}
    files["conf/keys.json"] = json.dumps({"config": {f"k{n}": n for n in range(5_000)}})
    files["conf/deep.json"] = '{"lr":' * 60 + "1" + "}" * 60
    files["conf/alias.yaml"] = "a: &a {x: 1}\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} {{x: *{chr(97 + n)}, y: *{chr(97 + n)}}}\n" for n in range(12)
    )
    files["Makefile"] = "x:\n" + ("\tpython t.py " + " ".join(f"g{n}=c1" for n in range(20)) + "\n") * 500
    submission = view(tmp_path, files)

    def are_read() -> None:
        found = {config.path: submission.reads(config) for config in submission.configs()}
        assert found["conf/g19/c19.yaml"] is not None
        assert all(len(config.keys) <= 2_000 for config in submission.configs())

    ends_within(40, are_read)
