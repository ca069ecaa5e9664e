"""M2: what is declared beside what the script uses: the lock, its export, the tools of developers, the Python."""

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from grader.suite import SubmissionFault, check, evidence

from ._common import always, development, is_conda, project_path
from ._script_run import declared_run

_OLDEST = Version("3.10")


@check(
    "A lock fits what is declared, and has everything that runs",
    points=3,
    scope="exercises",
    environment="required",
    requires=["script_runs_as_declared"],
    hint="A lock is written by the tool, and anew after each change of what is declared. It names what your packages need in "
    "turn, too.",
)
def test_lock_fits(submission, student, rng):
    ran = declared_run(student, submission, rng)["versions"]
    locks = submission.locks
    if locks.broken:
        raise SubmissionFault(locks.broken[0].message, locks.broken[0].evidence)
    frozen, written = _frozen(submission), [lock for lock in locks.found if not lock.path.endswith(".txt")]
    assert written or frozen, "There is no lock file, and no requirements file with exact versions alone."
    misfits = [place for places in locks.misfits.values() for place in places]
    assert not misfits, misfits[:5]
    if project_path(submission):
        named = [one for one in submission.requirements if one.path == project_path(submission)]
        loose = [one for one in named if not locks.fixes(one) and not one.marker]
        # What pip freezes is of one environment: extras and groups need not be in it.
        assert not (loose and written), [
            evidence(one.path, one.line, f"no lock has {one.name}") for one in loose[:5]
        ]
    locked = {name for lock in written for name in lock.versions} if written else set(frozen)
    lacking = sorted(set(ran) - locked)
    assert not lacking, f"The script imports {lacking[0]} {ran[lacking[0]]}, which the lock does not have."
    for lock in written:
        evidence(lock.path)
        if lock.path.endswith("uv.lock"):
            _hashed(submission, lock.path)


def _hashed(submission, path):
    """Stop where a package of an index has no file with a digest: no tool wrote that."""
    packages = submission.toml(path).get("package", [])
    for one in [one for one in packages if isinstance(one, dict)]:
        source, files = one.get("source"), [one.get("sdist"), *(one.get("wheels") or [])]
        if isinstance(source, dict) and "registry" in source:
            hashed = [file for file in files if isinstance(file, dict) and "sha256:" in str(file.get("hash"))]
            assert hashed, evidence(
                path, None, f"{one.get('name')} has no file with a digest: uv wrote no such entry"
            )


def _frozen(submission):
    """The exact versions of requirements files that have nothing else, by name."""
    by_path = {}
    for one in submission.requirements:
        if one.path.endswith(".txt"):
            by_path.setdefault(one.path, []).append(one)
    found = {}
    for ones in by_path.values():
        if all(_exact(one) for one in ones):
            found |= {one.name: _exact(one) for one in ones}
    return found


def _exact(one):
    specifier = one.specifier.replace(" ", "")
    return (
        specifier[2:] if specifier.startswith("==") and "*" not in specifier and "," not in specifier else ""
    )


@check(
    "The requirements file has the versions of the lock, and everything that runs",
    points=1,
    scope="exercises",
    environment="required",
    requires=["lock_fits"],
    hint="`uv export --help`, `pip freeze --help`: a tool writes this file, too. Who installs from it gets what the lock has.",
)
def test_requirements_are_exported(submission, student, rng):
    ran, frozen = declared_run(student, submission, rng)["versions"], _frozen(submission)
    assert frozen, "No requirements file has exact versions alone."
    lacking = sorted(set(ran) - set(frozen))
    assert not lacking, f"The script imports {lacking[0]}, which no exported requirements file has."
    for lock in submission.locks.found:
        for name, versions in lock.versions.items():
            other = frozen.get(name)
            assert not other or not versions or other in versions, (
                f"{name} is {other} in the requirements file, and {', '.join(sorted(versions)[:3])} in {lock.path}."
            )


@check(
    "Tools for developers are in a group of their own",
    points=1,
    scope="exercises",
    requires=["script_runs_as_declared"],
    hint="Who only runs the script needs neither a linter nor a test runner; PEP 735 has a place for them.",
)
def test_tools_are_apart(submission):
    names, everybody = {one.name for one in development(submission)}, {one.name for one in always(submission)}
    if is_conda(submission):
        return
    assert len(names) >= 2, f"Of tools for developers, {len(names)} are declared; asked for are two."
    both = sorted(names & everybody)
    assert not both, f"{both[0]} is declared for everybody, too."


@check(
    "The Python that is pinned is one that the project is for",
    points=1,
    scope="exercises",
    requires=["script_runs_as_declared"],
    hint="`requires-python` says what the project can do, `.python-version` what you do.",
)
def test_python_fits(submission):
    if is_conda(submission):
        return
    path = project_path(submission)
    assert path, "No pyproject.toml describes the project."
    project = submission.toml(path).get("project", {})
    lacking = [
        name for name in ("name", "version", "requires-python", "dependencies") if not project.get(name)
    ]
    assert not lacking, evidence(path, None, f"`project` has no {lacking[0]}")
    files = submission.files(".python-version", "**/.python-version")
    files = files or [one for one in submission.all_files if one.rpartition("/")[2] == ".python-version"]
    assert files, "No .python-version says which Python the project is worked on with."
    said = submission.text(files[0]).strip()
    try:
        version, bounds = (
            Version(said.removeprefix("cpython-").removeprefix("python")),
            SpecifierSet(project["requires-python"]),
        )
    except (InvalidVersion, InvalidSpecifier):
        raise SubmissionFault(f"{files[0]} or `requires-python` cannot be read as a version.") from None
    # A series stands for its latest release.
    latest = version if len(version.release) > 2 else Version(f"{version}.99")
    fits = version >= _OLDEST and bounds.contains(latest)
    assert fits, evidence(files[0], 1, f"Python {version}; the project is for {bounds}")
