"""The `student` fixture: the only way to run the students' code.

Arguments and values are exchanged as JSON; each evaluation and each command is a separate process. Every fault of the
students' code is a `StudentFault`, which the plugin turns into a failed check or a timeout.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from grader.suite.missing import reason
from grader.suite.outcomes import StudentFault
from grader.suite.student.application.application import Application
from grader.suite.student.calls import Calls
from grader.suite.student.completed import Completed, completed
from grader.suite.student.intact import stay_intact
from grader.suite.student.launch import Start
from grader.suite.student.remote import Remote, values
from grader.suite.student.serving.server import Server, serving
from grader.suite.student.snippets.changes import changed_since, mark
from grader.suite.student.snippets.probe import probe
from grader.suite.student.snippets.stubs import Stubs
from grader.suite.student.suite_tool import suite_tool

T = TypeVar("T", str, bytes)


class Student:
    """The students' code, as one check may run it.

    Args:
        calls: starts the processes of the check.
        missing: packages that could not be installed, by name, and why.
        alone: those of `missing` that the course leaves out by name, so that no other package is missing with them.
        packages_only: whether nothing but a missing package excuses a failure: in exercises.
        tools: what the job says of the tools of suites, by name.

    Example: `def test_help(student): student.run(["python", "main.py", "--help"]).succeeded()`
    """

    def __init__(
        self,
        calls: Calls,
        missing: Mapping[str, str] | None = None,
        alone: Collection[str] = (),
        *,
        packages_only: bool = False,
        tools: Mapping[str, Any] | None = None,
    ) -> None:
        #: Packages that the submission asks for and that could not be installed, and why.
        self.missing = dict(missing or {})
        self._calls = calls
        self._companions = () if packages_only else [name for name in self.missing if name not in alone]
        self._packages_only = packages_only
        self._tools = dict(tools or {})
        self._stubs = Stubs(calls)

    def excuse(self, text: str, *, own: Collection[str] = (), network: bool = False) -> str:
        """Return why a failure with `text` does not count against the student, in words for the student, or an empty string.

        Args:
            text: the text of the failure.
            own: top-level modules of the submission, whose absence is never excused.
            network: whether a missing network or account is an excuse, too.

        Example:
            done = student.run(["python", "train.py"])
            if done.returncode and (why := student.excuse(done.output, network=True)):
                not_applicable(why)
        """
        return reason(
            text,
            self.missing,
            companions=self._companions,
            own=own,
            network=network,
            packages_only=self._packages_only,
        )

    def load(self, path: str = "", *, module: str = "") -> Remote:
        """Return the students' module: a file of the repository by `path`, or an importable `module` by name.

        Example: `student.load("src/my_project/model.py").MyModel()(array([[1.0]])).value(Array)`
        """
        if bool(path) == bool(module):
            raise TypeError("load takes a path or a module, and one of them only")
        kind, name = ("load", path) if path else ("module", module)
        return Remote(self._calls.evaluate, kind, None, [name], label=name)

    def notebook(self, path: str, *, cell_timeout: float = 30.0) -> Remote:
        """Return the namespace of a notebook after all its cells have run (nbclient), each for at most `cell_timeout` seconds.

        Example: `student.notebook("softmax.ipynb").softmax(array([[1.0, 2.0]])).value(Array)`
        """

        def evaluate(plan: dict[str, Any], timeout: float | None, cpu_s: int | None) -> list[Any]:
            notebook = {"do": "notebook", "notebook": path, "cell_timeout": cell_timeout}
            return self._calls.evaluate({**plan, **notebook}, timeout, cpu_s)

        return Remote(evaluate, "namespace", None, [], label=path)

    def probe(
        self, source: str, *, timeout: float | None = None, cpu_s: int | None = None, **inputs: Any
    ) -> Any:
        """Run a snippet in a process of the students' code and return the value of its name `result`, None if it has none.

        The snippet has `inputs` as global names, the import path of the students' code, and `load(path)`, which imports a file
        as `student.load` does. It is public, the students' code can read it: pass inputs only, never an expected value.
        Inputs and result are JSON values, `bytes` and arrays.

        Raises:
            StudentFault: the students' code (or the snippet) raised, ended or hung, or `result` cannot be sent back.

        Example:
            moved = student.probe(
                '''
                import torch
                model = load(path).MyModel()
                optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
                before = [parameter.detach().clone() for parameter in model.parameters()]
                model(images).sum().backward()
                optimizer.step()
                result = [not torch.equal(old, new) for old, new in zip(before, model.parameters())]
                ''',
                path="src/pkg/model.py",
                images=random_array(rng, (4, 1, 28, 28), kind="torch"),
            )
            assert all(moved), "A step of the optimizer leaves parameters of `MyModel` as they were."
        """
        return probe(self._calls, source, inputs, timeout, cpu_s)

    def asgi(
        self,
        path: str,
        app: str = "app",
        *,
        factory: bool = False,
        count: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        before: str = "",
    ) -> Application:
        """Return the ASGI application `app` of a file (FastAPI, Starlette, …), to be asked in process: no server, no port.

        Args:
            path: the file, imported as `load` does.
            app: the name of the application in it, or of a function that returns one (`factory`).
            factory: whether `app` has to be called first.
            count: dotted names of functions and classes whose calls are counted, as the application imports them.
            env: further environment variables.
            before: a public snippet that runs before the import, as in `probe`: to make a checkpoint, for example.

        Example:
            answer = student.asgi("app/main.py").ask(get("/items/3"))[0]
            assert answer.expect(200).json() == {"item_id": 3}, f"`{answer.asked}` answers {answer.text[:80]}."
        """
        return Application(
            calls=self._calls,
            interface="asgi",
            path=path,
            app=app,
            factory=factory,
            count=count,
            env=env or {},
            before=before,
        )

    def wsgi(self, path: str, app: str = "app", **arguments: Any) -> Application:
        """Return the WSGI application `app` of a file (Flask, Django, …); the arguments are those of `asgi`.

        Example: `student.wsgi("wsgi.py", "application").ask(get("/"))[0].expect(200)`
        """
        return replace(self.asgi(path, app, **arguments), interface="wsgi")

    def stub(self, name: str, source: str) -> None:
        """Put a module of the suite in the place of `name` in all student processes of this check, from now on.

        For what needs an account or a network. `source` is public; `record(**values)` in it keeps what `records` returns. A
        dotted `name` gets the packages above it, and what is installed below them stays importable.

        Example:
            student.stub("wandb", '''
                config = {}
                def init(*arguments, **options):
                    config.update(options.get("config") or {})
                    record(call="init", project=options.get("project"))
                def log(values, **options):
                    record(call="log", values={name: float(value) for name, value in values.items()})
            ''')
            student.run(["python", "train.py"]).succeeded()
            logged = [one["values"] for one in student.records() if one["call"] == "log"]
            assert logged, "Training logs nothing to Weights & Biases."
        """
        self._stubs.add(name, source)

    def records(self) -> list[dict[str, Any]]:
        """Return what the stubs recorded in all processes so far, in order; the first 5,000 records, or 500 kB of them.

        They are the students' own account. What makes a value of them worth points is that it follows from hidden inputs.

        Raises:
            StudentFault: something else wrote to the records.

        Example: `assert any(one["call"] == "upload" for one in student.records()), "Nothing is uploaded."`
        """
        return self._stubs.records()

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        cpu_s: int | None = None,
        cwd: str = ".",
        changes: bool = False,
    ) -> Completed:
        """Run a command in the working copy. `python` as the first word is the Python of the students' environment.

        Args:
            argv: the command.
            stdin: what it reads.
            env: further environment variables.
            timeout: wall seconds, below the general limit of a call.
            cpu_s: CPU seconds, where the general limit is too little.
            cwd: the folder that it starts in, below the working copy.
            changes: whether to find out, by one process more, which files it made or changed: `Completed.changed`.

        Raises:
            StudentFault: a timeout, a limit or a signal ended the command. An exit code other than 0 raises nothing: see
                `Completed.succeeded`.

        Example:
            done = student.run(["python", "main.py", "--epochs", "1"], timeout=60, env={"WANDB_MODE": "offline"})
            assert done.returncode == 0, "`main.py --epochs 1` fails."
        """
        calls = self._calls
        start = Start(
            argv=calls.command(argv),
            cwd=str(calls.work() / cwd),
            deadline_s=calls.seconds(timeout),
            cpu_s=cpu_s or int(calls.limits["call_cpu_s"]),
            stdin=stdin.encode(),
            environment={**calls.environment(), **(env or {})},
        )
        began = mark() if changes else 0
        done = completed(argv, calls.run(start), f"`{' '.join(argv)}`")
        return replace(done, changed=changed_since(calls, began)) if changes else done

    def serve(
        self,
        argv: Sequence[str],
        *,
        ready: str = "",
        env: Mapping[str, str] | None = None,
        cwd: str = ".",
        timeout: float | None = None,
        cpu_s: int | None = None,
    ) -> AbstractContextManager[Server]:
        """Start a server of the students that lives while the block talks to it.

        `$PORT` in `argv`, and the variable PORT, are a free port that it has to listen on. The server may use up the time of the
        check, and `cpu_s` seconds of CPU (60, in the container). It is ready when it accepts a connection.

        While it lives it may change any file at any time, also between two looks: what `files`, `exists` and `read` tell is
        evidence only after the block, when the last server has ended and all that it started is gone.

        Args:
            argv: as in `run`.
            ready: a path that has to be answered, with any status, before the server is ready.
            env: further variables.
            cwd: the folder that it starts in.
            timeout: wall seconds until it is ready, 60 by default.
            cpu_s: CPU seconds.

        Raises:
            StudentFault: it ended, or did not become ready in time; its last words are the evidence.

        Example:
            with student.serve(["uvicorn", "app.main:app", "--port", "$PORT"], ready="/docs") as server:
                item = server.get("/items/3").expect(200).json()
            assert item == {"item_id": 3}, "`GET /items/3` does not give item 3."
        """
        return serving(self._calls, argv, ready=ready, env=env, cwd=cwd, timeout=timeout, cpu_s=cpu_s)

    def run_module(
        self, module: str, arguments: Sequence[str], *, timeout: float | None = None, cpu_s: int | None = None
    ) -> Completed:
        """Run `python -m module arguments`, with the grader's own pytest and coverage as a fallback for missing ones.

        Example: `student.run_module("pytest", ["tests", "-q"], timeout=120).succeeded()`
        """
        request = {"do": "module", "module": module, "arguments": list(arguments)}
        ended = self._calls.harness(request, timeout, cpu_s)
        return completed(["python", "-m", module, *arguments], ended, f"`python -m {module}`")

    def run_tool(
        self, name: str, arguments: Sequence[str], *, timeout: float | None = None, cpu_s: int | None = None
    ) -> Completed:
        """Run a tool of the suite, which its `module.toml` names under `tools`, on the working copy.

        Raises:
            EnvironmentBroken: the tool could not be installed: the grader's fault.
            StudentFault: a timeout, a limit or a signal ended it.

        Example: `done = student.run_tool("mypy", ["src", "--config-file", "/dev/null"])`
        """
        calls = self._calls
        tool = suite_tool(self._tools, name)
        start = Start(
            argv=[
                *(calls.launcher.interpreter() if tool.beside_students else [tool.python]),
                "-m",
                name,
                *arguments,
            ],
            cwd=str(calls.work()),
            deadline_s=calls.seconds(timeout),
            cpu_s=cpu_s or int(calls.limits["call_cpu_s"]),
            environment=tool.environment(calls.environment()),
        )
        return completed([name, *arguments], calls.run(start), f"`{' '.join([name, *arguments])}`")

    @contextmanager
    def intact(self, paths: Sequence[str]) -> Iterator[None]:
        """Fail the check if what runs inside the `with` block changes one of the files, even if it is restored afterwards.

        Example:
            with student.intact(submission.files("**/*.py")):
                done = student.run_module("pytest", ["tests"])
        """
        with stay_intact(self._calls.work(), paths):
            yield

    def files(self, *globs: str) -> list[str]:
        """Return the current files and folders of the working copy, sorted; all of them without a pattern.

        Example: `assert student.files("models/*.pt"), "Training saves no model."`
        """
        glob = self._standard("glob").glob
        listed = glob("**/*", recursive=True, include_hidden=True).value(list)
        names = sorted(str(name).replace("\\", "/") for name in listed)
        return [name for name in names if not globs or any(fnmatch.fnmatch(name, wanted) for wanted in globs)]

    def exists(self, path: str) -> bool:
        """Return whether `path` exists in the working copy now. Example: `student.exists("models/model.pt")`."""
        return path in self.files()

    def read(self, path: str) -> str:
        """Return the text of a file in the working copy, read as the students' user. Raise StudentFault if it does not exist.

        Example: `log = student.read("train.log")`
        """
        found = self._standard("pathlib").Path(path).read_text(encoding="utf-8", errors="replace")
        return self._content(path, found, str)

    def read_bytes(self, path: str) -> bytes:
        """Return a file of the working copy as bytes, at most 700 kB. Raise StudentFault if it does not exist or is larger.

        Example: `assert student.read_bytes("figure.png").startswith(b"\\x89PNG"), "`figure.png` is no PNG."`
        """
        return self._content(path, self._standard("pathlib").Path(path).read_bytes(), bytes)

    def write(self, path: str, content: str | bytes) -> None:
        """Create or replace a file in the working copy, as the students' user. Example: `student.write("a.txt", "text")`."""
        target = self._standard("pathlib").Path(path)
        written = (
            target.write_bytes(content)
            if isinstance(content, bytes)
            else target.write_text(content, encoding="utf-8")
        )
        values([target.parent.mkdir(parents=True, exist_ok=True), written])

    def _content(self, path: str, found: Remote, kind: type[T]) -> T:
        try:
            return found.value(kind)
        except StudentFault as fault:
            if fault.kind == "exception":
                raise StudentFault("missing", f"`{path}` cannot be read: {fault.message}") from fault
            raise

    def _standard(self, module: str) -> Remote:
        """Return a module of the standard library, even if the repository has a module of the same name."""

        def evaluate(plan: dict[str, Any], timeout: float | None, cpu_s: int | None) -> list[Any]:
            return self._calls.evaluate({**plan, "paths": []}, timeout, cpu_s)

        return Remote(evaluate, "module", None, [module], label=module)
