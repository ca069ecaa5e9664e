"""M6: the code needs only what is declared."""

from grader.suite import check, measure, partial

# What comes with something else that everybody who uses it declares.
_COMES_WITH = {
    "anyio": "fastapi starlette httpx",
    "click": "typer flask dask",
    "google": "gcsfs dvc-gs",
    "httpx": "openai fastapi starlette",
    "huggingface_hub": "transformers datasets timm",
    "jinja2": "fastapi flask torch",
    "joblib": "scikit-learn",
    "markupsafe": "flask jinja2",
    "matplotlib": "seaborn",
    "numpy": "torch torchvision pandas scipy scikit-learn tensorflow jax transformers matplotlib opencv-python",
    "omegaconf": "hydra-core",
    "pandas": "seaborn datasets evidently streamlit",
    "pil": "torchvision matplotlib streamlit",
    "prometheus_client": "prometheus-fastapi-instrumentator",
    "pydantic": "fastapi",
    "requests": "transformers datasets huggingface-hub torchvision wandb streamlit",
    "rich": "typer",
    "scipy": "scikit-learn",
    "setuptools": "setuptools torch",
    "starlette": "fastapi",
    "torch": "torchvision lightning pytorch-lightning timm",
    "torchmetrics": "lightning pytorch-lightning",
    "tqdm": "transformers datasets lightning pytorch-lightning",
    "yaml": "hydra-core omegaconf transformers lightning pytorch-lightning wandb dvc",
}


@check(
    "Every imported package is declared",
    points=2,
    required=False,
    scope="project",
    questions=[4],
    boxes=["w1-07"],
    above=("pyproject.toml", "requirements.txt", "environment.yml", "setup.py", "uv.lock"),
    hint="`uv add NAME`, or a line in `requirements.txt` or in `[project] dependencies`: a newcomer installs what is "
    "declared, and nothing else.",
)
def test_dependencies_are_declared(submission):
    submission.require_sound_declarations()
    declared = submission.dependencies
    measure("n_dependencies", len(declared))
    own, missing = _own_names(submission), {}
    for file in submission.python_files():
        if submission.is_template(file.path) or file.path.startswith(("docs/", "reports/")):
            continue
        for module, node in submission.missing_imports(file, lambda module: _is_there(module, own, declared)):
            missing.setdefault(module.partition(".")[0], (file, node))
    measure("n_undeclared_imports", len(missing))
    said = [file.evidence(node) for file, node in list(missing.values())[:10]]
    assert declared or not missing, (
        "No dependency is declared: no `pyproject.toml`, requirements file or environment."
    )
    named = ", ".join(f"`{name}`" for name in sorted(missing))
    if missing and _images_install(submission, missing):
        partial(1, f"Installed in an image alone, and declared in no file: {named}.", said)
    if 0 < len(missing) <= 2 and len(declared) >= 5:
        partial(1, f"Imported, and not declared: {named}.", said)
    assert not missing, [f"Imported, and not declared: {named}.", *said]


def _images_install(submission, modules):
    """Whether Dockerfiles install what brings each of these modules."""
    commands = [one for one in submission.commands if one.source == "dockerfile"]
    installed = [name for one in commands for name in one.installs]
    return all(submission.declares(module, beside=installed) for module in modules)


def _own_names(submission):
    """Whatever may be a module of the repository: the names of its Python files and of their folders."""
    paths = [path.removesuffix(".py").split("/") for path in submission.all_files if path.endswith(".py")]
    return {part for path in paths for part in path}


def _is_there(module, own, declared):
    top = module.partition(".")[0]
    return top in own or not declared.isdisjoint(_COMES_WITH.get(top.casefold(), "").split())
