"""Raw ASGI applications, asked in real processes: honest ones, broken ones, and those that fight."""

from __future__ import annotations

import re

import pytest

from grader.suite import StudentFault, get, post, request
from tests.student_code import Code

pytestmark = pytest.mark.process

#: A handler below it gets `scope, receive, send`; `path` chooses what happens.
BASE = """
import asyncio, json, os, sys

async def reply(send, body=b"", status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})

async def whole(receive):
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message["more_body"]:
            return body

async def lifespan(receive, send):
    while True:
        message = await receive()
        print(message["type"])
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return
"""
HONEST = (
    BASE
    + """
from model import Network, load

items = []
network = Network()

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        scope["state"]["word"] = "kept"
        return await lifespan(receive, send)
    path = scope["path"]
    if path == "/items":
        items.append(json.loads(await whole(receive)))
        return await reply(send, json.dumps(items).encode(), 201, [(b"Content-Type", b"application/json")])
    if path == "/scope":
        seen = {"query": scope["query_string"].decode(), "method": scope["method"], "raw": scope["raw_path"].decode(),
                "headers": {k.decode(): v.decode('latin-1') for k, v in scope["headers"]}, "state": scope["state"], "path": path}
        return await reply(send, json.dumps(seen).encode(), headers=[(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")])
    if path == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(3):
            await asyncio.sleep(0)
            await send({"type": "http.response.body", "body": b"%d " % number, "more_body": True})
        return await send({"type": "http.response.body"})
    if path == "/background":
        await reply(send, b"soon")
        await asyncio.sleep(0.01)
        items.append("done in the background")
        return
    if path == "/load":
        load(); load()
        return await reply(send)
    if path == "/upload":
        return await reply(send, await whole(receive))
    await reply(send, b"nothing", 404)
"""
)
MODEL = """
class Network:
    pass
class Other(Network):
    pass
def load():
    print("loading")
"""
FILES = {"api/main.py": HONEST, "api/model.py": MODEL}


def test_state_is_kept_between_requests_from_startup_to_shutdown(code: Code) -> None:
    api = code(FILES).asgi("api/main.py")
    talk = api.ask(post("/items", json={"name": "pen"}), get("/background"), post("/items", json="cup"))
    first, _, last = talk
    assert first.expect(201).json() == [{"name": "pen"}]
    assert last.json() == [{"name": "pen"}, "done in the background", "cup"]
    assert talk[0].headers == {"content-type": "application/json"}
    assert (talk.started, talk.stopped, len(talk)) == (True, True, 3)
    assert talk.printed.splitlines() == ["lifespan.startup", "lifespan.shutdown"]
    assert api.ask(post("/items", json=1))[0].json() == [1]


def test_a_request_arrives_as_from_a_server(code: Code) -> None:
    answer = (
        code(FILES).asgi("api/main.py").ask(get("/scope", query={"a": [1, 2]}, headers={"X-Own": "é"}))[0]
    )
    seen = answer.expect(200).json()
    assert (seen["method"], seen["query"], seen["raw"]) == ("GET", "a=1&a=2", "/scope")
    assert seen["headers"]["x-own"] == "é"
    assert seen["headers"]["host"]
    assert seen["state"] == {"word": "kept"}
    assert answer.headers["set-cookie"] == "a=1, b=2"


def test_bodies_stream_both_ways(code: Code) -> None:
    picture = bytes(range(256)) * 1000
    upload = post("/upload", files={"data": ("a.png", picture, "image/png")}, form={"h": 1})
    stream, uploaded, head = (
        code(FILES).asgi("api/main.py").ask(get("/stream"), upload, request("HEAD", "/nowhere"))
    )
    assert stream.text == "0 1 2 "
    assert picture in uploaded.body
    assert not uploaded.cut
    assert (head.status, head.body) == (404, b"")


def test_calls_are_counted_before_anything_is_imported(code: Code) -> None:
    names = ["model.load", "model.Network", "json.dumps", "nowhere.at.all"]
    talk = (
        code(FILES).asgi("api/main.py", count=names).ask(get("/load"), get("/load"), post("/items", json=1))
    )
    assert talk.counts == {"model.load": 4, "model.Network": 1, "json.dumps": 1, "nowhere.at.all": 0}


def test_a_factory_its_environment_and_what_was_there_before(code: Code) -> None:
    source = (
        BASE
        + """
def make():
    text = (os.environ["GREETING"] + open("model.txt").read()).encode()
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await reply(send, text)
    return app
"""
    )
    api = code({"app.py": source}).asgi(
        "app.py",
        "make",
        factory=True,
        env={"GREETING": "Hello "},
        before="open('model.txt', 'w').write('there')",
    )
    talk = api.ask(get("/"))
    assert talk[0].text == "Hello there"
    assert (talk.started, talk.stopped) == (False, False)


def app(body: str, start: str = "await lifespan(receive, send)") -> dict[str, str]:
    """An application whose handler is `body`."""
    handler = "\n".join(f"    {line}" for line in body.splitlines())
    return {
        "main.py": f"{BASE}\nasync def app(scope, receive, send):\n"
        f"    if scope['type'] == 'lifespan':\n        return {start}\n{handler}\n"
    }


@pytest.mark.parametrize(
    ("body", "raised"),
    [
        ("1 / 0", r"The code raised ZeroDivisionError: division by zero \(main.py, line \d+\)"),
        ("await reply(send, 'text')", "TypeError"),
        ("await send({'type': 'http.response.body'})", "unexpected ASGI message"),
        ("await send({'type': 'http.response.trailers'})", "does not know"),
        ("await send({})", "KeyError"),
        ("await reply(send, status='ok')", "no status"),
        ("await reply(send, status=7)", "no status"),
        ("pass", "returned before its answer"),
        ("raise asyncio.CancelledError", "CancelledError"),
        ("raise ExceptionGroup('many', [ExceptionGroup('few', [KeyError('lost')])])", "KeyError: 'lost'"),
        ("class Odd(Exception):\n    def __str__(self): raise OSError\nraise Odd", "raised Odd"),
    ],
)
def test_a_request_that_raises_is_answered_as_by_a_server(code: Code, body: str, raised: str) -> None:
    bad = f"if scope['path'] == '/':\n    return await reply(send, b'alive')\n{body}"
    first, second = code(app(bad)).asgi("main.py").ask(get("/bad"), get("/"))
    assert first.status in (500, 200)
    assert first.status == 500 or first.cut
    assert re.search(raised, first.raised), first.raised
    assert (second.status, second.text, second.raised) == (200, "alive", "")


def test_what_is_raised_behind_an_answer_does_not_take_it_back(code: Code) -> None:
    twice = "await reply(send, b'fine')\nawait reply(send, b'more')"
    answer = code(app(twice)).asgi("main.py").ask(get("/"))[0]
    assert (answer.status, answer.text) == (200, "fine")
    assert "unexpected ASGI message 'http.response.start'" in answer.raised


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("os._exit(0)", "exited", r"`GET /two` ended the process \(exit code 0\)"),
        ("sys.exit(3)", "exited", r"`GET /two`: The code ended the process \(exit code 3\)"),
        ("os.kill(os.getpid(), 9)", "killed", "`GET /two` was ended by signal SIGKILL"),
        ("await asyncio.sleep(99)", "timeout", "`GET /two` did not end in time"),
        ("while True: pass", "timeout", "`GET /two` did not end in time"),
        ("await receive()\nawait receive()", "timeout", "`GET /two` did not end in time"),
    ],
)
def test_a_request_that_never_ends_is_named(code: Code, body: str, kind: str, said: str) -> None:
    fought = f"if scope['path'] == '/one':\n    return await reply(send)\n{body}"
    with pytest.raises(StudentFault, match=said) as fault:
        code(app(fought)).asgi("main.py").ask(get("/one"), get("/two"), get("/one"), timeout=6)
    assert fault.value.kind == kind


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"main.py": "import nowhere_at_all\n"},
            "`main.py`: The code raised ModuleNotFoundError: No module named",
        ),
        ({"main.py": "def app(:\n"}, "`main.py`: The code raised SyntaxError"),
        ({"main.py": "x = 1\n"}, "`main.py`: The file has no `app`"),
        ({"main.py": "app = 3\n"}, "`app` is no application: it is of type int"),
        ({}, "`main.py`: The code raised FileNotFoundError"),
        ({"main.py": "import time\ntime.sleep(60)\n"}, "`main.py` did not end in time"),
        (app("", start="await asyncio.sleep(60)"), "The startup of `main.py` did not end in time"),
        (
            app("", start="await send({'type': 'lifespan.startup.failed', 'message': 'No model.'})"),
            "The startup of `main.py`: The code raised RuntimeError: No model.",
        ),
    ],
)
def test_an_application_that_does_not_start(code: Code, files: dict[str, str], said: str) -> None:
    with pytest.raises(StudentFault, match=said):
        code(files).asgi("main.py").ask(get("/"), timeout=6)


def test_a_startup_that_raises_is_told_in_the_students_words(code: Code) -> None:
    source = (
        BASE
        + """
async def app(scope, receive, send):
    try:
        open("model.pt")
    except OSError:
        await send({"type": "lifespan.startup.failed", "message": "Traceback"})
        raise
"""
    )
    with pytest.raises(
        StudentFault, match=r"The startup of `main\.py`: The code raised FileNotFoundError"
    ) as fault:
        code({"main.py": source}).asgi("main.py").ask()
    assert [seen.path for seen in fault.value.evidence] == ["main.py"]


def test_a_shutdown_that_hangs_is_named(code: Code) -> None:
    start = "[await receive(), await send({'type': 'lifespan.startup.complete'}), await asyncio.sleep(60)]"
    with pytest.raises(StudentFault, match=r"The shutdown of `main\.py` did not end in time"):
        code(app("await reply(send)", start)).asgi("main.py").ask(get("/"), timeout=6)


def test_bodies_are_bounded_and_later_answers_still_fit(code: Code) -> None:
    body = "await reply(send, b'x' * (3_000_000 if scope['path'] == '/huge' else 2_000), headers=[(b'x-long', b'y' * 9_000)])"
    answers = code(app(body)).asgi("main.py").ask(get("/huge"), *[get("/small")] * 20)
    with pytest.raises(StudentFault, match="`GET /huge` has an answer that was cut"):
        answers[0].json()
    assert answers[0].cut
    assert 100_000 < len(answers[0].body) < 1_000_000
    assert [answer.status for answer in answers] == [200] * 21


def test_an_endless_stream_is_cut_off_like_by_a_client_that_goes_away(code: Code) -> None:
    endless = (
        "if scope['path'] == '/':\n    return await reply(send, b'alive')\n"
        "await send({'type': 'http.response.start', 'status': 200})\n"
        "while True:\n    await send({'type': 'http.response.body', 'body': b'tick', 'more_body': True})"
    )
    stream, after = code(app(endless)).asgi("main.py").ask(get("/stream"), get("/"))
    assert stream.cut
    assert (stream.status, stream.raised) == (200, "")
    assert after.text == "alive"


FORGED = [
    r'{"at":"request","number":0}' "\n" r'{"response":{}}',
    r'{"end":{"started":true,"stopped":true,"counts":{}}}',
    r'{"fault":"timeout"}',
    r'{"at":"request","number":99}',
    "[]",
    "not json",
    r'{"response":{"status":200,"headers":[["a"]],"body":"","cut":false,"raised":""}}',
    r'{"response":{"status":200,"headers":[],"body":"!","cut":false,"raised":""}}',
    "[" * 500,
]


@pytest.mark.parametrize("line", FORGED)
def test_a_forged_line_is_refused(code: Code, line: str) -> None:
    # The plain launcher gives the reply's path as an argument: the spy finds it as the harness does.
    forged = f"""
import gc
target = next(o for o in gc.get_objects() if getattr(o, "name", "") and str(getattr(o, "name", "")).endswith("reply"))
target.write(b"\\n" + {line.encode()!r})
target.flush()
await reply(send)
"""
    with pytest.raises(StudentFault, match="cannot be read") as fault:
        code(app(forged)).asgi("main.py").ask(get("/"))
    assert fault.value.kind == "reply"


def test_a_reply_without_the_nonce_is_refused(code: Code) -> None:
    files = {"main.py": "import os, sys, glob\nopen(ARGUMENT, 'w').write('1\\n{}')\nos._exit(0)\n"}
    files["main.py"] = files["main.py"].replace(
        "ARGUMENT", "open('/proc/self/cmdline').read().split(chr(0))[-2]"
    )
    with pytest.raises(StudentFault, match="wrote to the grader's own channel"):
        code(files).asgi("main.py").ask(get("/"))


def test_there_is_a_most_of_requests(code: Code) -> None:
    with pytest.raises(ValueError, match="at most 100"):
        code({}).asgi("main.py").ask(*[get("/")] * 101)
