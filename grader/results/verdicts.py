"""Verdicts, and the frozen model that every part of a result is."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen data; unknown keys of a newer minor version are ignored when reading."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Verdict(StrEnum):
    """What became of one check."""

    passed = "passed"
    failed = "failed"
    partial = "partial"
    not_applicable = "not_applicable"
    blocked = "blocked"
    timeout = "timeout"
    error = "error"


class ModuleVerdict(StrEnum):
    """What became of a module: derived from its checks, or `not_started` where no work was found."""

    passed = "passed"
    failed = "failed"
    partial = "partial"
    not_started = "not_started"
    not_applicable = "not_applicable"
    error = "error"


class ClaimVerdict(StrEnum):
    """Whether the repository bears out a sentence of the report."""

    supported = "supported"
    contradicted = "contradicted"
    undetermined = "undetermined"


class BoxVerdict(StrEnum):
    """Whether the repository bears out a checklist item."""

    supported = "supported"
    unsupported = "unsupported"
    undetermined = "undetermined"
