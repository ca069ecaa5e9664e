"""M18: the hooks of repositories that everybody uses, as their own manifests have them, to be run without a network.

The hooks of pre-commit-hooks and of ruff are the real ones, installed with the tool, in the versions of `checks/tools.lock`. For
those of black, isort and flake8 ruff stands in.
"""

import re

_TEXT, _CODE = {"types": ["text"]}, {"types_or": ["python", "pyi", "jupyter"]}
_PYTHON = {"types": ["python"]}

_BASE = {
    "check-added-large-files": {"entry": "check-added-large-files"},
    "check-ast": {"entry": "check-ast", **_PYTHON},
    "check-builtin-literals": {"entry": "check-builtin-literals", **_PYTHON},
    "check-case-conflict": {"entry": "check-case-conflict"},
    "check-docstring-first": {"entry": "check-docstring-first", **_PYTHON},
    "check-executables-have-shebangs": {
        "entry": "check-executables-have-shebangs",
        "types": ["text", "executable"],
    },
    "check-illegal-windows-names": {
        "entry": "Illegal Windows filenames detected",
        "language": "fail",
        "files": r"(?i)(^|/)(CON|PRN|AUX|NUL|COM[\d¹²³]|LPT[\d¹²³])(\.|/|$)",
    },
    "check-json": {"entry": "check-json", "types": ["json"]},
    "check-merge-conflict": {"entry": "check-merge-conflict", **_TEXT},
    "check-shebang-scripts-are-executable": {"entry": "check-shebang-scripts-are-executable", **_TEXT},
    "check-symlinks": {"entry": "check-symlinks", "types": ["symlink"]},
    "check-toml": {"entry": "check-toml", "types": ["toml"]},
    "check-vcs-permalinks": {"entry": "check-vcs-permalinks", **_TEXT},
    "check-xml": {"entry": "check-xml", "types": ["xml"]},
    "check-yaml": {"entry": "check-yaml", "types": ["yaml"]},
    "debug-statements": {"entry": "debug-statement-hook", **_PYTHON},
    "destroyed-symlinks": {"entry": "destroyed-symlinks", "types": ["file"]},
    "detect-aws-credentials": {"entry": "detect-aws-credentials", **_TEXT},
    "detect-private-key": {"entry": "detect-private-key", **_TEXT},
    "double-quote-string-fixer": {"entry": "double-quote-string-fixer", **_PYTHON},
    "end-of-file-fixer": {"entry": "end-of-file-fixer", **_TEXT},
    "file-contents-sorter": {"entry": "file-contents-sorter", "files": "^$"},
    "fix-byte-order-marker": {"entry": "fix-byte-order-marker", **_TEXT},
    "forbid-new-submodules": {"entry": "forbid-new-submodules", "types": ["directory"]},
    "forbid-submodules": {"entry": "submodules are not allowed", "language": "fail", "types": ["directory"]},
    "mixed-line-ending": {"entry": "mixed-line-ending", **_TEXT},
    "name-tests-test": {"entry": "name-tests-test", "files": r"(^|/)tests/.+\.py$"},
    "no-commit-to-branch": {"entry": "no-commit-to-branch", "pass_filenames": False, "always_run": True},
    "pretty-format-json": {"entry": "pretty-format-json", "types": ["json"]},
    "requirements-txt-fixer": {
        "entry": "requirements-txt-fixer",
        "files": r"(requirements|constraints).*\.txt$",
    },
    "sort-simple-yaml": {"entry": "sort-simple-yaml", "files": "^$"},
    "trailing-whitespace": {"entry": "trailing-whitespace-fixer", **_TEXT},
}
_RUFF = {
    "ruff": {"entry": "ruff check --force-exclude", **_CODE},
    "ruff-check": {"entry": "ruff check --force-exclude", **_CODE},
    "ruff-format": {"entry": "ruff format --force-exclude", **_CODE},
}
_OLD = {"entry": "git version", "pass_filenames": False}
#: Hooks of earlier versions, which do nothing here.
_FORMER = {"check-byte-order-marker": _OLD, "fix-encoding-pragma": _OLD}

_V, _PLAIN = re.compile(r"v\d+\.\d+\.\d+(?:[.-]?\w+)*"), re.compile(r"\d+\.\d+(?:\.\d+)?\w*")
#: By the end of the address: the hooks, and what its tags look like.
KNOWN = {
    "pre-commit/pre-commit-hooks": ({**_BASE, **_FORMER}, _V),
    "astral-sh/ruff-pre-commit": (_RUFF, _V),
    "charliermarsh/ruff-pre-commit": (_RUFF, _V),
    "psf/black": (
        {name: {"entry": "ruff format --no-cache", **_CODE} for name in ("black", "black-jupyter")},
        _PLAIN,
    ),
    "psf/black-pre-commit-mirror": (
        {name: {"entry": "ruff format --no-cache", **_CODE} for name in ("black", "black-jupyter")},
        _PLAIN,
    ),
    "pycqa/flake8": ({"flake8": {"entry": "ruff check --no-cache", **_PYTHON}}, _PLAIN),
    "pycqa/isort": ({"isort": {"entry": "ruff check --no-cache --select I --fix", **_PYTHON}}, _PLAIN),
}
#: Options of the programs that ruff stands in for are not ruff's.
STOOD_IN = ("psf/black", "psf/black-pre-commit-mirror", "pycqa/flake8", "pycqa/isort")
#: What the course's sample and its hooks for code have; anything else is a hook more.
SAMPLE = ("trailing-whitespace", "end-of-file-fixer", "check-yaml", "check-added-large-files")
CODE = ("ruff", "ruff-check", "ruff-format", "black", "black-jupyter", "flake8", "isort")


def known(address):
    """`(its name, hooks, form of its tags)` of a repository by its address, whatever the case; None for another."""
    found = re.fullmatch(r"(?:https?://|git@)?github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?", address.strip())
    name = found[1].lower() if found else ""
    return (name, *KNOWN[name]) if name in KNOWN else None
