"""M8: data of the check that DVC keeps: what a colleague gets, two versions of it, and the stages that are made of it."""

import hashlib
import re

from grader.suite import SubmissionFault, check, evidence, shared

from ._dvc_run import dvc_run
from ._rides import hidden_table, wrong_totals
from ._tracked_data import collectors, scripts_of, table_of, tracked_data

_HASH = re.compile(r"[0-9a-f]{32}(?:\.dir)?")
#: Remotes that others reach; a folder is one of one machine.
_SHARED = (
    "gdrive",
    "gs",
    "s3",
    "azure",
    "ssh",
    "http",
    "https",
    "webdav",
    "webdavs",
    "oss",
    "hdfs",
    "webhdfs",
)


def _versions(submission, rng, *, plain=False):
    """`(files, totals)` of two versions of the data."""
    _, out = tracked_data(submission)
    path = table_of(submission, out)
    made = [hidden_table(rng, plain=plain) for _ in range(2)]
    return [({path: table}, totals) for table, totals in made]


def _md5(data):
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


@shared
def colleague(student, submission, rng):
    """What a colleague gets of two versions of hidden data, and the hashes that they have to have."""
    metafile, out = tracked_data(submission)
    versions = [files for files, _ in _versions(submission, rng, plain=True)]
    found = dvc_run(student, submission, "shared", versions=versions, out=out.path, metafile=metafile)
    return {
        "found": found,
        "out": out.path,
        "metafile": metafile,
        "digests": [{path: _md5(data) for path, data in files.items()} for files in versions],
    }


def _fine(step, what):
    """Fail where a command of DVC's did."""
    ok = isinstance(step, dict) and step.get("code") == 0
    said = str(step.get("said", ""))[:300] if isinstance(step, dict) else ""
    assert ok, f"`{what}` fails: {said or 'it says nothing'}"


@check(
    "DVC reads its files, and knows a remote that others reach",
    points=2,
    scope="exercises",
    environment="optional",
    hint="`dvc remote list` and `dvc remote default` say what DVC knows. A folder of your laptop is of no use to the others.",
)
def test_dvc_knows_a_remote(submission, student, rng):
    reads = colleague(student, submission, rng)["found"]["reads"]
    name, url = str(reads.get("remote", "")), str(reads.get("url", ""))
    assert name, "No remote is the default one."
    assert url, f"The default remote is {name}, which has no address."
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    assert scheme in _SHARED, f"The remote {name} is a folder of one machine, or nothing that DVC knows."
    assert "drive.google.com" not in url, (
        f"The remote {name} has the address of the browser, not gdrive://<id>."
    )


@check(
    "New data goes to DVC, and git gets its hash alone",
    points=2,
    scope="exercises",
    environment="optional",
    hint="`git ls-files` shows what git has. DVC refuses to track what git tracks already, and writes the rest into "
    "`.gitignore`.",
)
def test_git_gets_hashes_alone(submission, student, rng):
    told = colleague(student, submission, rng)
    found = told["found"]
    for number in (0, 1):
        _fine(found.get(f"add{number}"), f"dvc add {told['out']}")
    staged = [str(path) for path in found.get("staged", [])]
    data = [path for path in staged if f"{path}/".startswith(f"{told['out']}/")]
    assert not data, f"With the next `git add`, git has {data[0]} as well."
    assert told["metafile"] in staged, (
        f"A new version of the data changes no file of git's: {told['metafile']} is ignored."
    )


@check(
    "What is pushed is the data, and who clones the repository, pulls and reproduces can work with it",
    points=4,
    scope="exercises",
    environment="optional",
    hint="Try it yourself: clone your repository into another folder, and `dvc pull` there. What is missing was not committed, "
    "or not pushed.",
)
def test_colleague_gets_the_data(submission, student, rng):
    told = colleague(student, submission, rng)
    found, newest = told["found"], told["digests"][1]
    _fine(found.get("push1"), "dvc push")
    kept = found.get("kept") if isinstance(found.get("kept"), dict) else {}
    for path, digest in newest.items():
        names = [name for name, value in kept.items() if value == digest]
        assert names, f"The content of {path} is not in the remote after `dvc push`."
        assert any(name.replace("/", "").endswith(digest) for name in names), (
            f"The content of {path} is in the remote, and not under its hash."
        )
    _fine(found.get("newest"), "dvc pull")
    assert found["newest"].get("digests") == newest, (
        "Who clones the repository and pulls gets other data, or none."
    )
    _reproduces(submission, found["newest"])


def _reproduces(submission, clone):
    """Fail where there are stages that cannot be run in a clone that has the data."""
    if submission.dvc.stages:
        _fine(clone.get("repro"), "dvc repro")


@check(
    "An older commit brings back the data of its time",
    points=3,
    scope="exercises",
    environment="optional",
    hint="The `*.dvc` file is the version: each commit has its own, and `dvc checkout` or `dvc pull` follows it.",
)
def test_versions_come_back(submission, student, rng):
    told = colleague(student, submission, rng)
    found, (first, newest) = told["found"], told["digests"]
    for name, wanted, what in (
        ("first", first, "the first version"),
        ("again", newest, "the second version"),
    ):
        _fine(found.get(name), "dvc pull")
        got = found[name].get("digests")
        assert got == wanted, f"After `git checkout` and `dvc pull` the data is not that of {what}."
    _reproduces(submission, found["first"])


@shared
def remade(student, submission, rng):
    """What the stages make of two hidden tables, when they run again, and the totals that they have to make."""
    assert submission.dvc.stages, "There is no stage: no `dvc.yaml`, or nothing in it."
    versions = _versions(submission, rng)
    found = dvc_run(
        student,
        submission,
        "stages",
        versions=[files for files, _ in versions],
        scripts=scripts_of(submission),
    )
    return {"found": found, "totals": [totals for _, totals in versions]}


@check(
    "`dvc repro` makes the totals of a table that nobody has seen",
    points=4,
    scope="exercises",
    environment="optional",
    hint="Run the script of the stage by hand on a small table. What does it do with a day that was not counted?",
)
def test_stage_computes(submission, student, rng):
    told = remade(student, submission, rng)
    runs = told["found"].get("runs")
    assert runs, "`dvc repro` did not run."
    for run, totals in zip(runs, told["totals"], strict=False):
        _fine(run, "dvc repro")
        why = wrong_totals(run.get("contents"), totals)
        assert not why, f"After `dvc repro`, {why}."


@check(
    "The stage runs again for new data and a new script, and for nothing else",
    points=3,
    scope="exercises",
    environment="optional",
    hint="DVC knows what a stage depends on from `deps` alone: everything that its command reads belongs there.",
)
def test_stage_runs_when_it_has_to(submission, student, rng):
    told = remade(student, submission, rng)
    found = told["found"]
    for run in found.get("runs", []):
        _fine(run, "dvc repro")
    first, second = (run.get("contents") for run in found["runs"])
    assert first != second, "With other data, `dvc repro` leaves everything as it was."
    unchanged, changed = found.get("unchanged"), found.get("changed")
    assert unchanged == [], f"`dvc repro` runs again although nothing changed: {str(unchanged)[:100]}."
    assert changed is not None, "No stage runs a script of the repository."
    assert changed, "When the script changes, `dvc repro` does not run its stage."


@shared
def committed(student, submission):
    """What changes where the data of the repository's own program is there, and the stages run."""
    metafile, out = tracked_data(submission)
    if submission.broken_python:
        raise submission.broken_python[0]
    collects = collectors(submission, out, scripts_of(submission))
    found = (
        dvc_run(student, submission, "as_committed", out=out.path, collects=collects)
        if collects
        else {"made": ""}
    )
    assert found["made"] or not collects, f"`python {collects[0][0]}` does not make {out.path}."
    return {"found": found, "metafile": metafile, "md5": out.md5, "out": out.path}


@check(
    "The committed hash is that of the newest data",
    points=3,
    scope="exercises",
    environment="optional",
    hint="`dvc status` compares the data on your disk with the hash. When data changes, `dvc add` it again, and commit "
    "the `*.dvc` file.",
)
def test_hash_is_of_the_data(submission, student):
    told = committed(student, submission)
    assert _HASH.fullmatch(told["md5"] or ""), f"{told['metafile']} has no hash that DVC would write."
    found = told["found"]
    if not found["made"]:
        _fits_its_lock(submission, told)
        return
    evidence(told["metafile"], None, told["md5"])
    _fine(found.get("add"), f"dvc add {told['out']}")
    assert told["metafile"] not in found.get("metafiles", []), (
        f"After `python {found['made']}`, the data has another hash than {told['metafile']} says."
    )


def _fits_its_lock(submission, told):
    """Where no program makes the data, its hash is at least that with which the stages ran."""
    hashes, locks = [], submission.files("dvc.lock", "**/dvc.lock")
    assert locks, (
        f"No program makes {told['out']}, and no stage ran on it: nothing tells whether its hash is the newest."
    )
    for path in locks:
        data = submission.yaml(path)
        stages = data.get("stages") if isinstance(data, dict) else None
        if not isinstance(stages, dict):
            raise SubmissionFault(f"{path} has no stages.")
        hashes += [
            str(dep.get("md5"))
            for stage in stages.values()
            for dep in (stage.get("deps") if isinstance(stage, dict) else None) or []
            if isinstance(dep, dict)
        ]
    assert told["md5"] in hashes, "The stages last ran with other data than that which is tracked."


@check(
    "The committed lock is that of the newest run",
    points=2,
    scope="exercises",
    environment="optional",
    hint="`dvc.lock` is written by `dvc repro`, and belongs into the same commit as the new `*.dvc` file.",
)
def test_lock_is_of_the_newest_run(submission, student):
    locks = submission.files("dvc.lock", "**/dvc.lock")
    assert locks, "There is no `dvc.lock`: no stage was ever run, or git ignores it."
    told = committed(student, submission)
    if not told["found"]["made"]:
        _fits_its_lock(submission, told)
        return
    _fine(told["found"].get("repro"), "dvc repro")
    changed = [path for path in locks if path in told["found"].get("changed", [])]
    assert not changed, f"With the data of the repository, `dvc repro` writes another {changed[0]}."
