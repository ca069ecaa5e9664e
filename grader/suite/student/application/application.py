"""An ASGI or WSGI application of the students, asked in one student process."""

from __future__ import annotations

import base64
import secrets
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.suite.student.application.conversation import Conversation, read_conversation
from grader.suite.student.calls import Calls
from grader.suite.student.http_messages import Request

#: Requests of one conversation: each answer needs room in one bounded reply.
MOST_REQUESTS = 100
#: What a client sends with each request unless the request says otherwise.
_HEADERS = {"host": "localhost:8000", "user-agent": "grader", "accept": "*/*"}


@dataclass(frozen=True, kw_only=True)
class Application:
    """An application in a file of the repository; see `Student.asgi`. Each `ask` is a process of its own."""

    calls: Calls
    interface: str
    path: str
    app: str
    factory: bool = False
    count: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    before: str = ""

    def ask(self, *requests: Request, timeout: float | None = None, cpu_s: int | None = None) -> Conversation:
        """Start the application, send the requests one after the other, and stop it; state is kept between requests.

        A request during which the application raises has an answer like that of a server: status 500, `raised` in words.

        Args:
            requests: at most 100 of them, none that depends on an earlier answer: the application gets all of them at once.
            timeout: wall seconds of the whole, below the general limit of a call.
            cpu_s: CPU seconds of the whole.

        Raises:
            StudentFault: the file does not import, the startup fails, a request or the shutdown hangs or ends the process.

        Example:
            api = student.asgi("app/main.py")
            created, found = api.ask(post("/items", json={"name": "pen"}), get("/items/1"))
            created.expect(201)
            assert found.expect(200).json()["name"] == "pen", "`GET /items/1` does not return what `POST /items` stored."
        """
        if len(requests) > MOST_REQUESTS:
            raise ValueError(f"a conversation has at most {MOST_REQUESTS} requests, not {len(requests)}")
        nonce = secrets.token_hex(16)
        talk = {
            "do": "application",
            "nonce": nonce,
            "interface": self.interface,
            "path": self.path,
            "app": self.app,
            "factory": self.factory,
            "count": list(self.count),
            "before": textwrap.dedent(self.before),
            "requests": [_sent(request) for request in requests],
        }
        ended = self.calls.harness(talk, timeout, cpu_s, self.env)
        most = int(self.calls.limits["reply_bytes"])
        return read_conversation(ended, nonce, requests, self.path, most, str(self.calls.work()))


def _sent(request: Request) -> dict[str, object]:
    return {
        "method": request.method,
        "target": request.target,
        "headers": [[name, value] for name, value in {**_HEADERS, **request.headers}.items()],
        "body": base64.b64encode(request.body).decode("ascii"),
    }
