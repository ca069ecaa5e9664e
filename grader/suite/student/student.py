"""The `student` fixture: the only way to run the students' code.

Arguments and values are exchanged as JSON; each evaluation and each command is a separate process. Every fault of the
students' code is a `StudentFault`, which the plugin turns into a failed check or a timeout.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.suite import record
from grader.suite.missing import Excuses
from grader.suite.student.application.application import Application
from grader.suite.student.calls import Calls
from grader.suite.student.completed import Completed, completed
from grader.suite.student.launch import Start
from grader.suite.student.remote import Remote
from grader.suite.student.serving.server import Server, serving
from grader.suite.student.snippets.changes import changed_since, mark
from grader.suite.student.snippets.probe import probe
from grader.suite.student.snippets.stubs import Stubs
from grader.suite.student.suite_tool import run_suite_tool
from grader.suite.student.workspace.intact import stay_intact
from grader.suite.student.workspace.working_files import WorkingFiles

if TYPE_CHECKING:
    from grader.suite.student.serving.backend import Backend


class Student(WorkingFiles):
    """The students' code, as one check may run it.

    Args:
        calls: starts the processes of the check.
        excuses: what the environment lacks.
        tools: what the job says of the tools of suites, by name.

    Example: `def test_help(student): student.run(["python", "main.py", "--help"]).succeeded()`
    """

    def __init__(self, calls: Calls, excuses: Excuses, *, tools: Mapping[str, Any] | None = None) -> None:
        super().__init__(calls)
        self._excuses = excuses
        self._tools = dict(tools or {})
        self._stubs = Stubs(calls)

    @property
    def missing(self) -> Mapping[str, str]:
        """Packages that the submission asks for and that could not be installed, and why."""
        return self._excuses.missing

    def excuse(self, text: str, *, own: Collection[str] = (), network: bool = False) -> str:
        """Return why a failure with `text` does not count against the student, in words for the student, or an empty string.

        Args:
            text: the text of the failure.
            own: top-level modules of the submission, whose absence is never excused.
            network: whether a missing network, account or variable is an excuse, too.

        Example:
            done = student.run(["python", "train.py"])
            if done.returncode and (why := student.excuse(done.output, network=True)):
                not_applicable(why)
        """
        why = self._excuses.reason(text, own=own, network=network)
        record.current().excused |= bool(why)
        return why

    def load(self, path: str = "", *, module: str = "") -> Remote:
        """Return the students' module: a file of the repository by `path`, or an importable `module` by name.

        Example: `student.load("src/my_project/model.py").MyModel()(array([[1.0]])).value(Array)`
        """
        if bool(path) == bool(module):
            raise TypeError("load takes a path or a module, and one of them only")
        kind, name = ("load", path) if path else ("module", module)
        return Remote(self.calls.evaluate, kind, None, [name], label=name)

    def notebook(self, path: str, *, cell_timeout: float = 30.0) -> Remote:
        """Return the namespace of a notebook after all its cells have run (nbclient), each for at most `cell_timeout` seconds.

        Example: `student.notebook("softmax.ipynb").softmax(array([[1.0, 2.0]])).value(Array)`
        """

        def evaluate(plan: dict[str, Any], timeout: float | None, cpu_s: int | None) -> list[Any]:
            notebook = {"do": "notebook", "notebook": path, "cell_timeout": cell_timeout}
            return self.calls.evaluate({**plan, **notebook}, timeout, cpu_s)

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
        return probe(self.calls, source, inputs, timeout, cpu_s)

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
            app: its name in the file, or with `factory` that of a function that returns it.
            count: dotted names of functions and classes whose calls are counted, as the application imports them.
            env: further environment variables.
            before: a public snippet that runs before the import, as in `probe`: to make a checkpoint, for example.

        Example:
            answer = student.asgi("app/main.py").ask(get("/items/3"))[0]
            assert answer.expect(200).json() == {"item_id": 3}, f"`{answer.asked}` answers {answer.text[:80]}."
        """
        return Application(
            calls=self.calls,
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
        calls = self.calls

        def start() -> Start:
            return Start(
                argv=calls.command(argv),
                cwd=str(calls.work() / cwd),
                deadline_s=calls.seconds(timeout),
                cpu_s=cpu_s or int(calls.limits["call_cpu_s"]),
                stdin=stdin.encode(),
                environment={**calls.environment(), **(env or {})},
            )

        calls.work()
        began = mark() if changes else 0
        done = completed(argv, calls.run(start), f"`{' '.join(argv)}`", str(calls.work()))
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

        `$PORT` in `argv`, and the variable PORT, are a free port that it has to listen on: it is ready when it accepts a
        connection there. It lives as long as one call may take at most, within the time of the check.

        While it lives it may change any file at any time, also between two looks: what `files`, `exists` and `read` tell is
        evidence only after the block, when the last server has ended and all that it started is gone.

        Args:
            argv: as in `run`.
            ready: a path that has to be answered, with any status, before the server is ready.
            env: further variables.
            cwd: the folder that it starts in.
            timeout: wall seconds until it is ready, 60 by default.
            cpu_s: CPU seconds, 60 by default; they are limited in the container alone.

        Raises:
            StudentFault: it ended, or did not become ready in time; its last words are the evidence.

        Example:
            with student.serve(["uvicorn", "app.main:app", "--port", "$PORT"], ready="/docs") as server:
                item = server.get("/items/3").expect(200).json()
            assert item == {"item_id": 3}, "`GET /items/3` does not give item 3."
        """
        return serving(self.calls, argv, ready=ready, env=env, cwd=cwd, timeout=timeout, cpu_s=cpu_s)

    def backend(self, routes: Mapping[str, Any]) -> Backend:
        """Start a server of the check for the students' code to talk to; it records what it is asked, and ends with the check.

        Args:
            routes: answers by method and path, as in `"POST /predict"`; a `*` at the end of a path stands for any rest. An answer
                is a JSON value or bytes, a pair of a status and one of these, or a function of the request that returns any of
                them, called in another thread. What no route names is answered with 404.

        Example:
            predictions = student.backend({"POST /predict": lambda asked: {"label": asked.json()["text"][:3]}})
            with student.serve(["python", "frontend.py"], env={"BACKEND": predictions.url}) as frontend:
                shown = frontend.post("/", form={"text": "cat"}).expect(200).text
            assert predictions.count("POST /predict") == 1, "The frontend does not ask the backend once."

            target = student.backend({"GET /": "hello"})
            student.run(["locust", "-f", "locustfile.py", "--headless", "-u", "2", "-t", "3s", "--host", target.url])
            assert target.count("GET /") >= 2, "Locust does not ask for `/`."
        """
        # Only a check that starts one needs asyncio.
        from grader.suite.student.serving.backend import Backend

        backend = Backend(routes)
        self.calls.at_end(backend.stop)
        return backend

    def run_module(
        self, module: str, arguments: Sequence[str], *, timeout: float | None = None, cpu_s: int | None = None
    ) -> Completed:
        """Run `python -m module arguments`, with the grader's own pytest and coverage as a fallback for missing ones.

        Example: `student.run_module("pytest", ["tests", "-q"], timeout=120).succeeded()`
        """
        request = {"do": "module", "module": module, "arguments": list(arguments)}
        ended = self.calls.harness(request, timeout, cpu_s)
        argv = ["python", "-m", module, *arguments]
        return completed(argv, ended, f"`python -m {module}`", str(self.calls.work()))

    def run_tool(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        program: str = "",
        timeout: float | None = None,
        cpu_s: int | None = None,
    ) -> Completed:
        """Run a tool of the suite, which its `module.toml` names under `tools`, on the working copy.

        Args:
            name: a module, run as by `python -m`; it can import nothing of the working copy (but `beside_students`).
            program: Python code to run in its place: several commands of it in one process.

        Raises:
            EnvironmentBroken: the tool could not be installed: the grader's fault.
            StudentFault: a timeout, a limit or a signal ended it.

        Example: `done = student.run_tool("mypy", ["src", "--config-file", "/dev/null"])`
        """
        return run_suite_tool(self.calls, self._tools, name, arguments, program, timeout, cpu_s)

    @contextmanager
    def intact(self, paths: Sequence[str]) -> Iterator[None]:
        """Fail the check if what runs inside the `with` block changes one of the files, even if it is restored afterwards.

        Example:
            with student.intact(submission.files("**/*.py")):
                done = student.run_module("pytest", ["tests"])
        """
        with stay_intact(self.calls.work(), paths):
            yield
