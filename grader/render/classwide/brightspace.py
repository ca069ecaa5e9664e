"""`brightspace.csv`: points that a gradebook of Brightspace imports, a row a person of the group list.

The format is that of D2L's help, "Importing grades": https://community.d2l.com/brightspace/kb/articles/3538-importing-grades.
A column `Username` or `OrgDefinedId` says who it is, and a numeric item's column has its name and "Points Grade". Exports of a
gradebook add `<Numeric MaxPoints:…>` to that name, and end each row with `#` in a column `End-of-Line Indicator`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from grader.render import labels as words
from grader.render.escaping import csv_cell
from grader.results import Result, judgement_of

#: What groups can have differs, as what does not apply to one is not counted; an item of a gradebook has one maximum.
MAX_POINTS = 100
_NOT_IN_NAMES = re.compile(r"[^\w .-]+")
#: A pseudonym is nobody's user name.
_HIDDEN = re.compile(r"student(?:-\d+)?|somebody")


def render_brightspace(results: Sequence[Result]) -> str:
    """Return the file, or an empty text where the results name nobody by an account.

    Accounts are the group list's members: user names, or addresses, whose part before the `@` is taken for one. Points are a
    share of 100, after judgement. Left out is who has none to import: submissions that were graded only in part, unless a person
    judged the whole of it, and people of whom two groups say different things.
    """
    points: dict[str, set[str]] = {}
    for result in results:
        share = _share(result)
        for name in _accounts(result):
            points.setdefault(name, set()).add(share)
    rows = [(name, *given) for name, given in points.items() if len(given) == 1 and "" not in given]
    if not rows:
        return ""
    course = _NOT_IN_NAMES.sub(" ", results[0].grader.course).strip()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    item = " ".join(f"{course} grader Points Grade <Numeric MaxPoints:{MAX_POINTS}>".split())
    writer.writerow(["Username", item, "End-of-Line Indicator"])
    for name, given in rows:
        writer.writerow([csv_cell(name, 200), given, "#"])
    return out.getvalue()


def _share(result: Result) -> str:
    """Return the points of 100, empty where they are not the whole truth."""
    judgement = judgement_of(result)
    points, most = result.summary.points, result.summary.max_points
    if judgement is not None:
        points, most = judgement.points, judgement.max_points
    whole = judgement is not None and judgement.of("group") is not None
    if most <= 0 or (result.exit_code == 3 and not whole):
        return ""
    return words.number(round(MAX_POINTS * points / most, 2))


def _accounts(result: Result) -> list[str]:
    members = result.submission.group.members if result.submission.group else ()
    names = [member.partition("@")[0].strip() for member in members]
    return [name for name in names if name and not re.search(r"\s", name) and not _HIDDEN.fullmatch(name)]
