"""What a suite asks of a submission, noted by the views as they answer, so that it is run again only if an answer changed.

A question is a tuple of texts: its kind, the folder of the view that was asked (`.` is the whole submission), and what was asked:

    read PATH      the content of a file, under whatever spelling, or that it is missing or left out
    name PATH      how the submission spells a path, or that it has none
    inside PATH    whether files lie below a folder
    spelt PATH     other spellings of a path
    glob GLOB …    the paths that match
    all            every path
    skipped        every path that is left out, and why
    history, commit, environment, seed    of the whole submission; no folder

`grader.repository.answers` answers them again, outside the sandbox, from paths and blob ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")

Question = tuple[str, ...]


class _Frame:
    """The questions of one piece of work, in order, and which kept pieces of work it has used."""

    def __init__(self) -> None:
        self.questions: dict[Question, None] = {}
        self.used: set[int] = set()


class Noted:
    """The questions that a kept piece of work asked when it was made: who uses it asks them, too."""

    def __init__(self, questions: dict[Question, None]) -> None:
        self.questions = tuple(questions)


class Reads:
    """Notes the questions of the check that runs. What is kept for later checks keeps its questions with it."""

    def __init__(self) -> None:
        self._frames = [_Frame()]
        #: Why what is going on may come out otherwise another time: a limit was reached. Empty while nothing was.
        self.unsteady = ""

    def begin(self) -> None:
        """Begin anew: the questions of the next check."""
        self._frames = [_Frame()]

    def note(self, *question: str) -> None:
        """Note a question."""
        self._frames[-1].questions[question] = None

    def asked(self) -> tuple[Question, ...]:
        """Return the questions since `begin`."""
        return tuple(self._frames[0].questions)

    @contextmanager
    def frame(self) -> Iterator[_Frame]:
        """Note apart what is asked in the block, and as a part of what is around it."""
        inner = _Frame()
        self._frames.append(inner)
        try:
            yield inner
        finally:
            self._frames.remove(inner)
            self._frames[-1].questions.update(inner.questions)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let what is asked in the block count as nobody's."""
        frames, self._frames = self._frames, [_Frame()]
        try:
            yield
        finally:
            self._frames = frames

    def use(self, noted: Noted) -> None:
        """Note the questions of a kept piece of work that is used again."""
        frame = self._frames[-1]
        if id(noted) not in frame.used:
            frame.used.add(id(noted))
            frame.questions.update(dict.fromkeys(noted.questions))


class remembered(Generic[T]):  # noqa: N801 - used as a decorator, like functools.cached_property
    """An attribute that is made once, as `functools.cached_property` has it, and whose users all ask what making it asked.

    Example:
        class View:
            @remembered
            def words(self) -> list[str]:
                return self.text("words.txt").split()
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, view: None, owner: type | None = None) -> remembered[T]: ...
    @overload
    def __get__(self, view: object, owner: type | None = None) -> T: ...
    def __get__(self, view: Any, owner: type | None = None) -> remembered[T] | T:
        """Return the attribute of a view, which keeps it in `kept`; make it the first time."""
        if view is None:
            return self
        reads: Reads = view.noting
        kept: dict[str, tuple[T, Noted]] = view.kept
        if self._name not in kept:
            with reads.frame() as frame:
                made = self._make(view)
            kept[self._name] = made, Noted(frame.questions)
        value, noted = kept[self._name]
        reads.use(noted)
        return value
