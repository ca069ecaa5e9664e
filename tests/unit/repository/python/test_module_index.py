"""Which file an import means, and what text an expression stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cpu import ends_within
from tests.view_sample import view

FILES = {
    "src/pkg/__init__.py": "from .core import run as go\n",
    "src/pkg/core.py": "def run(): ...\n",
    "src/pkg/sub/__init__.py": "",
    "src/pkg/sub/core.py": "def other(): ...\n",
    "src/pkg/sub/here.py": "",
    "app/core.py": "x = 1\n",
    "loop_a.py": "from loop_b import x\n",
    "loop_b.py": "from loop_a import x\n",
}


@pytest.mark.parametrize(
    ("dotted", "seen_from", "place"),
    [
        ("pkg.core.run", "app/core.py", ("src/pkg/core.py", "run")),
        ("src.pkg.core.run", "app/core.py", ("src/pkg/core.py", "run")),
        ("pkg.go", "app/core.py", ("src/pkg/core.py", "run")),
        (".core.other", "src/pkg/sub/here.py", ("src/pkg/sub/core.py", "other")),
        ("..core.run", "src/pkg/sub/here.py", ("src/pkg/core.py", "run")),
        ("...x", "src/pkg/core.py", None),
        (".......x", "src/pkg/core.py", None),
        ("core.x", "app/core.py", ("app/core.py", "x")),
        ("pkg.sub", "app/core.py", ("src/pkg/sub/__init__.py", "")),
        ("torch.nn", "app/core.py", None),
        ("loop_a.x", "app/core.py", None),
        ("", "app/core.py", None),
    ],
)
def test_names_are_followed_to_their_file(
    tmp_path: Path, dotted: str, seen_from: str, place: tuple[str, str] | None
) -> None:
    submission = view(tmp_path, FILES)
    found = submission.modules.locate(dotted, submission.python(seen_from))
    assert (found and (found[0].path, found[1])) == place


TEXTS = {
    "'a'": "a",
    "'a' + 'b'": "ab",
    "f'{NAME}.yaml'": "config.yaml",
    "ROOT / 'conf' / NAME": "/conf/config",
    "str(Path(__file__).parent / 'x')": "/src/pkg/x",
    "Path(__file__).resolve().parents[1].joinpath('x')": "/src/x",
    "os.path.join(os.path.dirname(os.path.abspath(__file__)), 'conf')": "/src/pkg/conf",
    "os.path.dirname(__file__) + '/../conf'": "/src/pkg/../conf",
    "os.getenv('DIR', 'conf')": "conf",
    "os.environ.get('DIR')": None,
    "FAR": "far",
    "consts.FAR": "far",
    "Settings.PATH": None,
    "unknown": None,
    "f'{NAME:>10}'": None,
    "call('a')": None,
    "1": None,
    "CYCLE": None,
}


@pytest.mark.parametrize("expression", TEXTS)
def test_the_text_of_an_expression(tmp_path: Path, expression: str) -> None:
    code = f"""
import os
from pathlib import Path
from pkg import consts
from pkg.consts import FAR
NAME = "config"
ROOT: Path = Path(__file__).parent.parent.parent
CYCLE = CYCLE + "x"
result = {expression}
"""
    submission = view(tmp_path, {"src/pkg/a.py": code, "src/pkg/consts.py": "FAR = 'far'\n"})
    file = submission.python("src/pkg/a.py")
    assert submission.modules.text(file, submission.modules.assigned(file)["result"]) == TEXTS[expression]


def test_texts_that_double_end(tmp_path: Path) -> None:
    lines = ["a0 = 'x'"] + [f"a{n} = a{n - 1} + a{n - 1}" for n in range(1, 200)]
    submission = view(tmp_path, {"a.py": "\n".join(lines)})
    file = submission.python("a.py")

    def is_unknown() -> None:
        assert submission.modules.text(file, submission.modules.assigned(file)["a199"]) is None

    ends_within(5, is_unknown)
