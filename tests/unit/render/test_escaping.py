"""What a submission's text becomes in each format: nothing hidden, nothing that means something."""

import csv
import io
import re
import unicodedata
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.render import escaping as text
from grader.render.html.answer_html import render_answer
from grader.render.html.page import prose
from tests.render_sample import HOSTILE

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\x1b", "‹U+001B›"),
        ("\x00", "‹U+0000›"),
        ("\x7f", "‹U+007F›"),
        ("\x9b", "‹U+009B›"),
        ("\u202e", "‹U+202E›"),
        ("\u2066", "‹U+2066›"),
        ("\u200b", "‹U+200B›"),
        ("\u00ad", "‹U+00AD›"),
        ("\ufeff", "‹U+FEFF›"),
        ("\U000e0041", "‹U+E0041›"),
        ("\ufffe", "‹U+FFFE›"),
        ("\U0010ffff", "‹U+10FFFF›"),
        ("\ud800", "\ufffd"),
    ],
)
def test_what_cannot_be_seen_is_named(character: str, shown: str) -> None:
    assert text.visible(f"a{character}b") == f"a{shown}b"


@pytest.mark.parametrize(
    "honest", ["Rødgrød med fløde", "naïve — “quoted”", "日本語", "a\tb\nc", "👩‍💻 ✔️ 1️⃣ 🇩🇰", "مرحبا"]
)
def test_honest_text_stays_as_it_is(honest: str) -> None:
    assert text.visible(honest) == honest


def test_a_joiner_or_selector_outside_an_emoji_is_named() -> None:
    assert text.visible("pass\u200dword a\ufe0f") == "pass‹U+200D›word a‹U+FE0F›"


@given(ANYTHING)
def test_no_format_character_and_no_control_survives(anything: Any) -> None:
    prepended = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
    for character in text.visible(anything):
        if character not in "\n\t\ufe0f\u200d" + prepended:
            assert unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


def test_line_ends_are_one_and_the_same() -> None:
    assert text.visible("a\r\nb\rc\n") == "a\nb\nc\n"


def test_what_is_cut_says_so_and_keeps_its_bound() -> None:
    long = "x" * 5_000_000
    assert text.visible(long, 100).endswith("(cut)")
    assert len(text.visible(long, 100)) == 100
    assert text.visible("short", 100) == "short"


def test_a_terminal_gets_no_escape_and_no_runner_command() -> None:
    shown = text.terminal(HOSTILE)
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "::set-output" not in shown
    assert "##[" not in shown
    assert text.terminal("tests/test_a.py::test_b") == "tests/test_a.py::test_b"


@given(ANYTHING)
def test_any_text_is_xml(anything: Any) -> None:
    element = ElementTree.Element("a", name=text.xml(anything))
    element.text = text.xml(anything)
    ElementTree.fromstring(ElementTree.tostring(element, encoding="unicode").encode())


@given(ANYTHING)
def test_markdown_has_no_structure_left(anything: Any) -> None:
    line = text.markdown(anything)
    assert "\n" not in line
    assert not set("`*[]<>|!\\@#_$~") & set(line.replace("&#", "").replace(";", ""))


def test_markdown_parts_mentions_and_addresses() -> None:
    shown = text.markdown("@someone #12 https://evil.example www.evil.example")
    assert "&#64;&#8203;someone" in shown
    assert "&#35;&#8203;12" in shown
    assert "https&#58;&#8203;//" in shown
    assert "www&#8203;&#46;" in shown


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "|cmd", "\n=x"]
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert text.csv_cell(cell).startswith("'")


def cells(line: str) -> list[str]:
    """Return the cells of a line for spreadsheets of any separator, with quotes understood and taken as they are."""
    found = [line]
    for separator in (",", ";", "|", "\t"):
        found += line.split(separator)
        found += [cell for row in csv.reader([line], delimiter=separator) for cell in row]
    return found


def formulas(line: str) -> list[str]:
    """Return the cells that a spreadsheet takes for a formula; blanks and a quote at the beginning may be dropped."""
    return [cell for cell in cells(line) if cell.lstrip(' \xa0"')[:1] in set("=+-@＝＋－＠")]


@pytest.mark.parametrize(
    "cell",
    [
        "a;=cmd",
        "a; =cmd",
        'a";=cmd',
        'a;"=cmd',
        "a\t=cmd",
        "a\n=cmd",
        "a,-1",
        "a|@x",
        "a;\t+1",
        '"=cmd',
        "a;;=1",
        "a;\xa0=1",
    ],
)
def test_no_part_of_a_cell_is_a_formula_where_another_separator_splits_it(cell: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow(["x", text.csv_cell(cell), "y"])
    assert formulas(out.getvalue().rstrip("\r\n")) == []


@given(st.lists(st.text(st.sampled_from("a \xa0\t\n;,|'\"=-@+＝1"), max_size=12), min_size=1, max_size=3))
def test_no_separator_makes_a_formula_of_any_cells(texts: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([text.csv_cell(one) for one in texts])
    assert formulas(out.getvalue().rstrip("\r\n")) == []


@pytest.mark.parametrize("cell", ["M1.a, M2.b", "a - b", "https://x.org/a?b=1;c=2", "1; 2", 'it\'s a "b" c'])
def test_what_is_no_formula_stays(cell: str) -> None:
    assert text.csv_cell(cell) == cell


def test_cells_stay_one_row() -> None:
    out = io.StringIO()
    csv.writer(out).writerow([text.csv_cell(HOSTILE), text.csv_cell('a,"b"\nc'), text.csv_cell("")])
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert len(rows) == 1
    assert rows[0][1:] == ['a,"b" c', ""]


def test_a_workflow_command_ends_where_it_ends() -> None:
    assert text.command_data("50%\n::error::x\r") == "50%25%0A::error::x%0A"
    assert text.command_property("a,b:c\n%0A") == "a%2Cb%3Ac %250A"


@given(ANYTHING)
def test_messages_are_text_in_which_backticks_mean_code(anything: Any) -> None:
    html = str(prose(anything)).replace("<code>", "").replace("</code>", "")
    assert "<" not in html
    assert ">" not in html


def test_code_in_a_message() -> None:
    assert prose("use `a<b>` not b") == "use <code>a&lt;b&gt;</code> not b"


class TestAnswers:
    def test_markup_that_answers_use(self) -> None:
        html = render_answer("**b** *i* `c`\n\n- x\n\n|a|b|\n|-|-|\n|1|2|\n\n[l](https://dtu.dk)", limit=1000)
        assert all(
            part in html
            for part in ("<strong>b</strong>", "<em>i</em>", "<code>c</code>", "<li>x</li>", "<td>2</td>")
        )
        assert '<a href="https://dtu.dk" rel="noopener nofollow noreferrer">l</a>' in html

    def test_headings_do_not_join_the_outline(self) -> None:
        html = render_answer("# One\n\nTwo\n===\n\n###### Six", limit=1000)
        assert "<h" not in html
        assert html.count('<p class="answer-heading">') == 3

    @pytest.mark.parametrize(
        "source",
        [
            "![A plan](figures/plan.png)",
            '<img alt="A plan" src="figures/plan.png" width=400 onerror=alert(1)>',
        ],
    )
    def test_images_are_named_and_not_loaded(self, source: str) -> None:
        html = render_answer(source, limit=1000)
        assert "A plan" in html
        assert "figures/plan.png" in html
        assert "<img" not in html
        assert "onerror" not in html

    @pytest.mark.parametrize(
        "target",
        [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "//evil.example",
            "#main",
            "../x",
        ],
    )
    def test_links_go_to_the_web_or_nowhere(self, target: str) -> None:
        html = render_answer(f"[click]({target}) [ref][r]\n\n[r]: {target}", limit=1000)
        assert "<a" not in html
        assert "click (" in html
        assert "ref (" in html

    @pytest.mark.parametrize(
        "source",
        [
            "<script>alert(1)</script>",
            "<svg/onload=alert(1)>",
            "<!--\nx\n-->",
            "<style>*{}</style>",
            "</div></main>",
        ],
    )
    def test_html_is_text(self, source: str) -> None:
        assert "<" not in render_answer(source, limit=1000).replace("<p>", "").replace("</p>", "")

    def test_a_reference_cannot_bring_back_what_was_hidden(self) -> None:
        html = render_answer("&#x202e;abc &#27; &#x200B;", limit=1000)
        assert "‹U+202E›abc" in html
        assert "\u200b" not in html

    def test_a_table_cannot_blow_up_the_page(self) -> None:
        html = render_answer("|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|b\n" * 1500, limit=20_000)
        assert len(html) < 400_000

    @given(st.text("<>&\"'`*_[]()!#|-\n\t =:/aimgsvg", max_size=80))
    def test_only_what_is_allowed_is_left(self, anything: Any) -> None:
        html = render_answer(anything, limit=1000)
        tags = set(re.findall(r"<\s*/?\s*([^\s>/]+)", html))
        allowed = "a blockquote br code em hr li ol p pre s span strong table tbody td th thead tr ul"
        assert tags <= set(allowed.split())
        assert not re.search(r"<[^>]*\s(?:on\w+|style|src)\s*=", html)
