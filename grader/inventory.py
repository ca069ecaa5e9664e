"""What a repository holds, as far as statements of an exam report can be held against it.

Made once a run, inside the sandbox, from the views that the suites read (`grader.suite.inventory_parts`); kept in
`result.json`, so that an assessment can be redone without a container.
Every list is bounded where it is made; `cut` names those that were, and
all of them where only a folder of a repository was graded.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=1000)]


class InventoryItem(BaseModel):
    """Frozen data; unknown keys of a newer minor version are ignored when reading."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Place(InventoryItem):
    """Where something is: a path of the repository (POSIX, relative), a 1-based line, the line's text."""

    path: Text
    line: int | None = None
    text: Text = ""


class CommandFacts(InventoryItem):
    """A shell command that the repository itself runs, as words.

    `source` is who runs it: workflow, dockerfile, cloudbuild, compose, script (`*.sh`), makefile, task (invoke), python
    (subprocess), hook (pre-commit), justfile, pyproject.
    """

    words: tuple[Text, ...]
    source: str
    path: Text
    line: int | None = None


class ProgramFacts(InventoryItem):
    """A Python file that takes a command line, or one of its commands.

    framework: argparse, typer, click, fire, hydra, absl, lightning or `plain` (only a main guard). `options` are spelled
    as on the command line (`--batch-size`), positional ones without dashes; `commands` are sub-commands, `alone` the names of
    an only command, which Typer starts without one. `config` is
    the path of the configuration that Hydra loads, or nothing. `open` is True where options cannot be told completely.
    """

    path: Text
    framework: str
    options: tuple[Text, ...] = ()
    commands: tuple[Text, ...] = ()
    positionals: tuple[Text, ...] = ()
    alone: tuple[Text, ...] = ()
    config: Text = ""
    open: bool = False


class ConfigFacts(InventoryItem):
    """A configuration file: its dotted keys (`optimizer.lr`), and the Hydra groups it names in `defaults`."""

    path: Text
    keys: tuple[Text, ...] = ()
    defaults: tuple[Text, ...] = ()


class WorkflowFacts(InventoryItem):
    """A GitHub workflow: triggers, and what the jobs of its matrices run on, expressions replaced by values."""

    path: Text
    name: Text = ""
    triggers: tuple[Text, ...] = ()
    runs_on: tuple[Text, ...] = ()
    python_versions: tuple[Text, ...] = ()
    caches: bool = False
    runs_tests: bool = False
    uses: tuple[Text, ...] = ()


class ImageFacts(InventoryItem):
    """A Dockerfile: what it is for (train, evaluate, api, frontend, …), its bases, ports and start command."""

    path: Text
    roles: tuple[Text, ...] = ()
    bases: tuple[Text, ...] = ()
    ports: tuple[Text, ...] = ()
    start: tuple[Text, ...] = ()


class RouteFacts(InventoryItem):
    """A route of a web application: method (upper case), path as declared, framework, place."""

    method: Text
    path: Text
    framework: Text
    file: Text
    line: int | None = None


class TestFile(InventoryItem):
    """A file of tests: its test functions (`Class.test_x` for methods), cases where they can be counted, modules it imports."""

    __test__ = False

    path: Text
    functions: tuple[Text, ...] = ()
    cases: int | None = None
    skipped: tuple[Text, ...] = ()
    imports: tuple[Text, ...] = ()


class RemoteFacts(InventoryItem):
    """A DVC remote, as `.dvc/config` has it now or had it in a file of another folder."""

    name: Text
    url: Text
    path: Text
    line: int | None = None


class Inventory(InventoryItem):
    """The repository at the commit.

    files: every path, submodules and vendored folders too. template: untouched template files and empty files.
    samples: the course's example figures, untouched. ignored: patterns of the `.gitignore` files (negated ones left out),
    as paths from the root. tracked: outputs that DVC keeps out of git. package: folder of the students' package.
    imports: dotted name of each module that Python code or a notebook imports, with the first places (tests last).
    names: dotted names of libraries that code mentions (`torch.profiler.profile`), with the first place.
    dependencies: normalised name → where it is declared. settings: tables of tools (`tool.ruff`) and tools' own files.
    hooks: pre-commit hook ids. actions: actions that workflows use, without version. commits: ids, 12 digits, newest first.
    metrics: names that are logged to a tracker. scripts: names that `pip install` puts on the path. tasks: invoke tasks as typed
    (`preprocess-data`). targets: make and just targets, patterns too (`%-data`). unread: parts (workflows, tasks, targets,
    routes) that may hold more than could be read, with the first place that says so: nothing is missing from them.
    """

    files: tuple[Text, ...] = ()
    template: tuple[Text, ...] = ()
    samples: tuple[Text, ...] = ()
    ignored: tuple[Text, ...] = ()
    tracked: tuple[Text, ...] = ()
    package: Text = ""
    imports: dict[Text, tuple[Place, ...]] = Field(default_factory=dict)
    names: dict[Text, Place] = Field(default_factory=dict)
    dependencies: dict[Text, Place] = Field(default_factory=dict)
    settings: dict[Text, Place] = Field(default_factory=dict)
    hooks: dict[Text, Place] = Field(default_factory=dict)
    actions: dict[Text, Place] = Field(default_factory=dict)
    commands: tuple[CommandFacts, ...] = ()
    programs: tuple[ProgramFacts, ...] = ()
    configs: tuple[ConfigFacts, ...] = ()
    workflows: tuple[WorkflowFacts, ...] = ()
    images: tuple[ImageFacts, ...] = ()
    routes: tuple[RouteFacts, ...] = ()
    tests: tuple[TestFile, ...] = ()
    remotes: tuple[RemoteFacts, ...] = ()
    metrics: tuple[Text, ...] = ()
    scripts: tuple[Text, ...] = ()
    tasks: tuple[Text, ...] = ()
    targets: tuple[Text, ...] = ()
    commits: tuple[Text, ...] = ()
    unread: dict[Text, Place] = Field(default_factory=dict)
    cut: tuple[Text, ...] = ()

    def is_whole(self, part: str) -> bool:
        """Return whether nothing of a part was cut or left unread, so that what is not in it is missing."""
        return part not in self.unread and not {part, "unread"}.intersection(self.cut)
