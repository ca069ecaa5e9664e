"""A course pack: a folder with `checks/`, `exercises/` and `reports/`. The engine knows no course but by this.

Suites are read, never imported: what a check is worth and bears on stands in its decorator as literals, so that the plan of
a run exists before anything runs, and outside the sandbox.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from grader.course.digests import digest_of, files_below
from grader.course.kept_modules import read_modules
from grader.course.module import Check, Module, ModuleInfo
from grader.course.selection import choose_modules
from grader.errors import CourseError
from grader.parsing.plain_data import parse_toml
from grader.repository.python.roles import NAMES
from grader.suite.checks import CheckSpec
from grader.suite.module_ids import folder_prefix, letters_of

_PACKAGE = Path(__file__).parents[1]


class RoleWords(BaseModel):
    """Names by which this course's files show a role: first words of functions, and patterns of files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    functions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class CourseScript(BaseModel):
    """A script that the course hands out, by what it imports and defines: no work of a group, even reformatted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    imports: tuple[str, ...]
    functions: tuple[str, ...]


class CourseInfo(BaseModel):
    """What `checks/course.toml` says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    #: By role: data, model, train, …
    roles: dict[str, RoleWords] = Field(default_factory=dict)
    scripts: tuple[CourseScript, ...] = ()

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: dict[str, RoleWords]) -> dict[str, RoleWords]:
        unknown = sorted(roles.keys() - NAMES.keys())
        if unknown:
            raise ValueError(f"no role {unknown[0]!r}; one of {', '.join(NAMES)}")
        return roles

    @property
    def words(self) -> dict[str, Any]:
        """What suites see of it, as JSON data (`course_words`)."""
        return self.model_dump(mode="json", include={"roles", "scripts"})


class Course(BaseModel):
    """A loaded course pack."""

    model_config = ConfigDict(frozen=True, ignored_types=(cached_property,))

    root: Path
    name: str
    modules: tuple[Module, ...]
    info: CourseInfo = CourseInfo()

    @property
    def checks(self) -> Path:
        """The folder of suites."""
        return self.root / "checks"

    @property
    def exercises(self) -> Path:
        """The folder of starters and solutions."""
        return self.root / "exercises"

    @property
    def reports(self) -> Path:
        """The folder of templates and exam editions."""
        return self.root / "reports"

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what decides verdicts: every file of `checks/` and `reports/`, by name and content."""
        return f"sha256:{digest_of(self.root, (*files_below(self.checks), *files_below(self.reports)))}"

    @cached_property
    def shared_digest(self) -> str:
        """SHA-256 over what all suites share: every file of `checks/` that is in no suite's folder."""
        own = [module.folder for module in self.modules]
        shared = [path for path in files_below(self.checks) if not any(map(path.is_relative_to, own))]
        return digest_of(self.root, shared)

    @cached_property
    def suite_digests(self) -> dict[str, str]:
        """By module, SHA-256 over its suite's own files: with what is shared, they decide what it says."""
        return {module.id: digest_of(self.root, files_below(module.folder)) for module in self.modules}

    def select(self, modules: Sequence[str] = (), session: str = "") -> tuple[Module, ...]:
        """Return the modules named (`X10` or `10`, any case, `W3` for all of a session), or those of a session, or all.

        Raises:
            UsageError: a module or session that the course does not have, or both kinds of choice.
        """
        return choose_modules(self.modules, modules, session)


def bundled_course() -> Path:
    """Return where the course pack that ships with the grader lies: in the wheel, or beside the source tree."""
    packed = _PACKAGE / "course_pack"
    return packed if packed.is_dir() else _PACKAGE.parent


def reports_folder(root: Path | None = None) -> Path:
    """Return the `reports/` of a course pack, without reading its suites: all that rendering and assessing again need.

    Raises:
        CourseError: there is no course pack at `root`.
    """
    root = (root or bundled_course()).resolve()
    if not (root / "checks").is_dir():
        raise CourseError(f"{root} is no course pack: it has no folder `checks`.")
    return root / "reports"


def load_course(root: Path | None = None) -> Course:
    """Load a course pack without running any of it.

    Args:
        root: a folder with `checks/`; the bundled course by default.

    Raises:
        CourseError: what is wrong, in which file and line.
    """
    root = (root or bundled_course()).resolve()
    folder = root / "checks"
    if not folder.is_dir():
        raise CourseError(f"{root} is no course pack: it has no folder `checks`.")
    modules = read_modules(folder, lambda: _modules(folder))
    info = course_info(folder)
    return Course(root=root, name=info.name or root.name, modules=modules, info=info)


def _modules(folder: Path) -> list[Module]:
    modules = [_module(path.parent) for path in sorted(folder.glob("*/module.toml"))]
    _no_checks_in(folder.glob("common/**/*.py"))
    if not modules:
        raise CourseError(f"{folder} has no suites.", "A suite is a folder `x01_slug` with a `module.toml`.")
    modules.sort(key=lambda module: _place(module.id))
    twice = {module.id for module in modules if sum(other.id == module.id for other in modules) > 1}
    if twice:
        raise CourseError(f"{folder}: module {sorted(twice)[0]} is there twice.")
    return modules


def _place(module: str) -> tuple[str, int]:
    """Return where a module stands in the course: `X2` before `X10`."""
    letters = letters_of(module)
    return letters, int(module[len(letters) :])


def course_info(checks: Path) -> CourseInfo:
    """Return what `course.toml` of a course's checks says; nothing where there is none. Raises CourseError where it is wrong."""
    file = checks / "course.toml"
    try:
        return CourseInfo.model_validate(_toml(file)) if file.is_file() else CourseInfo()
    except ValidationError as problem:
        first = problem.errors()[0]
        raise CourseError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from problem


def _module(folder: Path) -> Module:
    file = folder / "module.toml"
    try:
        info = ModuleInfo.model_validate(_toml(file))
    except ValidationError as problem:
        first = problem.errors()[0]
        raise CourseError(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from problem
    _no_checks_in(path for path in folder.rglob("*.py") if not path.match("test_*.py"))
    prefix = folder_prefix(info.id)
    if not folder.name.startswith(prefix):
        raise CourseError(f"{folder}: the folder of {info.id} has to be called `{prefix}{info.slug}`.")
    checks: list[Check] = []
    finds_work = False
    for path in sorted(folder.glob("test_*.py")):
        tree = _parse(path)
        checks.extend(_checks(tree, path, info.id))
        finds_work = finds_work or any(_decorator(node, "work") for node in _functions(tree))
    if not checks:
        raise CourseError(f"{folder} has no checks.", "A check is a function `test_…` with `@check(…)`.")
    names = [check.name for check in checks]
    for check in checks:
        if names.count(check.name) > 1:
            raise CourseError(f"{check.path}:{check.line}: a second check of the name {check.name}.")
        missing = [name for name in check.spec.requires if name not in names]
        if missing:
            raise CourseError(f"{check.path}:{check.line}: it requires {missing[0]}, which is no check here.")
    return Module(
        info=info, folder=folder, checks=_with_notes(_in_order(checks), info, file), finds_work=finds_work
    )


def _with_notes(checks: Sequence[Check], info: ModuleInfo, file: Path) -> tuple[Check, ...]:
    """Return the checks with what `module.toml` says of them."""
    names = [check.name for check in checks]
    for name in info.checks:
        if name not in names:
            raise CourseError(
                f"{file}: [checks.{name}]: {info.id} has no check of this name.",
                f"It has {', '.join(names)}.",
            )
    return tuple(
        check.model_copy(update=info.checks[check.name].model_dump()) if check.name in info.checks else check
        for check in checks
    )


def _in_order(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the checks in the order of the files, but each behind those that it requires.

    Raises:
        CourseError: checks that require each other.
    """
    ordered: list[Check] = []
    left = list(checks)
    while left:
        done = {check.name for check in ordered}
        following = next((check for check in left if done.issuperset(check.spec.requires)), None)
        if following is None:
            raise CourseError(
                f"{left[0].path}:{left[0].line}: {left[0].name} requires itself, by way of others."
            )
        ordered.append(following)
        left.remove(following)
    return tuple(ordered)


def _checks(tree: ast.Module, path: Path, module: str) -> Iterator[Check]:
    for node in _functions(tree):
        call = _decorator(node, "check")
        if call is None:
            continue
        if not node.name.startswith("test_"):
            raise CourseError(f"{path}:{node.lineno}: a check's function starts with `test_`: {node.name}.")
        name = node.name.removeprefix("test_")
        try:
            positional = [ast.literal_eval(argument) for argument in call.args]
            keywords: dict[str, Any] = {
                str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords
            }
            spec = CheckSpec.from_arguments(*positional, **keywords)
        except (ValueError, TypeError) as problem:
            raise CourseError(
                f"{path}:{call.lineno}: @check of {node.name} does not read: {problem}.",
                "Its arguments are literals.",
            ) from problem
        yield Check(id=f"{module}.{name}", name=name, module=module, spec=spec, path=path, line=node.lineno)


def _no_checks_in(shared: Iterable[Path]) -> None:
    """Refuse a check or `@work` where no plan looks for one: it would be left out without a word."""
    for path in sorted(shared):
        for node in _functions(_parse(path)):
            call = _decorator(node, "check") or _decorator(node, "work")
            if call is not None:
                raise CourseError(
                    f"{path}:{call.lineno}: {node.name} is never run there.",
                    "Checks and `@work` stand in files `test_*.py` of a suite.",
                )


def _functions(tree: ast.Module) -> Iterable[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _decorator(node: ast.FunctionDef, name: str) -> ast.Call | None:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call):
            function = decorator.func
            called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if called == name:
                return decorator
    return None


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    except (SyntaxError, ValueError) as problem:
        raise CourseError(f"{path} is not valid Python: {problem}.") from problem


def _toml(path: Path) -> dict[str, Any]:
    try:
        return parse_toml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CourseError(f"{path} does not read: {problem}.") from problem
