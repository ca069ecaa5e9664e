"""The `student` fixture: the only way to run the students' code.

Arguments and values are exchanged as JSON; each evaluation and each command is a separate process. Every fault of the
students' code is a `StudentFault`, which the plugin turns into a failed check or a timeout.
"""

from __future__ import annotations

import fnmatch
import json
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.repository.faults import Evidence
from grader.suite.missing import reason
from grader.suite.outcomes import StudentFault
from grader.suite.student.launch import HARNESS, Ended, Launcher, Start, fault_of_end
from grader.suite.student.remote import Remote, values
from grader.suite.student.wire import WireError, decode, parse

FAULTS = ("exception", "exited", "timeout", "memory", "killed", "value")


@dataclass(frozen=True, kw_only=True)
class Completed:
    """A command that ended by itself. Its output is text, cut to the limits (`cut` tells whether)."""

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str
    cut: bool
    duration_s: float

    @property
    def output(self) -> str:
        """stdout, then stderr. Example: `student.run(["python", "main.py", "--help"]).output`."""
        return self.stdout + self.stderr

    def succeeded(self) -> Completed:
        """Return the command if its exit code is 0, or fail the check with the end of its output.

        Example: `student.run(["python", "main.py"]).succeeded().stdout`
        """
        if self.returncode:
            tail = "\n".join(self.output.strip().splitlines()[-6:])
            said = f" It said: {tail[-600:]}" if tail else ""
            raise StudentFault(
                "command", f"`{' '.join(self.argv)}` ended with exit code {self.returncode}.{said}"
            )
        return self


class Student:
    """The students' code, as one check may run it.

    Args:
        launcher: starts processes.
        limits: the limits of the job.
        import_paths: folders of the repository, relative, that student code is imported from.
        missing: packages that could not be installed, by name, and why.
        alone: those of `missing` that the course leaves out by name, so that no other package is missing with them.
        watch: called with True before and False after each process, so that a death in between can be attributed.

    Example: `def test_help(student): student.run(["python", "main.py", "--help"]).succeeded()`
    """

    def __init__(
        self,
        launcher: Launcher,
        limits: Mapping[str, float],
        import_paths: Sequence[str],
        missing: Mapping[str, str] | None = None,
        watch: Callable[[bool], None] = lambda running: None,
        alone: Collection[str] = (),
    ) -> None:
        self._launcher = launcher
        self._limits = limits
        self._import_paths = list(import_paths)
        #: Packages that the submission asks for and that could not be installed, and why.
        self.missing = dict(missing or {})
        self._companions = [name for name in self.missing if name not in alone]
        self._watch = watch
        self._deadline = float("inf")

    def begin(self, seconds: float) -> None:
        """Start the time limit of a check: all its processes together have `seconds`."""
        self._deadline = time.monotonic() + seconds

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
        return reason(text, self.missing, companions=self._companions, own=own, network=network)

    def load(self, path: str = "", *, module: str = "") -> Remote:
        """Return the students' module: a file of the repository by `path`, or an importable `module` by name.

        Example: `student.load("src/my_project/model.py").MyModel()(array([[1.0]])).value(Array)`
        """
        if bool(path) == bool(module):
            raise TypeError("load takes a path or a module, and one of them only")
        kind, name = ("load", path) if path else ("module", module)
        return Remote(self._evaluate, kind, None, [name], label=name)

    def notebook(self, path: str, *, cell_timeout: float = 30.0) -> Remote:
        """Return the namespace of a notebook after all its cells have run (nbclient), each for at most `cell_timeout` seconds.

        Example: `student.notebook("softmax.ipynb").softmax(array([[1.0, 2.0]])).value(Array)`
        """

        def evaluate(plan: dict[str, Any], timeout: float | None) -> list[Any]:
            return self._evaluate(
                {**plan, "do": "notebook", "notebook": path, "cell_timeout": cell_timeout}, timeout
            )

        return Remote(evaluate, "namespace", None, [], label=path)

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        timeout: float | None = None,
        cwd: str = ".",
    ) -> Completed:
        """Run a command in the working copy. `python` as the first word is the Python of the students' environment.

        Raises:
            StudentFault: a timeout, a limit or a signal ended the command. An exit code other than 0 raises nothing: see
                `Completed.succeeded`.

        Example:
            done = student.run(["python", "main.py", "--epochs", "1"], timeout=60, env={"WANDB_MODE": "offline"})
            assert done.returncode == 0, "`main.py --epochs 1` fails."
        """
        work = self._launcher.working_copy()
        command = [*self._launcher.interpreter(), *argv[1:]] if argv[0] == "python" else list(argv)
        start = Start(
            argv=command,
            cwd=str(work / cwd),
            deadline_s=self._seconds(timeout),
            cpu_s=int(self._limits["call_cpu_s"]),
            stdin=stdin.encode(),
            environment={**self._environment(), **(env or {})},
        )
        ended = self._run(start)
        self._check_end(ended, f"`{' '.join(argv)}`")
        return _completed(argv, ended)

    def run_module(
        self, module: str, arguments: Sequence[str], *, timeout: float | None = None, cpu_s: int | None = None
    ) -> Completed:
        """Run `python -m module arguments`, with the grader's own pytest and coverage as a fallback for missing ones.

        Example: `student.run_module("pytest", ["tests", "-q"], timeout=120).succeeded()`
        """
        request = {"do": "module", "module": module, "arguments": list(arguments)}
        ended = self._harness(request, timeout, cpu_s)
        self._check_end(ended, f"`python -m {module}`")
        return _completed(["python", "-m", module, *arguments], ended)

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
        value = self._standard("pathlib").Path(path).read_text(encoding="utf-8", errors="replace")
        try:
            return value.value(str)
        except StudentFault as fault:
            if fault.kind == "exception":
                raise StudentFault("missing", f"`{path}` cannot be read: {fault.message}") from fault
            raise

    def write(self, path: str, text: str) -> None:
        """Create or replace a file in the working copy, as the students' user. Example: `student.write("a.txt", "text")`."""
        target = self._standard("pathlib").Path(path)
        values([target.parent.mkdir(parents=True, exist_ok=True), target.write_text(text, encoding="utf-8")])

    def _standard(self, module: str) -> Remote:
        """Return a module of the standard library, even if the repository has a module of the same name."""

        def evaluate(plan: dict[str, Any], timeout: float | None) -> list[Any]:
            return self._evaluate({**plan, "paths": []}, timeout)

        return Remote(evaluate, "module", None, [module], label=module)

    def _evaluate(self, plan: dict[str, Any], timeout: float | None) -> list[Any]:
        nonce = secrets.token_hex(16)
        request = {"do": "evaluate", **plan, "nonce": nonce}
        ended = self._harness(request, timeout, None)
        what = f"`{plan['labels'][-1]}`"
        if not ended.reply:
            self._check_end(ended, what)
            raise StudentFault(
                "exited", f"{what} ended without a value (exit code {ended.returncode}).", _last_words(ended)
            )
        reply = self._reply(ended.reply, nonce, what)
        if "values" in reply:
            found = reply["values"]
            if isinstance(found, list) and len(found) == len(plan["wanted"]):
                try:
                    return [decode(value) for value in found]
                except WireError as problem:
                    raise StudentFault(
                        "reply", f"{what} gave a reply that cannot be read: {problem}."
                    ) from problem
        raise self._fault(reply, what)

    def _reply(self, data: bytes, nonce: str, what: str) -> dict[str, Any]:
        first, _, rest = data.partition(b"\n")
        if first != nonce.encode():
            raise StudentFault("reply", f"{what} wrote to the grader's own channel.")
        if len(rest) > self._limits["reply_bytes"]:
            most = int(self._limits["reply_bytes"])
            raise StudentFault("reply", f"{what} gave a value that is too large: more than {most} bytes.")
        try:
            value = parse(rest)
        except WireError as problem:
            raise StudentFault("reply", f"{what} gave a reply that cannot be read: {problem}.") from problem
        if not isinstance(value, dict):
            raise StudentFault("reply", f"{what} gave a reply that cannot be read: it is no object.")
        return value

    def _fault(self, reply: Mapping[str, Any], what: str) -> StudentFault:
        kind, message = reply.get("fault"), reply.get("message")
        if kind not in FAULTS or not isinstance(message, str):
            return StudentFault(
                "reply", f"{what} gave a reply that cannot be read: it is no value and no fault."
            )
        frames = reply.get("frames")
        seen = [
            Evidence(str(frame["path"])[:500], frame["line"], str(frame.get("text", ""))[:300])
            for frame in (frames if isinstance(frames, list) else [])
            if isinstance(frame, dict)
            and isinstance(frame.get("line"), int)
            and isinstance(frame.get("path"), str)
        ]
        return StudentFault(kind, message[:2000], seen[-8:], raised=str(reply.get("raised", ""))[:100])

    def _harness(self, request: dict[str, Any], timeout: float | None, cpu_s: int | None) -> Ended:
        work = self._launcher.working_copy()
        whole = {
            "paths": [str(work / path) for path in self._import_paths],
            **request,
            "cwd": str(work),
            "tools": self._launcher.tools(),
            "tmp": self._launcher.temporary(),
            "reply_bytes": int(self._limits["reply_bytes"]),
        }
        python = self._launcher.interpreter()
        start = Start(
            argv=[*python, "-E", "-s", "-P", "-X", "utf8", str(HARNESS), "{request}", "{reply}"],
            cwd=str(work),
            deadline_s=self._seconds(timeout),
            cpu_s=cpu_s or int(self._limits["call_cpu_s"]),
            request=json.dumps(whole).encode(),
            environment=self._environment(),
        )
        return self._run(start)

    def _run(self, start: Start) -> Ended:
        self._watch(True)
        try:
            return self._launcher.run(start)
        finally:
            self._watch(False)

    def _environment(self) -> dict[str, str]:
        work = self._launcher.working_copy()
        return self._launcher.environment([str(work / path) for path in self._import_paths])

    def _seconds(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise StudentFault("timeout", "The students' code used up the time of this check.")
        return min(timeout or float("inf"), float(self._limits["call_s"]), left)

    def _check_end(self, ended: Ended, what: str) -> None:
        fault = fault_of_end(ended, what)
        if fault is not None:
            raise fault


def _completed(argv: Sequence[str], ended: Ended) -> Completed:
    return Completed(
        argv=tuple(argv),
        returncode=ended.returncode,
        stdout=ended.stdout.decode("utf-8", "replace"),
        stderr=ended.stderr.decode("utf-8", "replace"),
        cut=ended.stdout_cut or ended.stderr_cut,
        duration_s=ended.duration_s,
    )


def _last_words(ended: Ended) -> list[Evidence]:
    lines = ended.stderr.decode("utf-8", "replace").strip().splitlines()[-3:]
    return [Evidence("(stderr)", None, "\n".join(lines)[:600])] if lines else []
