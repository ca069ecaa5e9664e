"""The role of a file (data, model, train, …): judged by content first, then file name, then folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from grader.repository.python.python_file import PythonFile

#: File names, then folders, that hint at a role.
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "data": (
        (
            *("data.py", "dataset.py", "datasets.py", "dataloader.py", "datamodule.py", "data_module.py"),
            *(
                "data_loader.py",
                "make_dataset.py",
                "preprocess*.py",
                "download*.py",
                "*_dataset.py",
                "data_*.py",
            ),
        ),
        ("data",),
    ),
    "model": (
        ("model.py", "models.py", "model_*.py", "*_model.py", "lightning*.py", "network*.py", "modules.py"),
        ("models", "model"),
    ),
    "train": (("train.py", "train_*.py", "*_train.py", "training.py", "trainer*.py"), ("training",)),
    "evaluate": (
        ("evaluate.py", "eval*.py", "test.py", "predict_model.py", "predict.py", "inference.py"),
        (),
    ),
    "visualize": (("visualize.py", "visuali*.py", "plot*.py"), ("visualization", "visualizations")),
    "api": (
        ("api.py", "api_*.py", "*_api.py", "app.py", "main.py", "backend.py", "server.py", "*fastapi*.py"),
        ("api",),
    ),
    "frontend": (("frontend.py", "streamlit*.py", "gui.py"), ("frontend",)),
    "drift_monitoring": (("*drift*.py", "monitoring*.py"), ("monitoring",)),
    "tests": (("test_*.py", "*_test.py"), ()),
}


#: What a name of a function is worth.
_HINT = 60
_ROUTES = (".get", ".post", ".put", ".delete", ".route", ".api", "task")


def is_test(path: str) -> bool:
    """Return whether a path is a test: by its name, or in a folder of tests (`test.py` of a package is not)."""
    *folders, name = path.split("/")
    in_tests = not {"tests", "test", "unittests", "integrationtests", "performancetests"}.isdisjoint(folders)
    return in_tests or name == "conftest.py" or name.startswith("test_") or name.endswith("_test.py")


@dataclass(frozen=True)
class CourseWords:
    """What a course says of Python files beside what every project has: facts of a submission, from `course.toml`.

    functions: first words of names of functions that show a role. files: names of files that hint at one.
    scripts: what a script of the course imports and defines, which tells it even reformatted; it is not the group's work.
    """

    functions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scripts: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> CourseWords:
        """Return the words in the facts of a submission (`course_words`), which are JSON data; none where there are none."""
        found = facts.get("course_words") or {}
        roles = found.get("roles") or {}
        return cls(
            functions={role: tuple(words.get("functions") or ()) for role, words in roles.items()},
            files={role: tuple(words.get("files") or ()) for role, words in roles.items()},
            scripts=tuple(
                (frozenset(one["imports"]), frozenset(one["functions"])) for one in found.get("scripts") or ()
            ),
        )

    def has_script(self, file: PythonFile) -> bool:
        """Return whether a file is a script of the course."""
        return any(
            functions <= set(file.functions.names) and all(map(file.imports_module, imports))
            for imports, functions in self.scripts
        )


NO_WORDS = CourseWords()


def score(file: PythonFile, role: str, words: CourseWords = NO_WORDS) -> int:
    """Return how well a file fits a role: 100 for its content (less for a hint), 10 for its name, 5 for its folder, else 0.

    Raises:
        ValueError: no such role (a mistake of the suite, not of a student).
    """
    if role not in NAMES:
        raise ValueError(f"no role {role!r}; one of {', '.join(NAMES)}")
    if is_test(file.path) != (role == "tests"):
        return 0
    names, folders = NAMES[role]
    *above, name = file.path.split("/")
    points = CONTENT[role](file)
    if points < _HINT and words.functions.get(role) and _starts(file, *words.functions[role]):
        points = _HINT
    names = (*names, *words.files.get(role, ()))
    points += 10 if any(fnmatchcase(name.lower(), pattern) for pattern in names) else 0
    points += 5 if above and above[-1].lower() in folders and not file.is_empty else 0
    return points


def _starts(file: PythonFile, *stems: str, methods: bool = False) -> bool:
    """Return whether a function that is more than a stub has a name that starts with a stem, tasks and endpoints excluded."""
    return any(
        function.name.lower().startswith(stems) and (methods or "." not in function.qualname)
        for function in file.functions
        if not function.is_stub
        and not any(decorator.name.endswith(_ROUTES) for decorator in function.decorators)
    )


def _data(file: PythonFile) -> int:
    bases = (
        "Dataset",
        "IterableDataset",
        "LightningDataModule",
        "VisionDataset",
        "TensorDataset",
        "ImageFolder",
    )
    if any(cls.inherits(*bases) for cls in file.classes):
        return 100
    if _starts(file, "preprocess", "make_dataset", "load_data", "get_data"):
        return _HINT
    return 20 if file.calls("TensorDataset") or file.calls("load_dataset") else 0


def _model(file: PythonFile) -> int:
    bases = ("nn.Module", "Module", "LightningModule", "PreTrainedModel", "keras.Model", "BaseEstimator")
    if any(cls.inherits(*bases) for cls in file.classes):
        return 100
    made = ("create_model", "from_pretrained", "nn.Sequential")
    return 20 if any(file.calls(name) for name in made) else 0


def _train(file: PythonFile) -> int:
    fits = any(call.name.endswith(".fit") for call in file.calls())
    steps = bool(file.calls("backward") and file.calls("step"))
    if (fits and file.calls("Trainer")) or steps:
        return 100
    return _HINT if _starts(file, "train", "fit") else 20 * fits


def _evaluate(file: PythonFile) -> int:
    if _starts(file, "eval", "predict", "infer", "test_model", "validate", methods=True):
        return _HINT
    measures = bool(file.calls("eval")) and file.uses("torch.no_grad", "torch.inference_mode")
    return 20 if measures or file.calls("trainer.test") else 0


def _visualize(file: PythonFile) -> int:
    if not file.imports_module("matplotlib", "seaborn", "plotly", "altair", "bokeh"):
        return 0
    return _HINT if _starts(file, "visuali", "plot", "show", "tsne") else 20


def _api(file: PythonFile) -> int:
    makers = ("fastapi.FastAPI", "FastAPI", "APIRouter", "flask.Flask", "litserve.LitServer", "ls.LitServer")
    if any(file.calls(name) for name in makers):
        return 100
    return _HINT if file.imports_module("bentoml") else 0


def _frontend(file: PythonFile) -> int:
    return 100 if file.imports_module("streamlit", "gradio", "nicegui", "dash") else 0


def _drift(file: PythonFile) -> int:
    return 100 if file.imports_module("evidently", "nannyml", "alibi_detect", "torchdrift") else 0


def _tests(file: PythonFile) -> int:
    return 100 if _starts(file, "test_") else 0


CONTENT: dict[str, Callable[[PythonFile], int]] = {
    "data": _data,
    "model": _model,
    "train": _train,
    "evaluate": _evaluate,
    "visualize": _visualize,
    "api": _api,
    "frontend": _frontend,
    "drift_monitoring": _drift,
    "tests": _tests,
}


def rank(
    files: list[PythonFile], role: str, own: frozenset[str] = frozenset(), words: CourseWords = NO_WORDS
) -> list[PythonFile]:
    """Return the files that fit a role, best match first; then files of the package (`own` paths) and non-empty ones lead."""
    scored = [(score(file, role, words), file) for file in files]
    fitting = [
        (points, file)
        for points, file in scored
        if points and not (file.is_empty and file.name == "__init__")
    ]
    fitting.sort(key=lambda pair: (-pair[0] - 20 * (pair[1].path in own), pair[1].is_empty, pair[1].path))
    return [file for _, file in fitting]
