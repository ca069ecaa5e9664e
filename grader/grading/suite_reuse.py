"""Which suites need not run, because nothing changed that they can see. Assessment is never kept: it is made anew.

What a suite said is kept for what it depends on beside the submission (its own files and those that all suites share, the
grader's source, what it runs in, the planned checks, the limits) and for the answers to what it asked of the submission. A suite
that had the students' code run sees everything, and is used again for the very same state only.

Where the submission is in another state, a file that no suite in question has read may hold a secret that an old text quotes. So
such texts stand only once the sandbox, which knows the secrets, has said so.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from grader.course.module import Check
from grader.grading.facts import seeds_of
from grader.grading.planned import Options, Planned
from grader.grading.run_checks import CheckRun
from grader.grading.suite_cache import VERSION, KeptSuite, SuiteCache
from grader.repository.answers import Answers, TooSlow
from grader.results import Verdict
from grader.sandbox.protocol import InventoryEvent, Sandbox, StudentPython

_NEVER = (Verdict.error, Verdict.timeout)
#: What is kept beside the modules' entries.
_INVENTORY, _ENVIRONMENT = "inventory", "environment"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What need not be run: entries by module, those that stand and those that the sandbox has to confirm, and the inventory."""

    settled: Mapping[str, KeptSuite] = field(default_factory=dict)
    doubtful: Mapping[str, KeptSuite] = field(default_factory=dict)
    inventory: InventoryEvent | None = None


class SuiteReuse:
    """What is known of one planned submission, and what is to be kept of its run."""

    def __init__(self, cache: SuiteCache, planned: Planned, sandbox: Sandbox, options: Options) -> None:
        self._cache, self._planned, self._sandbox = cache, planned, sandbox
        submission, course = planned.submission, planned.course
        self._about = {
            "version": VERSION,
            "engine": cache.engine,
            "sandbox": [sandbox.name, sandbox.isolated, sandbox.runtime],
            "shared": course.shared_digest,
            "limits": options.limits.model_dump(),
            "profile": planned.profile,
            "report": planned.report_path,
            "place": [submission.branch, submission.has_remote, submission.subfolder, *submission.above],
            "top": submission.top,
        }
        self._state = _digest(
            [
                [submission.commit, submission.branch, submission.default_branch, submission.subfolder],
                [submission.branches, list(submission.history.gaps), len(submission.commits)],
                [submission.has_remote, list(submission.above), submission.top],
                sorted(submission.blobs.items()),
                [[item.path, item.reason] for item in submission.skipped],
            ]
        )
        self._seeds = seeds_of(submission, course)

    @classmethod
    def of(
        cls, cache: SuiteCache | None, planned: Planned, sandbox: Sandbox, options: Options
    ) -> SuiteReuse | None:
        """Return what is known of a submission; None where nothing is to be used again: a working tree, a run for its log."""
        if cache is None or options.explain or planned.submission.dirty or not planned.submission.commit:
            return None
        return cls(cache, planned, sandbox, options)

    def unchanged(self) -> tuple[StudentPython, Known] | None:
        """Return all that a run would give, if there was one on this very state; nothing has to be prepared then."""
        student = StudentPython()
        if self._planned.plan.needs_environment:
            kept = self._cache.get(self._slot(_ENVIRONMENT), self._environment_key, self._state)
            today = datetime.now(UTC).date().isoformat()
            if kept is None or kept.student is None or not (kept.student.day or kept.answers == today):
                return None
            student = kept.student
        seen = environment_digest(student)
        settled = {}
        for module, checks in self._planned.plan.modules:
            entry = self._same(module.id, self._key(module.id, checks), seen)
            if entry is None:
                return None
            settled[module.id] = entry
        inventory = self._inventory(seen)
        if inventory is None and self._planned.report_path is not None:
            return None
        return student, Known(settled=settled, inventory=inventory)

    def known(self, student: StudentPython) -> Known:
        """Return what need not be run with this environment."""
        seen = environment_digest(student)
        settled, doubtful = {}, {}
        for module, checks in self._planned.plan.modules:
            key = self._key(module.id, checks)
            if (entry := self._same(module.id, key, seen)) is not None:
                settled[module.id] = entry
                continue
            for entry in self._cache.others(self._slot(module.id), key):
                if not entry.whole and entry.answers == self._answers(module.id, entry.questions, seen):
                    doubtful[module.id] = entry
                    break
        return Known(settled=settled, doubtful=doubtful, inventory=self._inventory(seen))

    def keep(self, ran: CheckRun, known: Known, student: StudentPython) -> None:
        """Keep what a run found out, for another one."""
        seen = environment_digest(student)
        sound = not student.fault and not any(tool.fault for tool in student.suite_tools)
        for module, checks in self._planned.plan.modules:
            if module.id in ran.reused:
                entry = known.doubtful.get(module.id)
                if entry is not None:
                    self._cache.put(self._slot(module.id), entry.model_copy(update={"state": self._state}))
                continue
            made = self._entry(module.id, checks, ran, seen)
            if made is not None and (sound or made.environment is None):
                self._cache.put(self._slot(module.id), made)
        if ran.inventory is not None and known.inventory is None and sound:
            event = InventoryEvent(event="inventory", inventory=ran.inventory)
            self._cache.put(
                self._slot(_INVENTORY),
                KeptSuite(key=self._inventory_key, state=self._state, environment=seen, events=(event,)),
            )
        if self._planned.plan.needs_environment and sound:
            today = datetime.now(UTC).date().isoformat()
            self._cache.put(
                self._slot(_ENVIRONMENT),
                KeptSuite(key=self._environment_key, state=self._state, answers=today, student=student),
            )

    def _entry(self, module: str, checks: Iterable[Check], ran: CheckRun, seen: str) -> KeptSuite | None:
        """Return what a suite said, if it would say the same again."""
        events = [ran.events.get(check.id) for check in checks]
        asked = ran.asked.get(module)
        found = [event for event in events if event is not None]
        if asked is None or not asked.lasting or len(found) != len(events) or asked.times != len(events):
            return None
        if any(event.verdict in _NEVER for event in found):
            return None
        if not self._sandbox.isolated and any(event.called for event in found):
            # The students' code had a network, and all of this machine.
            return None
        questions = () if asked.whole else tuple(sorted(asked.questions))
        environment = seen if asked.whole or ("environment",) in asked.questions else None
        answers = "" if asked.whole else self._answers(module, questions, seen)
        if answers is None:
            return None
        work = ran.modules.get(module)
        return KeptSuite(
            key=self._key(module, checks),
            state=self._state,
            questions=questions,
            answers=answers,
            whole=asked.whole,
            environment=environment,
            spent_s=ran.spent_by.get(module, 0.0),
            events=(*((work,) if work is not None else ()), *found),
        )

    def _same(self, module: str, key: str, seen: str) -> KeptSuite | None:
        entry = self._cache.get(self._slot(module), key, self._state)
        return entry if entry is not None and entry.environment in (None, seen) else None

    def _inventory(self, seen: str) -> InventoryEvent | None:
        if self._planned.report_path is None:
            return None
        entry = self._cache.get(self._slot(_INVENTORY), self._inventory_key, self._state)
        if entry is None or entry.environment != seen:
            return None
        return next((event for event in entry.events if isinstance(event, InventoryEvent)), None)

    def _answers(self, module: str, questions: Iterable[tuple[str, ...]], seen: str) -> str | None:
        """Return the digest of what the views would answer now; None where nobody can tell."""
        try:
            return self._views.digest(questions, seed=self._seeds.get(module, ""), environment=seen)
        except (TooSlow, KeyError, IndexError, ValueError):
            return None

    @functools.cached_property
    def _views(self) -> Answers:
        submission = self._planned.submission
        skipped = {item.path: item.reason for item in submission.skipped}
        history = [submission.commits, submission.branches, list(submission.history.gaps)]
        return Answers(
            submission.blobs,
            skipped,
            {"history": lambda: _digest(history), "commit": lambda: submission.commit},
        )

    def _slot(self, part: str) -> str:
        submission = self._planned.submission
        return _digest([submission.source, submission.subfolder, part])

    def _key(self, module: str, checks: Iterable[Check]) -> str:
        own = self._planned.course.suite_digests[module]
        return _digest([self._about, module, own, [check.id for check in checks]])

    @property
    def _inventory_key(self) -> str:
        return _digest([self._about, _INVENTORY])

    @property
    def _environment_key(self) -> str:
        planned = self._planned
        tools = [tool.model_dump() for tool in planned.suite_tools]
        return _digest(
            [self._about, _ENVIRONMENT, planned.packages, tools, [one.pin for one in planned.locked]]
        )


def environment_digest(student: StudentPython) -> str:
    """Return a digest of what suites see of the environment of the students' code."""
    tools = [[tool.name, tool.beside_students, tool.fault] for tool in student.suite_tools]
    lacks = [dict(student.missing), list(student.alone), dict(student.unknown), dict(student.changed)]
    return _digest([student.digest, lacks, student.fault, tools])


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
