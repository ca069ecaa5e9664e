"""A result without names: every text of it that may hold one is replaced, whatever it is rendered to afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from grader.inventory import InventoryItem
from grader.render.pseudonymous.replacing import Pseudonyms
from grader.results import (
    Box,
    BoxSaid,
    CheckResult,
    Contributor,
    Exam,
    Finding,
    Forge,
    GraderInfo,
    GroupInfo,
    Measurement,
    ModuleResult,
    Question,
    Result,
    SubmissionInfo,
)

#: What the course and the grader say, by fields: no student has a word in it.
_OURS: Mapping[type[BaseModel], frozenset[str]] = {
    GraderInfo: frozenset(GraderInfo.model_fields),
    SubmissionInfo: frozenset(("id", "source", "commit", "profile", "provenance")),
    CheckResult: frozenset(("id", "title", "hint", "often_fails", "boxes")),
    ModuleResult: frozenset(("id", "title", "session")),
    BoxSaid: frozenset(("id",)),
    Box: frozenset(("id", "label", "section", "checks")),
    Exam: frozenset(("edition",)),
    Question: frozenset(("section", "topic", "checks")),
    Measurement: frozenset(("name", "unit")),
    Finding: frozenset(("rule", "digest")),
    Forge: frozenset(("url", "repository")),
}
_INVENTORY_TEXT = 1000


def hidden_result(result: Result, names: Pseudonyms) -> Result:
    """Return a result without names, its id in place of its source."""
    hidden = _model(result, names)
    assert isinstance(hidden, Result)
    about = hidden.submission.model_copy(update={"source": hidden.submission.id})
    forge = hidden.forge.model_copy(update={"repository": ""}) if hidden.forge else None
    return hidden.model_copy(update={"submission": about, "forge": forge})


def _model(model: BaseModel, names: Pseudonyms) -> BaseModel:
    ours = _OURS.get(type(model), frozenset())
    update: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name in ours or name in _chosen(type(model)):
            continue
        if isinstance(model, Contributor) and name == "name":
            update[name] = value if model.bot else names.person(value)
        elif isinstance(model, GroupInfo) and name == "members":
            update[name] = tuple(names.person(one) for one in value)
        else:
            update[name] = _value(value, names, cut=isinstance(model, InventoryItem))
    return model.model_copy(update=update)


def _value(value: Any, names: Pseudonyms, *, cut: bool) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        text = names.text(value)
        return text[:_INVENTORY_TEXT] if cut and len(text) > len(value) else text
    if isinstance(value, BaseModel):
        return _model(value, names)
    if isinstance(value, Mapping):
        return {_value(key, names, cut=cut): _value(item, names, cut=cut) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_value(item, names, cut=cut) for item in value)
    return value


@cache
def _chosen(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields whose text is one of a few: a kind, a verdict."""
    return frozenset(name for name, field in model.model_fields.items() if _is_literal(field.annotation))


def _is_literal(annotation: Any) -> bool:
    return get_origin(annotation) is Literal or any(_is_literal(part) for part in get_args(annotation))
