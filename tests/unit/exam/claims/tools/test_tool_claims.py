"""Claims that a tool was, or was not, used."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import CourseError
from grader.exam.claims import load_tools
from grader.exam.claims.finder import Repository
from grader.exam.claims.tools import third_party
from grader.exam.claims.tools import tool_claims as tools
from grader.exam.claims.tools.dictionary import Dictionary
from grader.exam.claims.tools.tool_facts import FACTS
from grader.results import CheckResult, Claim, ClaimVerdict, Verdict
from tests.claim_sample import claims, repository
from tests.cpu import ends_within
from tests.places import REPORTS

TOOLS = load_tools(REPORTS)
DICTIONARY = Dictionary(TOOLS)


def place(path: str, text: str = "", line: int = 1) -> list[dict[str, Any]]:
    return [{"path": path, "line": line, "text": text}]


def known(**inventory: Any) -> Repository:
    """A repository of a FastAPI application that W&B tracks, with the course's dictionary."""
    facts: dict[str, Any] = {
        "imports": {
            "fastapi.FastAPI": place("src/plants/api.py", "from fastapi import FastAPI", 3),
            "wandb": place("src/plants/train.py", "import wandb"),
            "torch.profiler.profile": place("src/plants/train.py"),
            "locust": place("tests/performance/locustfile.py"),
        },
        "dependencies": {"fastapi": place("pyproject.toml")[0], "ruff": place("pyproject.toml")[0],
                         "evidently": place("pyproject.toml")[0]},
        "settings": {"tool.ruff": place("pyproject.toml")[0]},
        "hooks": {"mypy": place(".pre-commit-config.yaml")[0]},
        "commands": [
            {"words": ["gcloud", "ai", "custom-jobs", "create"], "source": "cloudbuild", "path": "cloudbuild.yaml"},
            {"words": ["docker", "push", "europe-docker.pkg.dev/p/r/i"], "source": "workflow", "path": ".github/workflows/a.yaml"},
        ],
        "workflows": [{"path": ".github/workflows/tests.yaml", "caches": True}],
        "images": [{"path": "Dockerfile"}],
        "remotes": [{"name": "storage", "url": "gs://bucket", "path": ".dvc/config", "line": 4}],
    }  # fmt: skip
    base = repository(**{**facts, **inventory})
    return Repository(inventory=base.inventory, checks=base.checks, tools=TOOLS)


KNOWN = known()


def found(number: int, text: str, where: Repository = KNOWN) -> dict[str, Claim]:
    return {str(claim.claimed): claim for claim in claims(tools.find, number, text, where)}


def verdict(number: int, text: str, name: str, where: Repository = KNOWN) -> str:
    claim = found(number, text, where)[name]
    return f"{claim.kind}: {claim.verdict.value}"


# ---- what is used


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We wrote an API with Fast API.", "FastAPI"),
        ("Runs are logged to Weights & Biases.", "Weights & Biases"),
        ("Runs are logged to **W&B**.", "Weights & Biases"),
        ("Runs are logged to weights-and-biases.", "Weights & Biases"),
        ("We use Ruff.", "ruff"),
        ("`mypy` checks types.", "mypy"),
        ("We use pre commit hooks.", "pre-commit"),
        ("Jobs run on VertexAI.", "Vertex AI"),
        ("Images lie in the Artifact Registry.", "Artifact Registry"),
        ("Data lies in a bucket.", "Cloud Storage"),
        ("Data is versioned with dvc.", "DVC"),
        ("We used the torch.profiler.", "PyTorch profiler"),
        ("We did some profiling.", "profiling"),
        ("We load tested the API with Locust.", "Locust"),
        ("We wrote several Dockerfiles.", "Docker"),
    ],
)
def test_a_trace_bears_it_out(text: str, name: str) -> None:
    assert verdict(16, text, name) == "tool_used: supported"


def test_the_evidence_is_the_place_in_the_code() -> None:
    claim = found(23, "We used FastAPI.")["FastAPI"]

    assert [(each.path, each.line) for each in claim.evidence] == [("src/plants/api.py", 3)]
    assert claim.text == "We used FastAPI."


def test_a_declared_library_that_nothing_imports_is_left_open() -> None:
    claim = found(26, "We used Evidently.")["Evidently"]

    assert claim.verdict is ClaimVerdict.undetermined
    assert "declared" in claim.why


def test_a_declared_tool_that_is_run_by_hand_is_used() -> None:
    where = known(settings={}, dependencies={"ruff": place("pyproject.toml")[0]})
    assert verdict(6, "We used ruff.", "ruff", where) == "tool_used: supported"


def test_a_configuration_that_makes_a_logger_uses_it() -> None:
    where = known(
        imports={}, names={"lightning.pytorch.loggers.WandbLogger": place("configs/config.yaml")[0]}
    )
    assert verdict(14, "We used W&B.", "Weights & Biases", where) == "tool_used: supported"


def test_a_check_that_passed_is_a_trace() -> None:
    passed = CheckResult(
        id="M13.code_is_profiled", title="Code is profiled", verdict=Verdict.passed, points=1, max_points=1
    )
    base = known(imports={})
    where = Repository(inventory=base.inventory, checks={passed.id: passed}, tools=TOOLS)

    assert (
        verdict(16, "We used the Lightning profiler.", "Lightning profiler", where) == "tool_used: supported"
    )


# ---- what is not there


@pytest.mark.parametrize(
    ("number", "text", "name"),
    [
        (3, "We used Albumentations for augmentation.", "Albumentations"),
        (12, "We use Hydra to configure experiments.", "Hydra"),
        (26, "We implemented Prometheus metrics.", "Prometheus"),
        (23, "In our project Typer is used.", "Typer"),
    ],
)
def test_a_library_that_is_nowhere_is_a_contradiction(number: int, text: str, name: str) -> None:
    claim = found(number, text)[name]

    assert claim.verdict is ClaimVerdict.contradicted
    assert "Nothing in the repository" in claim.why
    assert claim.found == "no trace"


@pytest.mark.parametrize(
    ("number", "text", "name"),
    [
        # Not plainly about this project.
        (12, "Hydra is a good choice for experiments.", "Hydra"),
        (12, "We first used Hydra.", "Hydra"),
        (12, "We used Hydra in the exercises.", "Hydra"),
        (12, "We tried Typer and used Hydra for a while.", "Hydra"),
        (12, "We used a tool like Hydra.", "Hydra"),
        (12, "We had problems when we used Hydra.", "Hydra"),
        (28, "We used Gradio for a demo in a separate repository.", "Gradio"),
        # An answer about people and struggles.
        (30, "We used Hydra to configure experiments.", "Hydra"),
        (31, "We used Hydra to configure experiments.", "Hydra"),
        # Leaves no trace, or leaves it elsewhere.
        (6, "We used Black for formatting.", "Black"),
        (17, "We used BigQuery.", "BigQuery"),
        (28, "We used React for the frontend.", "React"),
        (16, "We used PyCharm.", "PyCharm"),
    ],
)
def test_what_may_be_elsewhere_is_left_open(number: int, text: str, name: str) -> None:
    assert found(number, text)[name].verdict is ClaimVerdict.undetermined


@pytest.mark.parametrize(
    "inventory",
    [
        {"cut": ("imports",)},
        {"files": ()},
        {"files": ("pyproject.toml", "src/plants/hydra_utils.py")},
        {"configs": ({"path": "c.yaml", "keys": ("hydra.run.dir",)},)},
        {"commands": ({"words": ("pip", "install", "hydra-core"), "source": "dockerfile", "path": "Dockerfile"},)},
        {"dependencies": {"hydra-core": place("pyproject.toml")[0]}},
        {"dependencies": {"hydra-colorlog": place("pyproject.toml")[0]}},
    ],
)  # fmt: skip
def test_nothing_is_nowhere_as_long_as_something_reads_like_it(inventory: dict[str, Any]) -> None:
    where = known(**inventory)
    assert verdict(12, "We used Hydra.", "Hydra", where) == "tool_used: undetermined"


def test_a_workflow_that_github_refuses_may_name_a_tool_and_uses_none() -> None:
    where = known(unread={"workflows": place(".github/workflows/tests.yml")[0]})
    assert verdict(12, "We used Hydra.", "Hydra", where) == "tool_used: undetermined"
    assert verdict(12, "We did not use Hydra.", "Hydra", where) == "tool_not_used: supported"


def test_a_part_of_the_inventory_without_tools_may_be_cut() -> None:
    where = known(cut=("tracked", "metrics"))
    assert verdict(12, "We used Hydra.", "Hydra", where) == "tool_used: contradicted"


def test_untouched_files_of_the_template_are_no_evidence() -> None:
    where = known(images=[], files=("dockerfiles/train.dockerfile",), template=("dockerfiles/train.dockerfile",),
                  commands=[], actions={})  # fmt: skip
    assert verdict(15, "We used Docker.", "Docker", where) == "tool_used: undetermined"


def test_without_an_inventory_all_is_left_open() -> None:
    where = Repository(inventory=None, tools=TOOLS)
    assert verdict(12, "We used Hydra.", "Hydra", where) == "tool_used: undetermined"
    assert verdict(12, "We did not use Hydra.", "Hydra", where) == "tool_not_used: undetermined"


def test_without_a_dictionary_there_are_no_claims() -> None:
    assert claims(tools.find, 12, "We used Hydra.", repository()) == []


def test_what_integration_is_said_to_do_and_nothing_shows_is_a_contradiction() -> None:
    flows = [{"path": ".github/workflows/tests.yaml", "runs_on": ["ubuntu-latest"]}]
    where = known(
        workflows=flows,
        commands=[{"words": ["pip", "install", "--no-cache-dir", "."], "source": "workflow", "path": "x"}],
    )
    caching, linting = "We make use of caching to speed up the CI.", "We use flake8 on each pull request."

    assert verdict(11, caching, "caching in CI", where) == "tool_used: contradicted"
    assert verdict(11, linting, "flake8", where) == "tool_used: contradicted"
    assert verdict(11, caching, "caching in CI") == "tool_used: supported"


@pytest.mark.parametrize(
    ("number", "text", "name", "inventory"),
    [
        (11, "We use caching when we build images.", "caching in CI", {}),
        (6, "We use flake8 on each pull request.", "flake8", {}),
        (11, "We use flake8 in an editor.", "flake8", {}),
        (11, "We use flake8 on each pull request.", "flake8", {"workflows": []}),
        (11, "We use flake8 on each pull request.", "flake8", {"cut": ("commands",)}),
        (11, "We use flake8 on each pull request.", "flake8", {"files": (".github/actions/lint/action.yml",)}),
        (11, "We use flake8 on each pull request.", "flake8",
         {"workflows": [{"path": "a.yaml", "runs_on": ["self-hosted"]}]}),
        (11, "We use flake8 on each pull request.", "flake8",
         {"workflows": [{"path": "a.yaml", "uses": ["py-actions/flake8"]}]}),
    ],
)  # fmt: skip
def test_what_integration_does_is_left_open_where_it_may_be_hidden(
    number: int, text: str, name: str, inventory: dict[str, Any]
) -> None:
    where = known(**{"workflows": [{"path": "a.yaml"}], "commands": [], **inventory})
    assert verdict(number, text, name, where) == "tool_used: undetermined"


# ---- what is denied


@pytest.mark.parametrize(
    ("number", "text", "name"),
    [
        (12, "We did not use Hydra.", "Hydra"),
        (26, "We did not manage to implement monitoring.", "monitoring"),
        (26, "We did not implement monitoring. Monitoring helps to see drift, and monitoring is good.", "monitoring"),
        (26, "We did not use Evidently.", "Evidently"),
        (18, "We did not use Compute Engine.", "Compute Engine"),
        (22, "We never trained with SageMaker.", "AWS"),
    ],
)  # fmt: skip
def test_a_denial_is_borne_out_where_nothing_uses_it(number: int, text: str, name: str) -> None:
    assert verdict(number, text, name) == "tool_not_used: supported"


def test_an_attempt_leaves_files_and_bears_out_that_it_failed() -> None:
    where = known(commands=[], files=(".vertexai/config.yaml",))
    assert verdict(22, "We never got Vertex AI to work.", "Vertex AI", where) == "tool_not_used: supported"
    assert verdict(22, "We did not use Vertex AI.", "Vertex AI", where) == "tool_not_used: undetermined"


def test_a_plain_denial_of_what_the_code_imports_is_a_contradiction() -> None:
    assert verdict(14, "We did not use W&B.", "Weights & Biases") == "tool_not_used: contradicted"


@pytest.mark.parametrize(
    "text",
    [
        "We did not use W&B for sweeps.",
        "We did not use W&B in the end.",
        "Unfortunately we did not use W&B.",
        "We did not use W&B because it costs time, which we rather spent on the model and on the data.",
    ],
)
def test_a_denial_that_leaves_room_is_left_open(text: str) -> None:
    assert verdict(14, text, "Weights & Biases") == "tool_not_used: undetermined"


def test_what_an_answer_both_denies_and_uses_is_judged_by_its_traces() -> None:
    text = "We used W&B. We did not use W&B for sweeps. We did not use Hydra. We use Hydra."

    assert verdict(14, text, "Weights & Biases") == "tool_used: supported"
    assert verdict(14, text, "Hydra") == "tool_not_used: undetermined"


def test_tests_of_the_api_are_an_activity_of_one_question() -> None:
    where = known(tests=[{"path": "tests/test_model.py", "functions": ["test_a"], "imports": ["torch"]}])
    text = "We did not do any unit testing of our API."

    assert verdict(25, text, "API tests", where) == "tool_not_used: supported"
    assert "API tests" not in found(7, "We did unit testing.", where)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("No.", "supported"),
        ("We did not use any third-party frameworks that the course does not cover.", "supported"),
        ("We did not use any other open-source packages.", "supported"),
        ("We used no additional libraries.", "supported"),
        ("We used the third-party package Albumentations.", None),
        ("We would not use other packages.", None),
        ("No other group used a third-party package, we think.", None),
    ],
)
def test_nothing_beyond_the_course(text: str, expected: str | None) -> None:
    found = [claim.verdict.value for claim in claims(third_party.find, 3, text, KNOWN)]
    assert found == ([expected] if expected else [])


def test_what_goes_beyond_the_course_is_named_and_left_to_people() -> None:
    where = known(
        imports={
            "albumentations": place("src/plants/data.py", line=7),
            "os": place("a.py"),
            "plants": place("a.py"),
        }
    )
    (claim,) = claims(third_party.find, 3, "No.", where)

    assert claim.verdict is ClaimVerdict.undetermined
    assert claim.found == ["albumentations"]
    assert [(each.path, each.line) for each in claim.evidence] == [("src/plants/data.py", 7)]


# ---- what is no mention


@pytest.mark.parametrize(
    "text",
    [
        "See `src/plants/ruff_config.py`.",
        "See https://docs.astral.sh/ruff for more.",
        "See [the figure](figures/ruff.png).",
        "A ruff-like linter.",
        "my_ruff_thing",
        "The truffle is nice.",
        "```\nruff check\n```",
        "We would use ruff.",
    ],
)
def test_no_mention(text: str) -> None:
    assert "ruff" not in found(6, text)


def test_words_of_english_count_only_as_code() -> None:
    assert not {"Click", "Make", "Rich"} & set(found(12, "We click to make a rich plot."))
    assert "Make" in found(12, "We use `make train`.")


def test_the_longer_name_is_meant() -> None:
    assert set(found(12, "We used PyTorch Lightning.")) == {"PyTorch Lightning"}
    assert {"Google Cloud", "Cloud Storage"} <= set(found(17, "We used Google Cloud Storage."))


def test_several_tools_of_a_kind_keep_their_own_names() -> None:
    assert "Claude" in found(31, "We used Claude.")


def test_members_claim_no_tools() -> None:
    assert found(2, "s123456 uses ruff") == {}


# ---- the dictionary


def test_each_tool_of_the_course_can_be_found_by_each_of_its_names() -> None:
    lost = []
    for tool in DICTIONARY.tools.values():
        question = next(iter([*tool.only_in, *tool.answers]), 17)
        for spelling in tool.spellings():
            text = f"We used `{spelling}` here."
            if not any(each.tool.name == tool.name for each in DICTIONARY.mentions(text, question)):
                lost.append((tool.name, spelling))
    assert lost == []


def test_tools_name_only_tools_that_there_are() -> None:
    assert {name for tool in DICTIONARY.tools.values() for name in tool.tools} <= set(DICTIONARY.tools)
    assert {name for tool in DICTIONARY.tools.values() for name in tool.facts} <= set(FACTS)
    assert len(DICTIONARY.tools) > 120


@pytest.mark.parametrize(
    "text", ["[[tool]]\nname = 3", "[[tool]]\nname = 'x'\nalias = ['x']", "tool = 'x'", "[[tool"]
)
def test_a_dictionary_that_is_none_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "tools.toml").write_text(text)

    with pytest.raises(CourseError, match=r"tools\.toml"):
        load_tools(tmp_path)


def test_a_course_without_a_dictionary_has_an_empty_one(tmp_path: Path) -> None:
    assert load_tools(tmp_path) == {}


def test_the_dictionary_is_that_of_the_course() -> None:
    assert tomllib.loads((REPORTS / "tools.toml").read_text(encoding="utf-8")) == TOOLS


# ---- any text

PIECES = ["we ", "used ", "did not ", "use ", "ruff ", "W&B", "&", "Google Cloud ", "Storage", "`", "`make ", "**", ". ", "/", "a/b.py ",
          "https://x/ruff ", "](ruff.md)", "-", "_", "\n", "Vertex", " AI", "torch.profiler", "<", "\x00", "é"]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)),
    st.integers(1, 31),
)
def test_no_text_makes_it_raise(text: str, number: int) -> None:
    for claim in [*claims(tools.find, number, text, KNOWN), *claims(third_party.find, 3, text, KNOWN)]:
        assert len(claim.text) <= 300
        assert claim.why


@pytest.mark.parametrize(
    "piece",
    ["ruff ", "we did not use ruff ", "W&", "`", "google cloud ", "a/", "[", "no ruff, ", "weights and "],
)
def test_the_time_is_linear(piece: str) -> None:
    text = (piece * (60_000 // len(piece) + 1))[:60_000]
    ends_within(20, lambda: claims(tools.find, 12, text, KNOWN))
