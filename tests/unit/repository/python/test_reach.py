"""What a piece of code runs in turn."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.repository.submission_view import SubmissionView


def reached(tmp_path: Path, files: Mapping[str, str], name: str) -> Any:
    """The functions, and the values (as `=`), that a function of `a.py` reaches."""
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    view = SubmissionView(tmp_path, {})
    file = view.python("a.py")
    start = file.functions[name].node
    return [getattr(one.node, "name", "=") for one in view.reach(file, start)]


def test_functions_are_followed_across_files(tmp_path: Path) -> None:
    files = {
        "a.py": "from pkg import tools\nfrom pkg.tools import two\n\n\ndef start():\n    tools.one()\n    two()\n",
        "pkg/__init__.py": "",
        "pkg/tools.py": "def one():\n    three()\n\n\ndef two():\n    pass\n\n\ndef three():\n    start()\n",
    }
    assert sorted(reached(tmp_path, files, "start")) == ["one", "start", "three", "two"]


def test_a_recursion_ends(tmp_path: Path) -> None:
    assert reached(
        tmp_path, {"a.py": "def start():\n    other()\n\n\ndef other():\n    start()\n"}, "start"
    ) == [
        "start",
        "other",
    ]


def test_a_local_name_is_not_the_global_one(tmp_path: Path) -> None:
    code = "model = load()\n\n\ndef load():\n    pass\n\n\ndef start(model):\n    return model(1)\n"
    assert reached(tmp_path, {"a.py": code}, "start") == ["start"]
    code = code.replace("def start(model)", "def start(x)")
    assert reached(tmp_path, {"a.py": code}, "start") == ["start", "=", "load"]


def test_a_global_of_another_function_counts_and_its_local_does_not(tmp_path: Path) -> None:
    code = "def setup():\n    {}model = load()\n\n\ndef load():\n    pass\n\n\ndef start():\n    return model(1)\n"
    assert "load" in reached(tmp_path, {"a.py": code.format("global model\n    ")}, "start")
    assert "load" not in reached(tmp_path, {"a.py": code.format("")}, "start")


def test_attributes_are_followed_by_their_last_name(tmp_path: Path) -> None:
    code = "def setup(app):\n    app.state.model = load()\n\n\ndef load():\n    pass\n\n\ndef start(request):\n    return {}\n"
    assert "load" in reached(tmp_path, {"a.py": code.format("request.app.state.model(1)")}, "start")
    assert "load" in reached(tmp_path, {"a.py": code.format("getattr(request, 'model')(1)")}, "start")


def test_a_class_is_its_methods(tmp_path: Path) -> None:
    code = "class A:\n    def go(self):\n        helper()\n\n\ndef helper():\n    pass\n\n\ndef start():\n    A().go()\n"
    assert set(reached(tmp_path, {"a.py": code}, "start")) == {"start", "go", "helper"}


def test_neither_a_decorator_nor_a_comparison_with_none_runs_anything(tmp_path: Path) -> None:
    code = "def load():\n    pass\n\n\nmodel = load()\n\n\n@model.route\ndef start():\n    return model is not None\n"
    assert reached(tmp_path, {"a.py": code}, "start") == ["start"]


def test_an_application_is_not_what_its_handlers_run(tmp_path: Path) -> None:
    code = (
        "def life(app):\n    pass\n\n\napp = FastAPI(lifespan=life)\n\n\ndef start():\n    return app.title\n"
    )
    assert reached(tmp_path, {"a.py": code}, "start") == ["start"]


def test_dependencies_in_a_signature_are_run(tmp_path: Path) -> None:
    code = "def model():\n    pass\n\n\ndef start(x=Depends(model)):\n    return x\n"
    assert reached(tmp_path, {"a.py": code}, "start") == ["start", "model"]


def test_the_number_of_pieces_is_bounded(tmp_path: Path) -> None:
    names = [f"f{number}" for number in range(2_000)]
    code = "".join(f"def {name}():\n    pass\n\n\n" for name in names)
    code += "def start():\n" + "".join(f"    {name}()\n" for name in names)
    assert len(reached(tmp_path, {"a.py": code}, "start")) == 400
