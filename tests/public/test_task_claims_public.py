"""Commands of reports held against tasks of invoke and targets of make (kind Q of the public cases)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claim_sample import judged, read_repository

TASK = "from invoke import Collection, task\n\n\n"
#: P39, and pyinvoke/invoke's documentation of names, aliases and namespaces.
ALIASES = TASK + '@task(aliases=["fit", "f"])\ndef train(c):\n    c.run("python src/p/train.py")\n'
#: pyinvoke/invoke#48: a task renames itself; #95: collections of modules.
RENAMED = (
    TASK
    + '@task(name="fit-model", aliases=("fit",), optional=["x"])\ndef _train(c):\n    c.run("x")\n\n\n'
    + '@task\ndef build(c):\n    c.run("y")\n\n\n'
    + 'docs = Collection("docs", build)\nns = Collection(_train, serve=build)\nns.add_collection(docs)\n'
    + 'ns.add_task(build, name="compile")\n'
)
#: pyinvoke/invoke#396: documented, and not known to its parser.
ADDED = (
    TASK
    + '@task\ndef train(c):\n    c.run("x")\n\n\nns = Collection()\nns.add_task(train, aliases=("fit",))\n'
)
CALLED = TASK + 'def train(c):\n    c.run("x")\n\n\nfit = task(train, name="fit")\n'
#: pyinvoke/invoke#979: a package of tasks whose modules import each other's.
PACKAGE = {
    "tasks/__init__.py": "from invoke import Collection\n\nfrom . import model\n\nns = Collection()\nns.add_collection(model)\n",
    "tasks/model.py": "from invoke import task\n\n\n@task\ndef fit(c):\n    c.run('x')\n",
}
IMPORTED = {
    "tasks.py": "from scripts.more import clean  # noqa\nfrom invoke import task\n\n\n@task\ndef train(c):\n    c.run('x')\n",
    "scripts/more.py": "from invoke import task\n\n\n@task\ndef clean(c):\n    c.run('x')\n",
}
FOREIGN = {
    "tasks.py": "from invocations.docs import *\nfrom invoke import task\n\n\n@task\ndef train(c):\n    c.run('x')\n"
}
FOREIGN_MODULE = {
    "tasks.py": "from invocations import docs\nfrom invoke import Collection, task\n\n\n@task\ndef train(c):\n    c.run('x')\n\n\nns = Collection(train, docs)\n"
}
LOOPED = {
    "tasks.py": TASK
    + "ns = Collection()\n\nfor name in ('a', 'b'):\n    ns.add_task(task(lambda c: c.run('x')), name=name)\n"
}

#: lindenb/makefile2graph#29 (patterns), evoldoers/biomake#55 (static patterns), vortex-data/vortex#1201 (`%`), GNU make's manual.
MAKE = """\
.PHONY: train test \\
        lint
MODELS = small big
URL := http://example.org/x
define HELP
for target, words in found: print(target)
endef
$(VENV)/bin/activate: requirements.txt
	python -m venv $(VENV)
export NAME ?= x
train test: requirements.txt ; @echo $@
lint \\
  format :: train
\truff check .
%-data: conf
\techo data: $@
$(MODELS): src
\techo $@
a.out b.out &: x
\ttouch $@
run: EPOCHS := 3
run:
\techo other: not a target
$(info reading: this)
"""
INCLUDED = {
    "Makefile": "include build/common.make\n-include .env\n\ntrain:\n\techo x\n",
    "build/common.make": "clean:\n\trm -rf build\n",
}
INCLUDED_ELSEWHERE = {"Makefile": "include $(shell pwd)/../shared.mk\n\ntrain:\n\techo x\n"}
EVALUATED = {
    "Makefile": "define rule\n$(1):\n\techo $(1)\nendef\n$(foreach m,a b,$(eval $(call rule,$(m))))\n"
}
UNKNOWN_NAMES = {"Makefile": "$(shell ls models):\n\techo $@\n\ntrain:\n\techo x\n"}
#: Sphinx's Makefile hands every name on.
SPHINX = {
    "docs/Makefile": "help:\n\techo x\n\n%: Makefile\n\tsphinx-build -M $@ .\n",
    "Makefile": "train:\n\techo x\n",
}
DEFAULT = {"Makefile": ".DEFAULT:\n\techo $@\n\ntrain:\n\techo x\n"}


@pytest.mark.parametrize(
    ("files", "command", "verdict"),
    [
        pytest.param({"tasks.py": ALIASES}, "invoke fit", "supported", id="P39"),
        ({"tasks.py": ALIASES}, "inv f", "supported"),
        ({"tasks.py": ALIASES}, "invoke train", "supported"),
        ({"tasks.py": ALIASES}, "invoke fix", "contradicted"),
        ({"tasks.py": RENAMED}, "invoke fit-model", "supported"),
        ({"tasks.py": RENAMED}, "invoke fit", "supported"),
        ({"tasks.py": RENAMED}, "invoke serve", "supported"),
        ({"tasks.py": RENAMED}, "invoke docs.build", "supported"),
        ({"tasks.py": RENAMED}, "invoke compile", "supported"),
        ({"tasks.py": ADDED}, "invoke fit", None),
        ({"tasks.py": RENAMED}, "invoke deploy", "contradicted"),
        ({"tasks.py": CALLED}, "invoke fit", "supported"),
        (PACKAGE, "invoke model.fit", "supported"),
        (PACKAGE, "invoke deploy", "contradicted"),
        (IMPORTED, "invoke clean", "supported"),
        (IMPORTED, "invoke deploy", "contradicted"),
        (FOREIGN, "invoke build", None),
        (FOREIGN, "invoke train", "supported"),
        (FOREIGN_MODULE, "invoke docs", None),
        (LOOPED, "invoke a", None),
        ({"Makefile": MAKE}, "make train", "supported"),
        ({"Makefile": MAKE}, "make test", "supported"),
        ({"Makefile": MAKE}, "make lint", "supported"),
        ({"Makefile": MAKE}, "make format", "supported"),
        ({"Makefile": MAKE}, "make raw-data", "supported"),
        ({"Makefile": MAKE}, "make big", "supported"),
        ({"Makefile": MAKE}, "make b.out", "supported"),
        ({"Makefile": MAKE}, "make run", "supported"),
        ({"Makefile": MAKE}, "make deploy", "contradicted"),
        ({"Makefile": MAKE}, "make lint test EPOCHS=3", "supported"),
        ({"Makefile": MAKE}, "make lint deploy", "contradicted"),
        ({"Makefile": MAKE}, "make -C docs html", None),
        ({"Makefile": MAKE}, "make URL", "contradicted"),
        ({"Makefile": MAKE}, "make other", "contradicted"),
        ({"Makefile": MAKE}, "make NAME", "contradicted"),
        ({"Makefile": MAKE}, "make words", "contradicted"),
        ({"Makefile": MAKE}, "make raw-model", "contradicted"),
        (INCLUDED, "make clean", "supported"),
        (INCLUDED, "make deploy", "contradicted"),
        (INCLUDED_ELSEWHERE, "make deploy", None),
        (INCLUDED_ELSEWHERE, "make train", "supported"),
        (EVALUATED, "make a", None),
        (UNKNOWN_NAMES, "make small", None),
        (DEFAULT, "make deploy", None),
        (SPHINX, "make html", None),
        (SPHINX, "make train", "supported"),
    ],
)
def test_tasks_and_targets_are_what_can_be_asked_for(
    files: dict[str, str], command: str, verdict: str | None, tmp_path: Path
) -> None:
    known = read_repository(tmp_path, {"src/p/__init__.py": "", **files})
    told = judged(known, 13, f"We run `{command}`.", "command")
    assert told == ({command: verdict} if verdict else {})
