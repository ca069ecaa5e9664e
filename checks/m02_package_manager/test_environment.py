"""M2: an environment of the project's own, made from what is declared."""

from grader.suite import Evidence, SubmissionFault, check, evidence, measure, not_applicable, partial, work

from ..common.messages import show
from ._common import exercise_folders

_LOCKS = (
    "**/uv.lock",
    "**/poetry.lock",
    "**/Pipfile.lock",
    "**/pdm.lock",
    "**/pixi.lock",
    "**/conda-lock.yml",
    "**/pylock*.toml",
)
_MAKERS = (
    *(
        "conda create",
        "conda env create",
        "mamba create",
        "python -m venv",
        "python3 -m venv",
        "venv",
        "virtualenv",
        "uv venv",
        "uv sync",
    ),
    *("poetry install", "pipenv install", "pixi install", "micromamba create"),
)
#: What is in an environment and in no project.
_INSIDE = ("pyvenv.cfg", "bin/activate", "Scripts/activate.bat", "conda-meta/history")


def _declared(submission):
    """The files that declare what the project needs: with a dependency, or an environment of conda with Python alone."""
    environments = {path for path in submission.declarations.read if path.endswith((".yml", ".yaml"))}
    return sorted({one.path for one in submission.requirements} | environments)


def _locks(submission):
    return [path for path in submission.files(*_LOCKS) if submission.bytes(path).strip()]


def _sound(submission):
    """Stop where a declaration or a lock file is broken."""
    submission.require_sound_declarations()
    broken = submission.locks.broken
    if broken:
        places = [place for fault in broken for place in fault.evidence]
        raise SubmissionFault(" ".join(fault.message for fault in broken[:3]), places[:5])


@work(
    "a declaration of dependencies: pyproject.toml, requirements*.txt, environment.yml, Pipfile, or a lock file; in exercises "
    "the table of readings, a pin of scikit-learn 1.2.2, or a script in a folder that is named after M2",
    above=("pyproject.toml", "requirements.txt", "environment.yml", "setup.py", "uv.lock"),
)
def find_work(submission):
    if submission.profile == "exercises":
        return exercise_folders(submission)
    declarations = submission.declarations
    return bool(
        declarations.read or declarations.broken or submission.files(*_LOCKS) or submission.running(*_MAKERS)
    )


@check(
    "The project has an environment of its own",
    points=1,
    scope="project",
    required=False,
    questions=[4],
    boxes=["w1-03"],
    hint="`uv init` and `uv add NAME`, or an `environment.yml` or `requirements.txt` from which a newcomer makes the same "
    "environment. The environment itself stays out of git.",
)
def test_the_project_has_its_own_environment(submission):
    _sound(submission)
    inside = [path for path in submission.all_files if path.endswith(_INSIDE) and path.count("/") <= 4]
    locks, declared = _locks(submission), _declared(submission)
    made = [command.evidence for command in submission.running(*_MAKERS)]
    for path in [*locks, *declared][:4]:
        evidence(path)
    show(made[:2])
    measure("lock_files", ", ".join(locks[:5]))
    measure("n_declared_dependencies", len(submission.dependencies))
    places = [Evidence(path, None, "an environment is committed") for path in inside[:3]]
    if not (locks or declared or made):
        partial(0, "Nothing declares what the project needs.", places)
    if inside:
        partial(0.5, "The environment itself is committed: nobody else can use it.", places)


@check(
    "A newcomer gets the same versions",
    points=1,
    scope="project",
    required=False,
    questions=[4],
    hint="Commit the lock file (`uv.lock`), or give every requirement a version: `torch==2.4.1`.",
)
def test_versions_are_fixed(submission):
    _sound(submission)
    wanted, locks = submission.declarations.wanted, submission.locks
    for lock in locks.found[:2]:
        evidence(lock.path)
    loose = [one for one in wanted if not (one.fixed or locks.fixes(one))]
    share = 1 - len(loose) / len(wanted) if wanted else 0
    measure("share_of_fixed_versions", round(100 * share, 1), "%")
    if not wanted:
        if any(lock.versions for lock in locks.found):
            return
        not_applicable("No dependency is declared, so there is no version to fix.")
    if loose and locks.too_large:
        not_applicable(f"{', '.join(locks.too_large[:3])}: too large for the grader to read.")
    if all(one.remote for one in wanted) and len(loose) == len(wanted):
        not_applicable("Every dependency comes from an address, not from an index.")
    misfits = [place for places in locks.misfits.values() for place in places]
    about = ", ".join(f"`{path}` does not fit what is declared" for path in sorted(locks.misfits)[:3])
    about = about or ("No lock file names them" if locks.found else "There is no lock file")
    said = [*misfits[:5], *(evidence(one.path, one.line, one.said) for one in loose[:5])]
    assert share >= 0.3, [f"{about}, and most dependencies have no fixed version.", *said]
    if misfits:
        partial(0.5, f"{about}: {misfits[0].text}.", said)
    if share < 0.8:
        partial(0.5, f"{about}, and {len(loose)} of {len(wanted)} dependencies have no fixed version.", said)
