"""What a student process replied: one bounded JSON object, a value or a fault, and never trusted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.repository.faults import Evidence
from grader.suite.outcomes import StudentFault
from grader.suite.student.processes.frames import MOST_SAID, raised_in
from grader.suite.student.wire import WireError, parse

FAULTS = ("exception", "exited", "timeout", "memory", "killed", "value")


def after_nonce(data: bytes, nonce: str, what: str, most: int) -> bytes:
    """Return a reply of at most `most` bytes without its nonce. Raise StudentFault if it has another one, or is too large."""
    first, _, rest = data.partition(b"\n")
    if first != nonce.encode():
        raise StudentFault("reply", f"{what} wrote to the grader's own channel.")
    if len(rest) > most:
        raise StudentFault("reply", f"{what} gave a value that is too large: more than {most} bytes.")
    return rest


def read_reply(data: bytes, nonce: str, what: str, most: int) -> dict[str, Any]:
    """Return the one JSON object of a reply of at most `most` bytes. Raise StudentFault if it is anything else."""
    try:
        value = parse(after_nonce(data, nonce, what, most))
    except WireError as problem:
        raise StudentFault("reply", f"{what} gave a reply that cannot be read: {problem}.") from problem
    if not isinstance(value, dict):
        raise StudentFault("reply", f"{what} gave a reply that cannot be read: it is no object.")
    return value


def fault_in(reply: Mapping[str, Any], what: str) -> StudentFault:
    """Return the fault that a reply reports, which is untrusted like everything in it."""
    kind, message = reply.get("fault"), reply.get("message")
    if kind not in FAULTS or not isinstance(message, str):
        return StudentFault("reply", f"{what} gave a reply that cannot be read: it is no value and no fault.")
    frames = reply.get("frames")
    seen = [
        Evidence(str(frame["path"])[:500], frame["line"] or None, str(frame.get("text", ""))[:300])
        for frame in (frames if isinstance(frames, list) else [])
        if isinstance(frame, dict)
        and isinstance(frame.get("line"), int)
        and isinstance(frame.get("path"), str)
    ]
    return StudentFault(
        kind,
        message[:2000],
        seen[:-9:-1],
        raised=str(reply.get("raised", ""))[:100],
        inside=str(reply.get("inside", ""))[:500],
    )


def last_words(output: bytes, root: str, stream: str = "(stderr)") -> list[Evidence]:
    """Return what a process said at last on a stream: of an exception the students' frames below `root`, and its message."""
    text = output.decode("utf-8", "replace")
    raised = raised_in(text, root)
    said = raised.said if raised else "\n".join(text.strip().splitlines()[-3:])[-MOST_SAID:]
    frames = raised.frames if raised else ()
    return [*frames, *([Evidence(stream, None, said)] if said else [])]
