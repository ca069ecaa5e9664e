"""Which files of a repository are configuration of experiments, and which belong to a tool or are data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from grader.repository.faults import SubmissionFault
from grader.repository.formats.structured import ini_data
from grader.repository.parsed_view import ParsedView

MAX_BYTES = 200_000
MAX_FILES = 500
#: Maximum number of keys at the top, and of items of a list in JSON: a file with more is data.
MAX_NAMES = 300
MAX_LISTED = 50
_GLOBS = ("**/*.yaml", "**/*.yml", "**/*.toml", "**/*.json", "**/*.ini")
#: File names of tools and of data, lower case.
_TOOL_NAMES = """
    pyproject.toml setup.cfg tox.ini pytest.ini mypy.ini alembic.ini ruff.toml .ruff.toml pixi.toml uv.toml poetry.toml
    *.lock *lock.json *-lock.y*ml *.lock.y*ml package.json tsconfig*.json jsconfig*.json components.json composer.json
    manifest.json renovate.json* vercel.json firebase.json netlify.toml fly.toml cargo.toml app.yaml bentofile.y*ml
    environment*.y*ml *conda*.y*ml *pre-commit* mkdocs*.y*ml .readthedocs* _config.y*ml citation* devcontainer*
    docker-compose* compose.y*ml compose.*.y*ml *cloudbuild* cloud-build* cloud_build* skaffold* kustomization* chart.y*ml
    codecov* .codecov* dependabot* .dependabot* sonar* .travis* .gitlab-ci* azure-pipelines* appveyor* taskfile*
    dvc.y*ml mlproject snakefile prometheus* grafana* *dashboard*.json otel* alertmanager* alert*.y*ml
    label*.json *labels.json *label_map* *class_names* *classes.json *vocab*.json *tokenizer*.json special_tokens_map.json
    generation_config.json preprocessor_config.json trainer_state.json *metrics*.json *results*.json *report*.json
    *schema*.json *credentials* *secret*
"""
_TOOLS = tuple(_TOOL_NAMES.split())
_FOLDER_NAMES = """
    .github .vscode .idea .dvc .devcontainer .streamlit .circleci .hydra .git .grafana
    terraform k8s kubernetes helm grafana prometheus node_modules tests test
"""
_FOLDERS = frozenset(_FOLDER_NAMES.split())
#: Folders at the root whose files are data, results or pages, unless they lie in a folder of configuration there.
_DATA = frozenset({"data", "datasets", "reports", "results", "docs", "notebooks", "logs"})
_CONFIG_WORDS = ("conf", "param", "setting", "sweep", "hyper")
#: Top-level keys that identify a file of a tool or the description of a model; one of them is enough.
_OF_TOOLS = """
    workerPoolSpecs worker_pool_specs scrape_configs panels receivers nbformat bindings datasources openapi swagger
    architectures tokenizer_class added_tokens best_metric log_history compilerOptions private_key site_name repos outs stages
    transformers_version peft_type
"""
_KNOWN = frozenset(_OF_TOOLS.split())
#: Sets of keys that identify such a file if all of them are present.
_TOGETHER = (
    {"apiVersion", "kind"},
    {"on", "jobs"},
    {"updates", "version"},
    {"dependencies", "channels"},
    {"dependencies", "name"},
)


def config_files(view: ParsedView) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Yield path and data of each file that may configure an experiment; files that cannot be read are skipped."""
    for path in [path for path in view.files(*_GLOBS) if _may_be(path)][:MAX_FILES]:
        try:
            view.noting.note("read", view.folder, path)
            if (view.root / path).lstat().st_size > MAX_BYTES:
                continue
            data = _data(view, path)
        except (SubmissionFault, OSError):
            continue
        if isinstance(data, dict) and data and _is_config(path, data):
            yield path, data


def _may_be(path: str) -> bool:
    *folders, name = path.split("/")
    lowered = [folder.lower() for folder in folders]
    if not _FOLDERS.isdisjoint(lowered) or any(fnmatchcase(name.lower(), tool) for tool in _TOOLS):
        return False
    return not (
        lowered and lowered[0] in _DATA and not any(_is_config_word(folder) for folder in lowered[1:])
    )


def _data(view: ParsedView, path: str) -> Any:
    suffix = path.rpartition(".")[2].lower()
    if suffix in ("yaml", "yml"):
        documents = view.yaml_documents(path)
        return documents[0] if len(documents) == 1 else None
    if suffix == "toml":
        return view.toml(path)
    if suffix == "json":
        return view.json(path)
    return _ini(view.text(path))


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = ini_data(text)
    return {} if parser is None else {section: dict(parser.items(section)) for section in parser.sections()}


def _is_config(path: str, data: dict[Any, Any]) -> bool:
    keys = {str(key) for key in data}
    if isinstance(data.get("defaults"), list):
        # A key of Hydra: whatever else the file holds, it configures a run.
        return True
    if keys & _KNOWN or any(several <= keys for several in _TOGETHER) or len(keys) > MAX_NAMES:
        return False
    if _are_records(data.get("services")) or _are_records(data.get("steps"), "name"):
        return False
    if path.lower().endswith(".json"):
        # A JSON file is usually data.
        return any(map(_is_config_word, path.lower().split("/"))) and not _is_data(data)
    return True


def _are_records(data: Any, key: str = "") -> bool:
    """Return whether a mapping or list contains mappings: services of Compose, steps of a cloud build."""
    values = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
    return bool(values) and all(isinstance(one, dict) and (not key or key in one) for one in values)


def _is_data(data: dict[Any, Any]) -> bool:
    return any(isinstance(value, list) and len(value) > MAX_LISTED for value in data.values())


def _is_config_word(word: str) -> bool:
    return (
        any(part in word for part in _CONFIG_WORDS)
        or re.fullmatch(r"cfgs?|.*[_-]cfg(\.\w+)?", word) is not None
    )
