"""The words of a shell text: quotes, substitutions, variables, comments, redirections, here-documents. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: Limits of a text: more was not written by a person.
MAX_TEXT = 400_000
MAX_TOKENS = 100_000
MAX_VALUE = 2_000
MAX_NESTED = 20
#: Quotes without an end, after which the rest is not read.
MAX_UNCLOSED = 20
_OPERATORS = ("&&", "||", "|&", ";;", ";", "|", "&", "(", ")")
_PLAIN = re.compile(r"""[^\s'"\\$`;&|()<>#{}]+""")
_BLANK = re.compile(r"[ \t\r]+")
_COMMENT = re.compile(r"[^\n]*")
_REDIRECTION = re.compile(r"\d{0,2}(?:>>|>\||>&|<&|<>|>|<)|&>>?")
_HEREDOC = re.compile(r"\d?<<(-?)[ \t]*(['\"]?)([\w.-]{1,80})\2")
_EXPRESSION = re.compile(r"\$\{\{((?:[^{}]|\}(?!\})){0,500})\}\}")
_VARIABLE = re.compile(
    r"\$(?:env:)?([A-Za-z_]\w{0,80})|\$\{(?:env:)?([A-Za-z_]\w{0,80})(?::?-([^{}\"']{0,200}))?\}"
)
_BRACED = re.compile(r"\$\{[^{}\n]{0,200}\}|\$\(\([^()\n]{0,200}\)\)")
_IN_DOUBLE, _IN_SINGLE = re.compile(r"[\"\\$`]"), re.compile("'")
_BACKTICKS = re.compile(r"`([^`\n]{0,1000})`")


@dataclass(frozen=True)
class Lexeme:
    """A word or an operator, and its line. `inner`: commands that a word takes its text from; `body`: a here-document's."""

    text: str
    line: int
    operator: bool = False
    inner: tuple[str, ...] = ()
    body: str = ""


class Lexer:
    """Takes a text apart. `variables` are replaced by their values; those that the text itself sets are added by its reader."""

    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        self.text = text[:MAX_TEXT]
        self.variables = variables
        self.at, self.line = 0, 1
        self.word: list[str] | None = None
        self.word_line = 1
        self.inner: list[str] = []
        self.ready: list[Lexeme] = []
        self.heredocs: list[tuple[str, bool]] = []
        self.unclosed: set[int] = set()
        self.count = self.n_endless = 0

    def next(self) -> Lexeme | None:
        """Return the next token, or None at the end."""
        while not self.ready and self.at < len(self.text) and self.count < MAX_TOKENS:
            self._step()
        if not self.ready:
            self._end_word()
        self.count += 1
        return self.ready.pop(0) if self.ready else None

    def _step(self) -> None:
        text, at = self.text, self.at
        char = text[at]
        if blank := _BLANK.match(text, at):
            self._end_word()
            self.at = blank.end()
        elif char == "\n":
            self._newline()
        elif char == "#" and self.word is None:
            self.at = _COMMENT.match(text, at).end()  # type: ignore[union-attr]
        elif char == "\\":
            self._backslash()
        elif char in "'\"" and at not in self.unclosed:
            self._quoted(char)
        elif char == "`" and text[at + 1 : at + 2] in ("\n", "\r"):
            # PowerShell goes on in the next line.
            self.at = text.index("\n", at) + 1 if "\n" in text[at : at + 3] else at + 1
            self.line += 1
        elif char in "$`":
            self._substitution(quoted=False)
        elif (char in "<>" or (char.isdigit() and self.word is None) or char == "&") and self._redirection():
            pass
        elif operator := next((one for one in _OPERATORS if text.startswith(one, at)), ""):
            self._end_word()
            self.at += len(operator)
            self.ready.append(Lexeme(operator, self.line, operator=True))
        elif (
            char in "{}"
            and self.word is None
            and text[at + 1 : at + 2] in ("", " ", "\t", "\n", ";", "\r", ")")
        ):
            self.at += 1
            self.ready.append(Lexeme(char, self.line, operator=True))
        else:
            plain = _PLAIN.match(text, at)
            self._add(plain.group() if plain else char)
            self.at = plain.end() if plain else at + 1

    def _add(self, text: str) -> None:
        if self.word is None:
            self.word, self.word_line = [], self.line
        self.word.append(text)

    def _end_word(self) -> None:
        if self.word is not None:
            self.ready.append(Lexeme("".join(self.word), self.word_line, inner=tuple(self.inner)))
            self.word, self.inner = None, []

    def _newline(self) -> None:
        self._end_word()
        self.ready.append(Lexeme("\n", self.line, operator=True))
        self.at += 1
        self.line += 1
        for end, indented in self.heredocs if self.n_endless < MAX_UNCLOSED else ():
            blanks = r"[ \t]*" if indented else ""
            closing = re.compile(rf"(?m)^{blanks}{re.escape(end)}[ \t\r]*$").search(self.text, self.at)
            if not closing:
                self.n_endless += 1
                break
            body = self.text[self.at : closing.start()]
            self.ready.insert(len(self.ready) - 1, Lexeme("<<", self.line, body=body))
            self.line += body.count("\n")
            self.at = closing.end()
        self.heredocs = []

    def _backslash(self) -> None:
        after = self.text[self.at + 1 : self.at + 3]
        if after[:1] == "\n" or after == "\r\n":
            self.at += 1 + len(after) if after == "\r\n" else 2
            self.line += 1
            return
        # `.venv\Scripts\python`: a path of Windows.
        path = self.word and self.word[-1][-1:].isalnum() and after[:1].isalpha()
        self._add("/" if path else after[:1])
        self.at += 1 if path else 2

    def _quoted(self, quote: str) -> None:
        start, line, had = self.at, self.line, (len(self.word or ()), len(self.inner))
        self._add("")
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == quote:
                self.at += 1
                return
            if (
                quote == '"'
                and char == "\\"
                and self.text[self.at + 1 : self.at + 2] in ('"', "\\", "$", "`", "\n")
            ):
                self._add(self.text[self.at + 1].replace("\n", ""))
                self.line += self.text[self.at + 1] == "\n"
                self.at += 2
            elif quote == '"' and char in "$`":
                self._substitution(quoted=True)
            else:
                after = (_IN_DOUBLE if quote == '"' else _IN_SINGLE).search(self.text, self.at + 1)
                end = after.start() if after else len(self.text)
                self._add(self.text[self.at : end])
                self.line += self.text.count("\n", self.at, end)
                self.at = end
        # Without an end it is an apostrophe: read on as if it were a blank.
        self.word, self.inner = (self.word or [])[: had[0]] or None, self.inner[: had[1]]
        self._end_word()
        self.at, self.line = start + 1, line
        self.unclosed.add(start)
        if len(self.unclosed) > MAX_UNCLOSED:
            self.at = len(self.text)

    def _substitution(self, *, quoted: bool) -> None:
        text, at = self.text, self.at
        if match := _EXPRESSION.match(text, at):
            self._add("${{" + "".join(match[1].split()) + "}}")
        elif match := _VARIABLE.match(text, at):
            self._value(self.variables.get(match[1] or match[2], match[3]), match.group(), quoted=quoted)
        elif match := _BRACED.match(text, at):
            self._add(match.group())
        elif match := _BACKTICKS.match(text, at):
            self._command(match[1])
        elif text.startswith("$(", at) and (end := _closing(text, at + 2)):
            self._command(text[at + 2 : end])
            self.line += text.count("\n", at, end)
            self.at = end + 1
            return
        else:
            self._add(text[at])
            self.at += 1
            return
        self.at = match.end()

    def _command(self, command: str) -> None:
        self._add("{}")
        # `$(NAME)` is a variable of make.
        if " " in command.strip():
            self.inner.append(command.strip())

    def _value(self, value: str | None, written: str, *, quoted: bool) -> None:
        if value is None or quoted or len(value) > MAX_VALUE:
            self._add(written if value is None else value[:MAX_VALUE])
            return
        pieces = value.split()
        if value[:1].isspace():
            self._end_word()
        for number, piece in enumerate(pieces):
            if number:
                self._end_word()
            self._add(piece)

    def _redirection(self) -> bool:
        """Pass over `> file`, `2>&1`, `<<END`; return whether there is one."""
        if heredoc := _HEREDOC.match(self.text, self.at):
            self._end_word()
            self.heredocs.append((heredoc[3], bool(heredoc[1])))
            self.at = heredoc.end()
            return True
        match = _REDIRECTION.match(self.text, self.at)
        if not match:
            return False
        self._end_word()
        self.at = match.end()
        if self.text.startswith("(", self.at):
            # `<(command)`: what is inside runs.
            return True
        if blank := _BLANK.match(self.text, self.at):
            self.at = blank.end()
        kept, self.ready = self.ready, []
        while self.at < len(self.text) and self.text[self.at] not in " \t\r\n;&|()<>":
            self._step()
        if match.group().endswith("&") and self.text.startswith("-", self.at):
            self.at += 1
        self.word, self.inner, self.ready = None, [], kept
        return True


def _closing(text: str, at: int) -> int:
    """Return where the bracket closes that opened before `at`; 0 if it does not within a reasonable length."""
    depth, quote = 1, ""
    for index in range(at, min(len(text), at + MAX_VALUE)):
        char = text[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "()":
            depth += 1 if char == "(" else -1
            if not depth:
                return index
            if depth > MAX_NESTED:
                break
    return 0
