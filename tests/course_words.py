"""The words that belong to the bundled course, from its own data: no other course may see one."""

from __future__ import annotations

import re
from itertools import chain

from grader.course.pack import load_course
from grader.exam import load_checklist, load_editions, load_report_data
from grader.render.overview_columns import load_overview
from tests.places import REPORTS

#: What means something else, too: a storage, where commands are typed, the CI that the engine reads, and two names of its own.
_COMMON = {"S3", "The command line", "command_line", "GitHub Actions", "config_files", "committed_secrets"}

#: Parts of files that are no words: paths of drawings, and hashes.
_NO_WORDS = re.compile(r'\bd="[^"]*"|\bsha256:[0-9a-f]{64}')


def without_drawings(text: str) -> str:
    """Return a text without what is no words."""
    return _NO_WORDS.sub("", text)


def course_words() -> re.Pattern[str]:
    """Return a pattern of the course's words: ids as they are spelled, other words in any case."""
    ids: set[str] = set()
    others = {"mlops", "mnist"}
    for word in _words():
        (ids if re.fullmatch(r"[A-Z]{1,3}\d{1,3}", word) else others).add(re.escape(word))
    any_case = "|".join(sorted(others, key=len, reverse=True))
    return re.compile(rf"\b(?:{'|'.join(sorted(ids))})\b|(?i:(?<![a-z0-9])(?:{any_case})(?![a-z0-9]))")


def _words() -> set[str]:
    """Return what belongs to the bundled course, from its own data."""
    course = load_course()
    editions, about, overview = load_editions(REPORTS), load_report_data(REPORTS), load_overview(REPORTS)
    found = {
        word for word in re.findall(r"\w+", course.name) if word.isupper() or re.fullmatch(r"0\d+", word)
    }
    found |= set(about.accounts) | {edition.id for edition in editions}
    found |= {f"{len(edition.questions)} questions" for edition in editions}
    found |= {box.id for box in load_checklist(REPORTS)}
    found |= {column.csv for column in overview.column if column.csv}
    found |= {module.id for module in course.modules} | {module.info.session for module in course.modules}
    found |= {module.folder.name for module in course.modules}
    found |= {name for module in course.modules if "_" in (name := module.info.slug)}
    roles = course.info.roles.values()
    found |= set(chain.from_iterable((*role.functions, *role.files) for role in roles))
    titles = [module.info.title for module in course.modules]
    titles += [section for edition in editions for section in edition.sections]
    found |= {title for title in titles if " " in title}
    return found - _COMMON
