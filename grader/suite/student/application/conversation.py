"""What an application answered in one process: read from its reply, which is untrusted, one step a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.suite.outcomes import StudentFault
from grader.suite.student.http_messages import Request, Response
from grader.suite.student.launch import Ended, fault_of_end
from grader.suite.student.replies import after_nonce, fault_in, last_words
from grader.suite.student.wire import WireError, decode_bytes, parse


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """The answers of an application, in the order of the requests, and what was seen of it beside them.

    Everything in it is the students' own account: compare it with what hidden inputs give, never trust it.

    Attributes:
        responses: one for each request; `conversation[0]` and `first, second = conversation` work, too.
        printed: what the application printed to stdout from import to shutdown, cut to the limit of output.
        counts: how often each name of `count` was called.
        started: whether the application completed a lifespan startup; False if it has none.
        stopped: whether it completed the shutdown of it.

    Example:
        talk = student.asgi("app/main.py", count=["torch.load"]).ask(get("/"), get("/"))
        assert talk.started and talk.stopped, "The application has no lifespan."
        assert talk.counts["torch.load"] == 1, "The model is loaded again for each request."
    """

    responses: tuple[Response, ...]
    printed: str
    counts: Mapping[str, int]
    started: bool
    stopped: bool

    def __getitem__(self, index: int) -> Response:
        return self.responses[index]

    def __iter__(self) -> Iterator[Response]:
        return iter(self.responses)

    def __len__(self) -> int:
        return len(self.responses)


def read_conversation(
    ended: Ended, nonce: str, requests: Sequence[Request], path: str, most: int, root: str
) -> Conversation:
    """Return the conversation that a process reports; the students' files lie below `root`.

    Raises:
        StudentFault: it did not come to its end.
    """
    lines = _Lines(requests, f"`{path}`")
    try:
        if ended.reply:
            for line in after_nonce(ended.reply, nonce, lines.what, most).split(b"\n"):
                lines.take(parse(line))
    except WireError as problem:
        # A process that is stopped in the middle of a line is to blame for what stopped it.
        said = f"{lines.what} gave a reply that cannot be read: {problem}."
        raise (fault_of_end(ended, lines.what) or StudentFault("reply", said)) from problem
    if lines.end is None:
        if (fault := fault_of_end(ended, lines.what)) is not None:
            raise fault
        said = f"{lines.what} ended the process (exit code {ended.returncode})."
        raise StudentFault("exited", said, last_words(ended.stderr, root))
    return Conversation(
        responses=tuple(lines.responses),
        printed=ended.stdout.decode("utf-8", "replace"),
        counts=lines.end["counts"],
        started=lines.end["started"],
        stopped=lines.end["stopped"],
    )


class _Lines:
    """The steps of a conversation so far; `what` names the present one for the student."""

    def __init__(self, requests: Sequence[Request], what: str) -> None:
        self.what = what
        self.responses: list[Response] = []
        self.end: dict[str, Any] | None = None
        self._requests = requests
        self._file = what
        self._asked = 0

    def take(self, step: Any) -> None:
        """Take the next step. Raise StudentFault for a fault, or for a step that cannot come now."""
        answered = len(self.responses)
        match step:
            case _ if self.end is not None:
                raise WireError("it goes on behind its end")
            case {"fault": str(), "message": str(message)}:
                raise fault_in({**step, "message": f"{self.what}: {message}"}, self.what)
            case {"at": "startup"} if not self._asked:
                self.what = f"The startup of {self._file}"
            case {"at": "request", "number": int(number)} if (
                number == answered == self._asked < len(self._requests)
            ):
                self._asked += 1
                self.what = f"`{self._requests[number]}`"
            case {"response": dict(response)} if answered < self._asked:
                self.responses.append(self._response(response))
                self.what = self._file
            case {"at": "shutdown"} if answered == len(self._requests):
                self.what = f"The shutdown of {self._file}"
            case {"end": {"started": bool(), "stopped": bool(), "counts": dict(counts)}} if answered == len(
                self._requests
            ) and all(type(count) is int for count in counts.values()):
                self.end = step["end"]
            case _:
                raise WireError("it is no step of a conversation")

    def _response(self, response: dict[str, Any]) -> Response:
        match response:
            case {
                "status": int(status),
                "headers": list(pairs),
                "body": str(body),
                "cut": bool(cut),
                "raised": str(raised),
            } if 100 <= status < 1000:
                headers: dict[str, str] = {}
                for pair in pairs:
                    match pair:
                        case [str(name), str(value)]:
                            headers[name] = f"{headers[name]}, {value}" if name in headers else value
                        case _:
                            raise WireError("a header is no pair of texts")
                return Response(
                    asked=self._requests[self._asked - 1],
                    status=status,
                    headers=headers,
                    body=decode_bytes(body),
                    cut=cut,
                    raised=raised,
                )
        raise WireError("it is no response")
