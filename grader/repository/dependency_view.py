"""What a repository declares that it needs, and what its code imports without."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence

from packaging.specifiers import SpecifierSet

from grader.parsing.plain_data import DataError, parse_toml
from grader.parsing.plain_shapes import listed, table
from grader.repository.dependencies.dependencies import Declarations, Dependency, declarations, parse
from grader.repository.dependencies.distributions import Installed
from grader.repository.dependencies.lock_fit import Locks, locks
from grader.repository.dependencies.versions import choices
from grader.repository.faults import SubmissionFault, tolerant
from grader.repository.parsed_view import ParsedView
from grader.repository.python.needed_imports import Import, missing_imports
from grader.repository.python.python_file import PythonFile
from grader.repository.reads import remembered

#: Modules that some Python of today has and the one that grades has not.
_OTHER_PYTHONS = {
    *("annotationlib", "compression", "tomllib"),
    *("asynchat", "asyncore", "cgi", "cgitb", "distutils", "imghdr", "imp", "lib2to3", "nntplib", "pipes"),
    *("smtpd", "sndhdr", "telnetlib", "uu", "xdrlib"),
}
#: Minor versions of Python 3 that code may be for, and the oldest one where nothing says so.
_MINORS, _OLDEST = range(7, 15), 11
#: What runs while a package is built, in an environment of its own.
_BUILDERS = {
    "setup.py": ("setuptools", "wheel"),
    "noxfile.py": ("nox",),
    "hatch_build.py": ("hatchling",),
    "pdm_build.py": ("pdm-backend",),
    "build.py": (),
}
#: The dependencies of a script in its own comments (PEP 723).
_SCRIPT = re.compile(r"(?m)^# /// script$\s(?P<content>(?:^#(?:| .*)$\s)+?)^# ///$")
_REPOSITORY = re.compile(r"([\w.-]+?)(?:\.git)?(?:@[^/]*)?(?:#.*)?$")


class DependencyView(ParsedView):
    """A submission as `ParsedView` sees it, and what it declares."""

    @remembered
    def declarations(self) -> Declarations:
        """Every declared dependency, URLs without a name included, and the errors in the files that declare them.

        Example:
            for dependency in submission.declarations.unnamed:
                evidence(dependency.path, dependency.line, dependency.url)
        """
        return declarations(self)

    @property
    def requirements(self) -> list[Dependency]:
        """Every declared dependency with specifier, path and line.

        Example:
            for dependency in submission.requirements:
                assert dependency.specifier, evidence(dependency.path, dependency.line, f"{dependency.name} has no version")
        """
        return self.declarations.named

    @remembered
    def locks(self) -> Locks:
        """The lock files, and where each of them does not match the declared dependencies.

        Example:
            for path, places in submission.locks.misfits.items():
                assert not places, places
        """
        return locks(self, self.declarations)

    def require_sound_declarations(self) -> None:
        """Fail the check if a file that declares dependencies is broken, because then it is unknown what is declared.

        Raises:
            SubmissionFault: names each broken file, with the line if it is known.

        Example:
            submission.require_sound_declarations()
            assert "torch" in submission.dependencies, "PyTorch is not declared."
        """
        broken = self.declarations.broken
        if broken:
            places = [place for fault in broken for place in fault.evidence]
            raise SubmissionFault(" ".join(fault.message for fault in broken[:5]), places[:10])

    @remembered
    def dependencies(self) -> set[str]:
        """The normalised names of all declared dependencies, from every file that declares some.

        Example:
            assert "pytest" in submission.dependencies, "pytest is not declared."
        """
        return {dependency.name for dependency in self.requirements}

    def declares(self, module: str, *, beside: Iterable[str] = ()) -> bool:
        """Return whether a declared dependency provides a dotted module, by the metadata of what is installed or by its name.

        Args:
            module: dotted, as it is imported.
            beside: requirements that count as declared as well, such as those that a command installs.

        Example:
            assert submission.declares("google.cloud.storage"), "Nothing declared brings `google.cloud.storage`."
        """
        known = self.dependencies | self._repositories | _names(tuple(beside))
        return any(self._installed.provides(name, module) for name in known)

    def missing_imports(self, file: PythonFile, is_there: Callable[[str], bool]) -> list[Import]:
        """Return the imports that a file cannot do without and that neither Python nor a declared dependency provides.

        Args:
            file: a Python file of the repository.
            is_there: whether something else provides a dotted module.

        Example:
            for missing in submission.missing_imports(file, lambda module: module in own):
                evidence(file.path, missing.node.lineno, missing.module)
        """
        beside = _script(file.text) | self._builders(file.path)

        def provided(module: str) -> bool:
            top = module.partition(".")[0]
            built_in = top in sys.stdlib_module_names or top in _OTHER_PYTHONS or top.startswith("_")
            if built_in or is_there(module) or self.declares(module):
                return True
            return any(self._installed.provides(name, module) for name in beside)

        return missing_imports(file, provided, self._pythons)

    @remembered
    def _installed(self) -> Installed:
        self.noting.note("environment")
        return Installed(str(self.facts.get("environment") or ""))

    @remembered
    def _repositories(self) -> set[str]:
        """The names of the repositories that are declared by address alone: `git+https://…/CLIP.git`."""
        found = (_REPOSITORY.search(one.url[:1000]) for one in self.declarations.unnamed if one.remote)
        return {match[1].lower() for match in found if match}

    @remembered
    def _pythons(self) -> list[tuple[int, ...]]:
        """The versions of Python that the code is for, each as its tenth bugfix."""
        data = tolerant(lambda _: self.pyproject, "")
        asked = table(data, "project").get("requires-python")
        asked = asked or table(data, "tool", "poetry", "dependencies").get("python")
        bounds = choices(asked, "poetry") if isinstance(asked, str) else None
        wanted = bounds or [SpecifierSet(f">=3.{_OLDEST}")]
        found = [minor for minor in _MINORS if any(one.contains(f"3.{minor}.10") for one in wanted)]
        return [(3, minor, 10) for minor in found or [_OLDEST]]

    def _builders(self, path: str) -> set[str]:
        """Return what is installed to run a file that builds the package; nothing for any other file."""
        folder, _, name = path.rpartition("/")
        if name not in _BUILDERS:
            return set()
        beside = f"{folder}/pyproject.toml".lstrip("/")
        wanted = listed(tolerant(self.toml, beside), "build-system", "requires")
        return {*_BUILDERS[name], *_names(wanted)}


def _script(text: str) -> set[str]:
    """Return the names of the dependencies in the header of a script."""
    block = _SCRIPT.search(text[:20_000])
    if not block:
        return set()
    lines = [line[2:] for line in block["content"].split("\n")]
    try:
        return _names(listed(parse_toml("\n".join(lines)), "dependencies"))
    except DataError:
        return set()


def _names(wanted: Sequence[object]) -> set[str]:
    found = (parse(one, "", None) for one in wanted if isinstance(one, str))
    return {one.name for one in found if one}
