"""What both HTML pages share: the templates, the stylesheet, and the rules that a browser enforces."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from grader.errors import CourseError
from grader.render import escaping as text
from grader.render import labels as words
from grader.render import next_steps as order
from grader.render.reviewed import judgement_words as said
from grader.user_cache import cache_folder

#: The engine's own templates and stylesheet lie beside this file.
_HERE = Path(__file__).parent
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_.-]")
_CODE = re.compile(r"`([^`\n]{1,500})`")


def render_page(
    reports: Path, template: str, *, styles: Sequence[str] = (), script: str = "", **values: object
) -> str:
    """Render a self-contained HTML page.

    Args:
        reports: the course pack's folder of that name. A file in its `templates/` replaces the engine's of the same name, its
            `static/report.css` the engine's stylesheet; both are optional.
        template: the name of the page's template.
        styles: what follows the stylesheet.
        script: of the engine's own, the one that the page may run; none by default.
        values: what the template shows.

    Raises:
        CourseError: a template or the stylesheet is missing or malformed.
    """
    own_style = reports / "static" / "report.css"
    css = _stylesheet(own_style if own_style.is_file() else _HERE / "static" / "report.css")
    css = "\n".join((css, *styles))
    policy = f"default-src 'none'; style-src {_digest(css)}; "
    if script:
        policy += f"script-src {_digest(script)}; "
    policy += "img-src data:; base-uri 'none'; form-action 'none'"
    style, code = Markup(css), Markup(script)  # noqa: S704 - ours, and they cannot end their elements
    try:
        page = _environment(reports / "templates").get_template(template)
        return page.render(css=style, policy=policy, script=code, **values)
    except jinja2.TemplateNotFound as problem:
        raise CourseError(
            f"The report template {problem.name} is missing in {reports / 'templates'}.",
            "Restore it, or name another course pack with --course.",
        ) from problem
    except (jinja2.TemplateSyntaxError, jinja2.UndefinedError) as problem:
        raise CourseError(
            f"A report template in {reports / 'templates'} is broken: {problem.message}."
        ) from problem


def _stylesheet(path: Path) -> str:
    try:
        css = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise CourseError(
            f"The stylesheet {path} cannot be read.", "Restore it, or name another course pack."
        ) from problem
    if "</" in css or "@import" in css or "url(" in css:
        raise CourseError(
            f"The stylesheet {path} loads something or ends its own element.", "Keep reports self-contained."
        )
    return css


def own_file(name: str) -> str:
    """Return a style or script of the engine, from its `static/`."""
    return (_HERE / "static" / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return what a policy calls an element with this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _compiled() -> jinja2.BytecodeCache | None:
    """Return where compiled templates are kept: compiling takes longer than rendering. None where nothing can be kept."""
    try:
        return jinja2.FileSystemBytecodeCache(str(cache_folder("templates")))
    except OSError:
        return None


@lru_cache(maxsize=4)
def _environment(templates: Path) -> jinja2.Environment:
    """Return the environment of a pack, whose folder of templates may be missing: the engine's are behind it."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([templates, _HERE / "templates"]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=_compiled(),
    )
    environment.filters.update(
        cut=text.cut,
        one_line=text.one_line,
        label=words.label,
        number=words.number,
        value=words.value,
        duration=words.duration,
        size=words.size,
        moment=words.moment,
        place=words.place,
        told=words.told,
        graded_folder=words.graded_folder,
        claimed=words.claimed,
        found=words.found,
        attention=order.attention,
        decided=said.decided,
        by_machine=said.machine,
        signed=said.signed,
        anchor=anchor,
        part=part,
        prose=prose,
        sentence=sentence,
    )
    environment.globals.update(plural=words.plural, points=words.points, kinds=words.KINDS)
    return environment


def _finalize(found: object) -> object:
    """Replace what is invisible in every string that a template prints, except for finished HTML."""
    return text.visible(found) if isinstance(found, str) and not isinstance(found, Markup) else found


def prose(words: str) -> Markup:
    """Return a message or hint as HTML: text, in which `backticks` mean code and nothing else means anything."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text.visible(words)))))  # noqa: S704 - escaped above


def sentence(words: str) -> str:
    """Return `words` with a capital at the beginning, and nothing else changed."""
    return words[:1].upper() + words[1:]


def part(count: float, total: float) -> float:
    """Return `count` in percent of `total`, for the length of a bar."""
    return round(100 * count / total, 3) if total else 0.0


def anchor(name: str) -> str:
    """Return `name` as the target of a jump link."""
    return _NOT_IN_IDS.sub("-", name)
