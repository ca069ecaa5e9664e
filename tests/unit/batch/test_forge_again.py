"""What the forge says changes without a commit: a result that stands has it anew."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from grader.batch import Graded, grade_all
from grader.course.pack import load_course
from grader.forge import Access
from grader.pipeline import Options, Setup
from tests.memory_sandbox import MemorySandbox
from tests.small_class import WITH_ENVIRONMENT, make_repository, write_pack

pytestmark = pytest.mark.process


class Nothing(BaseHTTPRequestHandler):
    """A forge that has nothing of what it is asked for."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_request(self, *arguments: object) -> None:
        pass

    def log_error(self, *arguments: object) -> None:
        pass


def test_a_result_that_stands_has_what_the_forge_says_now(tmp_path: Path) -> None:
    make_repository(tmp_path / "one")
    write_pack(tmp_path / "pack", WITH_ENVIRONMENT)
    with ThreadingHTTPServer(("127.0.0.1", 0), Nothing) as server:
        port = server.server_address[1]
        access = Access(url=f"http://127.0.0.1:{port}", token="t")

        def grade() -> Graded:
            return grade_all(
                [str(tmp_path / "one")],
                out=tmp_path / "out",
                setup=Setup(
                    course=load_course(tmp_path / "pack"),
                    sandbox=MemorySandbox(),
                    options=Options(forge=access, forge_repository="a/b"),
                ),
            )

        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        (first,) = grade().results
        server.shutdown()
        thread.join()
    # Nobody listens any more.
    (second,) = grade().results
    assert first.forge is not None
    assert first.forge != second.forge
    assert second.started_at == first.started_at
    assert second.model_copy(update={"forge": first.forge}) == first
