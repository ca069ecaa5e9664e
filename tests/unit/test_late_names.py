"""What packages export without loading it: every name is there, none is hidden by a module, and commands load little."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from operator import attrgetter

import pytest

LATE = ("grader.exam", "grader.render", "grader.results", "grader.suite")


@pytest.mark.parametrize("package", LATE)
def test_every_exported_name_is_there(package: str) -> None:
    module = importlib.import_module(package)
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("package", LATE)
def test_no_name_is_that_of_a_module(package: str) -> None:
    module = importlib.import_module(package)
    assert not {found.name for found in pkgutil.iter_modules(module.__path__)} & set(module.__all__)


@pytest.mark.parametrize("package", LATE)
def test_another_name_is_an_attribute_error(package: str) -> None:
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'nothing'"):
        attrgetter("nothing")(importlib.import_module(package))


@pytest.mark.process
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["grade", "--help"], ["report", "--help"]])
def test_what_only_prints_loads_no_engine(arguments: list[str]) -> None:
    program = f"""
import sys
from operator import attrgetter
from grader.cli.main import main
sys.argv[1:] = {arguments!r}
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = done.stderr.split()
    assert "grader.cli.main" in loaded
    # Typer itself loads pydantic where there are options to read.
    engine = {
        "jinja2",
        "docker",
        "grader.course",
        "grader.exam.claims",
        "grader.repository",
        "grader.results",
    }
    assert not engine & set(loaded)
