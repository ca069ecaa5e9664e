"""M6: the code needs only what is declared."""

import ast
import sys

from grader.suite import check, measure, partial

# Distributions whose import name is another one; several where any of them will do.
_DISTRIBUTIONS = {
    "albumentations": "albumentations albumentationsx",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python opencv-python-headless opencv-contrib-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "faiss": "faiss-cpu faiss-gpu",
    "fitz": "pymupdf",
    "hydra": "hydra-core",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "lightning": "lightning pytorch-lightning",
    "mpl_toolkits": "matplotlib",
    "multipart": "python-multipart",
    "onnxruntime": "onnxruntime onnxruntime-gpu",
    "pil": "pillow",
    "pkg_resources": "setuptools",
    "pytorch_lightning": "pytorch-lightning lightning",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "umap": "umap-learn",
    "yaml": "pyyaml types-pyyaml",
    "zmq": "pyzmq",
}
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
        for name, node in _imported(file):
            if name not in own and not _is_declared(name, declared):
                missing.setdefault(name, (file, node))
    measure("n_undeclared_imports", len(missing))
    said = [file.evidence(node) for file, node in list(missing.values())[:10]]
    assert declared or not missing, (
        "No dependency is declared: no `pyproject.toml`, requirements file or environment."
    )
    named = ", ".join(f"`{name}`" for name in sorted(missing))
    if 0 < len(missing) <= 2 and len(declared) >= 5:
        partial(1, f"Imported, and not declared: {named}.", said)
    assert not missing, [f"Imported, and not declared: {named}.", *said]


def _imported(file):
    """The top-level names that a file imports, but not those it can do without (in a `try`, or for types only)."""
    optional = [node for node in ast.walk(file.tree) if isinstance(node, ast.Try) or _for_types(node)]
    skipped = {id(child) for node in optional for statement in node.body for child in ast.walk(statement)}
    for node in ast.walk(file.tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0], node


def _for_types(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)


def _own_names(submission):
    """Whatever may be a module of the repository: the names of its Python files and of their folders."""
    paths = [path.removesuffix(".py").split("/") for path in submission.all_files if path.endswith(".py")]
    return {part for path in paths for part in path}


def _is_declared(name, declared):
    if name in sys.stdlib_module_names or name.startswith("_"):
        return True
    plain = name.casefold()
    wanted = {plain.replace("_", "-"), f"python-{plain}"}
    for table in (_DISTRIBUTIONS, _COMES_WITH):
        wanted.update(table.get(plain, "").split())
    spaces = ("google", "azure", "opentelemetry", "nvidia")
    return bool(wanted & declared) or any(
        plain == space and one.startswith(f"{space}-") for space in spaces for one in declared
    )
