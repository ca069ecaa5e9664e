"""The process that grades submissions of a class, one after the other, as it is told. It never writes where results are kept.

Its reports go to a folder that it is given; whoever told it puts them in place. So a process that was given up, and lives on for
a moment, cannot overwrite what another has made since.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import FrameType

from grader import render
from grader.batch import reuse
from grader.batch.fetching import Fetching
from grader.batch.journal import Made
from grader.batch.scratch import use_folder
from grader.errors import GraderError
from grader.exam import load_report_data
from grader.grading import OnEvent
from grader.grading.describe import forge_info
from grader.pipeline import Install, Planned, Setup, grade_source, install, opening
from grader.render.pseudonymous import NameHider
from grader.results import GroupInfo, Result
from grader.sandbox.protocol import CheckEvent, Event, StartEvent
from grader.secrets.rules import redacted
from grader.submission import Submission


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What a process needs for all the submissions that it grades. Everything in it can be pickled.

    Attributes:
        setup: as for one submission; `watch` and `on_log` are not used.
        settings: digest of what decides results beside the repositories.
        formats: what to write; the result itself is always among them.
        fetching: how sources are fetched.
        pseudonymous: whether names are replaced in all that is written or said.
        begin: called once in the process: logging.
    """

    setup: Setup
    settings: str
    formats: tuple[str, ...]
    fetching: Fetching
    pseudonymous: bool = False
    begin: Callable[[], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """One submission to grade.

    Attributes:
        key: of its row in the journal.
        source: as it was typed; it is fetched from there, and is said nowhere.
        id: of the submission in the folder.
        into: the folder for the reports.
        group: whose it is, as a group list says.
        made, kept: the earlier result in the journal, and the folder where it lies.
    """

    key: str
    source: str
    id: str
    into: Path
    made: Made | None
    kept: Path
    group: GroupInfo | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a process says while it grades: the line that a run begins with and remarks, a step, or the module that it is at."""

    opening: str = ""
    notes: tuple[str, ...] = ()
    step: str = ""
    module: str = ""


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A submission is through.

    Attributes:
        made: what the journal keeps; None if it could not be graded.
        reason: why it could not be.
        reused: whether the earlier result stands; then `into` holds only what it was rendered to anew.
        points, max_points, in_part: for the line that is shown; in part where a check is an error of ours.
        suites_reused: how many suites did not run, because nothing changed that they see.
        lost, late: whether it took its process down, or outlasted its deadline, so that its process was ended.
    """

    key: str
    made: Made | None = None
    reason: str = ""
    reused: bool = False
    points: float = 0.0
    max_points: float = 0.0
    in_part: bool = False
    suites_reused: int = 0
    lost: bool = False
    late: bool = False


class Stopped(BaseException):
    """The process is to stop: what is open is closed on the way out. No `Exception`, so that nothing takes it for a fault."""


def work(connection: Connection, folder: Path) -> None:
    """Grade what comes through `connection` until it is closed, or until the process is told to stop, or its parent is gone.

    The first message is the `Shift`, each further one an `Order`; answers are `Said`, then one `Finished` an order.
    """
    try:
        _stop_when_told()
        use_folder(folder)
        _keep_an_eye_on_the_parent()
        shift: Shift = pickle.loads(connection.recv_bytes())  # noqa: S301 - from our own parent
        if shift.begin is not None:
            shift.begin()
        with closing(shift.setup.sandbox):
            while True:
                connection.send(grade_order(connection.recv(), shift, connection.send))
    except (Stopped, EOFError, BrokenPipeError, ConnectionResetError):
        sys.exit(0)


def grade_order(order: Order, shift: Shift, send: Callable[[object], None]) -> Finished:
    """Grade one submission; whatever goes wrong is said of it, and the next one is graded all the same."""
    began = time.monotonic()
    members = order.group.members if order.group else ()
    hiding = None
    if shift.pseudonymous:
        about = load_report_data(shift.setup.course.reports)
        hiding = NameHider(order.source, members, order.id, about)
    finished = _caught(
        order, shift, send if hiding is None else partial(_send_hidden, send, hiding), began, hiding
    )
    return finished if hiding is None else replace(finished, reason=hiding.text(finished.reason))


def _send_hidden(send: Callable[[object], None], hiding: NameHider, said: object) -> None:
    """Send what is said, without names."""
    if isinstance(said, Said):
        said = replace(
            said,
            opening=hiding.text(said.opening),
            notes=tuple(map(hiding.text, said.notes)),
            step=hiding.text(said.step),
        )
    send(said)


def _caught(
    order: Order, shift: Shift, send: Callable[[object], None], began: float, hiding: NameHider | None
) -> Finished:
    try:
        return _one(order, shift, send, began, hiding)
    except (GraderError, OSError) as problem:
        return Finished(key=order.key, reason=str(problem))
    except Stopped:
        raise
    except BaseException as problem:  # noqa: BLE001 - one submission's fault stops no other
        text = " ".join(redacted(f"{type(problem).__name__}: {problem}").split())[:500]
        return Finished(key=order.key, reason=f"The grader broke: {text.rstrip(': ')}.")


def _one(
    order: Order, shift: Shift, send: Callable[[object], None], began: float, hiding: NameHider | None
) -> Finished:
    state = ""

    def fetched(into: Path) -> Submission:
        nonlocal state
        found = shift.fetching(
            order.source, into, forge=shift.setup.options.forge, say=lambda line: send(Said(notes=(line,)))
        )
        submission = replace(hiding.note(found) if hiding else found, id=order.id, group=order.group)
        state = reuse.state_digest(submission)
        earlier = reuse.kept_result(order.made, order.kept, settings=shift.settings, state=state)
        if earlier is not None and earlier.exit_code != 3:
            now = _as_of_now(earlier, submission, shift)
            now = hiding.result(now) if hiding else now
            raise _Unchanged(now, changed=now != earlier)
        return submission

    def write_first(result: Result) -> Result:
        return write(hiding.result(result) if hiding else result)

    def write(result: Result, formats: tuple[str, ...] = shift.formats) -> Result:
        render.write_reports(result, order.into, formats, shift.setup.course.reports)
        return result

    setup = replace(
        shift.setup,
        install=_saying(shift.setup.install, send),
        watch=partial(_watch, setup=shift.setup, send=send),
    )
    try:
        result = grade_source(fetched, setup, write_first)
    except _Unchanged as unchanged:
        result, made = unchanged.result, order.made
        assert made is not None
        if unchanged.changed:
            write(result)
            made = replace(made, digest=reuse.file_digest(order.into / reuse.RESULT))
        # Formats that the earlier run was not asked for, or that somebody removed.
        names = {name: render.FORMATS[name][0] for name in shift.formats}
        here = (order.kept, order.into)
        absent = [name for name, file in names.items() if not any((at / file).is_file() for at in here)]
        if absent:
            write(result, tuple(absent))
        reused = True
    else:
        reused = False
        made = Made(
            settings=shift.settings,
            state=state,
            revision=result.submission.commit,
            digest=reuse.file_digest(order.into / reuse.RESULT),
            duration_s=round(time.monotonic() - began, 3),
        )
    return Finished(
        key=order.key,
        made=made,
        reused=reused,
        points=result.summary.points,
        max_points=result.summary.max_points,
        in_part=result.exit_code == 3,
        suites_reused=result.summary.modules_reused,
    )


class _Unchanged(Exception):
    """The repository is as it was: its earlier result stands; `changed` if something beside the repository did."""

    def __init__(self, result: Result, *, changed: bool) -> None:
        super().__init__()
        self.result, self.changed = result, changed


def _as_of_now(earlier: Result, submission: Submission, shift: Shift) -> Result:
    """Return an earlier result with what changes without a commit: the forge's word, the group's row, what came too late."""
    update = {"group": submission.group, "deadline": submission.deadline}
    now = earlier.model_copy(update={"submission": earlier.submission.model_copy(update=update)})
    if shift.setup.options.forge is None:
        return now
    return now.model_copy(update={"forge": forge_info(submission, shift.setup.options)})


def _saying(chosen: Install, send: Callable[[object], None]) -> Install:
    """Let the steps of an installation be said, where it is the pipeline's."""
    if chosen is not install:
        return chosen
    return lambda planned, place: install(planned, place, lambda line: send(Said(step=line)))


@contextmanager
def _watch(planned: Planned, *, setup: Setup, send: Callable[[object], None]) -> Iterator[OnEvent]:
    submission = planned.submission
    about = submission.notes[:1] if submission.subfolder else ()
    send(
        Said(
            opening=opening(planned, setup.options, setup.sandbox),
            notes=(*about, *submission.history.gaps),
        )
    )
    at = ""

    def on_event(event: Event) -> None:
        nonlocal at
        if isinstance(event, StartEvent | CheckEvent) and (module := event.check.partition(".")[0]) != at:
            at = module
            send(Said(module=module))

    yield on_event


def _stop_when_told() -> None:
    """Raise `Stopped` once, where SIGTERM comes. Ctrl-C is the business of the parent, which tells."""
    if hasattr(os, "setsid"):
        # Not the terminal's any more, and so not what is started here: Ctrl-C would look like a fault of the students' code.
        with contextlib.suppress(OSError):
            os.setsid()
    signal.signal(signal.SIGINT, lambda number, frame: None)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    def stop(number: int, frame: FrameType | None) -> None:
        # A second one would break off what the first one cleans up.
        signal.signal(signal.SIGTERM, lambda number, frame: None)
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})


def _keep_an_eye_on_the_parent() -> None:
    parent = parent_process()
    if parent is None:
        return

    def look() -> None:
        wait([parent.sentinel])
        if hasattr(signal, "pthread_kill"):
            # To the main thread: what it waits for has to be interrupted.
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        else:
            _thread.interrupt_main(signal.SIGTERM)

    threading.Thread(target=look, name="grader-parent", daemon=True).start()
