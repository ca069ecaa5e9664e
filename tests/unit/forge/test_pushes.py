"""When a branch was pushed, as a forge says: a real server on this machine answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from grader.forge import Access, pushed_until
from grader.forge.pushes import Push
from tests.unit.forge.test_forge import TOKEN, Server, status

DEADLINE = datetime.fromisoformat("2026-01-23T23:59:00+01:00")
PATH = "/repos/ada/project/activity"


@pytest.fixture
def forge() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


def push(sha: str, timestamp: str, ref: str = "refs/heads/main") -> dict[str, Any]:
    return {"ref": ref, "after": sha * 40, "timestamp": timestamp, "activity_type": "push"}


def asked(forge: Server, source: str = "ada/project") -> Push | None:
    return pushed_until(Access(url=forge.url, token=TOKEN), source, "main", DEADLINE)


def test_the_last_push_until_the_deadline(forge: Server) -> None:
    forge.answers[PATH] = [
        push("c", "2026-01-24T08:00:00Z"),
        push("d", "2026-01-23T22:50:00Z", ref="refs/heads/other"),
        push("b", "2026-01-23T22:58:59Z"),
        push("a", "2026-01-20T22:58:59Z"),
    ]
    found = asked(forge)
    assert found is not None
    assert (found.sha, found.at.isoformat()) == ("b" * 40, "2026-01-23T22:58:59+00:00")
    ((path, query, _),) = forge.asked
    assert (path, query["ref"]) == (PATH, ["refs/heads/main"])


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {"message": "no"},
        [push("c", "2026-01-24T08:00:00Z")],
        # The branch was deleted then; a commit that is none; a time that is none.
        [push("0", "2026-01-20T08:00:00Z"), push("a", "2026-01-19T08:00:00Z")],
        [{**push("a", "2026-01-20T08:00:00Z"), "after": "--upload-pack=x"}],
        [push("a", "yesterday"), 7],
        status(500),
    ],
)
def test_a_forge_that_does_not_say(forge: Server, answer: Any) -> None:
    forge.answers[PATH] = answer
    assert asked(forge) is None


def test_a_repository_elsewhere_is_not_asked_for(forge: Server) -> None:
    assert asked(forge, "https://elsewhere.example.com/ada/project") is None
    assert asked(forge, "/some/folder") is None
    assert forge.asked == []
