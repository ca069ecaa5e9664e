"""M19 as an exercise: scripts, the performance test and both workflows, run on data and models of the check."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS, ROOT
from tests.suite_names import suite_names
from tests.view_sample import view

SUITE = CHECKS / "m19_cml"
SOLUTION = ROOT / "exercises" / "m19_cml" / "solution"
#: A bar chart without a library: what draws is up to the students.
DRAWN = """
import struct
import zlib

class Axes:
    def subplots(self, **size):
        return self, self

    def bar(self, places, heights):
        self.heights = heights

    def set(self, **words):
        pass

    def close(self, figure):
        pass

    def savefig(self, path):
        rows = b"".join(b"\\0" + b"\\xff" * min(height, 63) + b"\\0" * (64 - min(height, 63)) for height in self.heights)
        chunks = [(b"IHDR", struct.pack(">IIBBBBB", 64, len(self.heights), 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
        with open(path, "wb") as file:
            file.write(b"\\x89PNG\\r\\n\\x1a\\n")
            for kind, data in chunks:
                file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))

plt = Axes()
"""
FILES = {
    path.relative_to(SOLUTION).as_posix(): path.read_text(encoding="utf-8")
    for path in SOLUTION.rglob("*")
    if path.is_file() and "__pycache__" not in path.parts
}
FILES["dataset_statistics.py"] = FILES["dataset_statistics.py"].replace(
    "import matplotlib.pyplot as plt\n", "from drawn import plt\n"
)
FILES |= {"drawn.py": DRAWN, "requirements.txt": "pytest\n"}
DATA, STAGE = ".github/workflows/data.yaml", ".github/workflows/stage_model.yaml"
TEST = "tests/performance/test_model.py"
CHECKED = (
    *("data_set_has_the_data", "statistics_are_right", "figures_show_the_labels", "only_data_starts_it"),
    *("report_is_posted", "figures_are_posted", "job_may_comment", "bad_models_fail", "test_set_decides"),
    *("staged_model_is_tested", "model_is_linked", "nothing_is_linked_without_a_model"),
    *("only_what_passed_is_promoted", "jobs_are_complete"),
)


def names_of(function: str) -> Any:
    """What the file defines or imports that has this function."""
    return suite_names(SUITE)[function].__globals__


def judge(check: str, path: str = "", old: str = "", new: str = "") -> CheckResult:
    files = dict(FILES)
    if path:
        assert old in files[path]
        files[path] = files[path].replace(old, new)
    return run_check(SUITE, check, files)


@pytest.mark.process
@pytest.mark.parametrize("check", CHECKED)
def test_a_right_exercise_passes(check: str) -> None:
    outcome = judge(check)
    assert outcome.verdict == "passed", outcome.message


@pytest.mark.process
@pytest.mark.parametrize(
    ("check", "path", "old", "new"),
    [
        ("data_set_has_the_data", "dataset.py", "self.images[index], self.labels[index]", "self.images[index % len(self)], self.labels[index % len(self)]"),
        ("statistics_are_right", "dataset_statistics.py", "range(10)", "range(1, 10)"),
        ("statistics_are_right", "dataset_statistics.py", "{counts[label]} |\" for label in LABELS", "{one} |\" for label, one in counts.most_common()"),
        ("statistics_are_right", "dataset.py", "list(csv.reader(file))[1:]", "list(csv.reader(file))[2:]"),
        ("statistics_are_right", "dataset_statistics.py", "{len(part)} images", "many images"),
        ("figures_show_the_labels", "dataset_statistics.py", '"{name}_labels.png"', '"labels.png"'),
        ("figures_show_the_labels", "dataset_statistics.py", "[counts[label] for", "[min(counts[label], 1) for"),
        ("only_data_starts_it", DATA, '"data/**", ', '"data", '),
        ("only_data_starts_it", DATA, "    branches: [main]", "    branches: [release]"),
        ("report_is_posted", DATA, "comment create report.md", "comment create README.md"),
        ("report_is_posted", DATA, "> report.md", "> report.md && exit 1"),
        ("job_may_comment", DATA, "${{ secrets.GITHUB_TOKEN }}", "ghs_0123456789"),
        ("bad_models_fail", TEST, "LIMIT = 0.8", "LIMIT = 0.99"),
        ("bad_models_fail", TEST, 'os.environ["MODEL_NAME"]', '"a/b/c:v1"'),
        ("staged_model_is_tested", STAGE, "client_payload.artifact_version_string", "payload.artifact_version_string"),
        ("staged_model_is_tested", STAGE, "${{ secrets.WANDB_API_KEY }}", "0123456789"),
        ("staged_model_is_tested", STAGE, "- uses: actions/checkout@v5", "- run: echo checkout"),
        ("model_is_linked", "link_model.py", "entity, _, version", "_, entity, version"),
        ("model_is_linked", "link_model.py", "aliases=aliases", 'aliases=["production"]'),
        ("only_what_passed_is_promoted", STAGE, "needs: test", "needs: test\n    if: always()"),
        ("only_what_passed_is_promoted", STAGE, "--aliases production", "--aliases staging"),
        ("only_what_passed_is_promoted", STAGE, "pytest tests/performance", "pytest tests/performance\n        continue-on-error: true"),
        ("jobs_are_complete", STAGE, "- run: pip install -r requirements.txt\n      - run: python", "- run: python"),
    ],
)  # fmt: skip
def test_what_answers_wrongly_fails(check: str, path: str, old: str, new: str) -> None:
    outcome = judge(check, path, old, new)
    assert outcome.verdict == "failed", outcome.message


@pytest.mark.process
@pytest.mark.parametrize(
    ("check", "path", "old", "new"),
    [
        ("only_data_starts_it", DATA, '"data/**", "**/*.dvc", ".dvc/**"', '"**/*.csv", "!docs/**"'),
        ("report_is_posted", DATA, "on:\n  pull_request:", "on:\n  push:"),
        ("report_is_posted", DATA, "run: cml comment create report.md", "run: cml comment update --token $REPO_TOKEN report.md"),
        ("figures_are_posted", "dataset_statistics.py", "![Labels of the {name} set](./{figure})", "<img alt='labels' src='{figure}'>"),
        ("job_may_comment", DATA, "secrets.GITHUB_TOKEN", "github.token"),
        ("staged_model_is_tested", STAGE, "secrets.WANDB_API_KEY", "secrets.MY_WANDB_TOKEN"),
        ("staged_model_is_tested", STAGE, "run: pytest tests/performance", "run: |\n          mkdir out\n          uv run --frozen pytest -q tests"),
        ("model_is_linked", "link_model.py", "{entity}/model-registry/", "{entity}-org/wandb-registry-model/"),
        ("only_what_passed_is_promoted", STAGE, "needs: test", "needs: test\n    if: needs.test.result == 'success' && !cancelled()"),
    ],
)  # fmt: skip
def test_other_ways_are_right(check: str, path: str, old: str, new: str) -> None:
    outcome = judge(check, path, old, new)
    assert outcome.verdict == "passed", outcome.message


@pytest.mark.process
@pytest.mark.parametrize("check", [one for one in CHECKED if not one.endswith("without_a_model")])
def test_the_exercise_may_lie_in_a_folder(check: str) -> None:
    files = {path if path.startswith(".github") else f"s5/m19/{path}": text for path, text in FILES.items()}
    for path in (DATA, STAGE):
        files[path] = (
            files[path]
            .replace("jobs:\n", "defaults:\n  run:\n    working-directory: s5/m19\n\njobs:\n")
            .replace('"data/**"', '"s5/m19/data/**"')
        )
    outcome = run_check(SUITE, check, files)
    assert outcome.verdict == "passed", outcome.message


@pytest.mark.parametrize(
    ("files", "started"),
    [
        ({"link_model.py": FILES["link_model.py"]}, True),
        ({"dataset_statistics.py": "print(1)\n"}, True),
        ({STAGE: FILES[STAGE]}, True),
        ({".github/workflows/tests.yaml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"}, False),
        ({"train.py": "import wandb\n\nwandb.init()\n"}, False),
    ],
    ids=["script", "statistics", "workflow", "tests", "training"],
)  # fmt: skip
def test_what_is_work_of_an_exercise(tmp_path: Path, files: dict[str, str], started: bool) -> None:
    found = suite_names(SUITE)["find_work"](view(tmp_path, files, profile="exercises"))
    assert bool(found) is started


@pytest.mark.parametrize(
    ("condition", "failed", "runs"),
    [
        ("", False, True),
        ("", True, False),
        ("always()", True, True),
        ("${{ failure() }}", True, True),
        ("failure()", False, False),
        ("github.event.action == 'staged_model'", False, True),
        ("github.event.client_payload.model != ''", False, True),
        ("github.event.client_payload['other']", False, False),
        ("!contains(github.event.client_payload.model, 'a/b')", False, False),
        ("(steps.a.outputs.b || 'x') == 'x' && true", False, True),
        ("(((", False, False),
    ],
)
def test_conditions(condition: str, failed: bool, runs: bool) -> None:
    event = {"action": "staged_model", "client_payload": {"model": "a/b/c:v1"}}
    assert names_of("run_workflow")["holds"](condition, {"github": {"event": event}}, failed=failed) is runs


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("data/**", "data/raw/a.csv", True),
        ("data/*", "data/raw/a.csv", False),
        ("**/*.csv", "a.csv", True),
        ("data", "data/a.csv", False),
        ("**.dvc", "data/a.dvc", True),
    ],
)
def test_patterns_of_paths(pattern: str, path: str, fits: bool) -> None:
    starts = names_of("data_event")["_starts"]
    assert starts({"paths": [pattern]}, path) is fits
    assert starts({"paths-ignore": [pattern]}, path) is not fits
    assert starts({"paths": [pattern, f"!{pattern}"]}, path) is False


def right(model: Any, rows: Any) -> int:
    def distance(picture: Any, other: Any) -> Any:
        return sum((a - b) ** 2 for a, b in zip(picture, other, strict=True))

    found = [min(range(10), key=lambda k: distance(pixels, model[k])) for _, pixels in rows]
    return sum(one == label for one, (label, _) in zip(found, rows, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_how_good_the_models_are(seed: int) -> None:
    data = suite_names(SUITE)["Judged"](random.Random(seed))
    shares = {
        kind: [right(json.loads(text)["prototypes"], data.rows[part]) for part in ("test", "train")]
        for kind, text in data.models.items()
    }
    assert shares == {
        "good": [94, 94],
        "bad": [66, 66],
        "good on test": [94, 64],
        "bad on test": [64, 94],
    }
    assert {len(rows) for rows in data.rows.values()} == {100}
    bad = json.loads(data.models["bad"])["prototypes"]
    assert right(bad, data.rows["test"][:20]) == 20


@pytest.mark.parametrize("seed", range(5))
def test_no_number_of_a_report_stands_for_another(seed: int) -> None:
    data = suite_names(SUITE)["Counted"](random.Random(seed))
    train, test = data.counts["train"], data.counts["test"]
    assert len({*train, *test, data.pixels}) == 21
    whole = f"{sum(train)} {sum(test)} {data.pixels} {train} {test}"
    assert not data.missing(whole)
    assert data.missing(whole.replace(str(test), str(train)))
    assert data.missing(f"{sum(train)} {sum(test)} {data.pixels} {train[::-1]} {test}")
    assert data.missing(f"{whole} {list(range(400))}")
