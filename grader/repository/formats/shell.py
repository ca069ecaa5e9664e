"""Shell text as commands: words, without comments, redirections and wrappers. It is parsed, never run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from grader.repository.formats.command_words import peeled
from grader.repository.formats.shell_lexer import Lexeme, Lexer

#: Limits of a script: what a person writes, and how deep one command holds another.
MAX_WORDS = 200
MAX_COMMANDS = 5_000
MAX_DEPTH = 4
#: Variables that are kept of one command.
MAX_GIVEN = 40
_ENDS = {";", "\n", "&", ";;"}
_OPENS = {"if", "while", "until", "for", "case", "select", "{", "("}
_CLOSES = {"fi", "done", "esac", "}", ")"}
_KEYWORDS = {"if", "then", "else", "elif", "fi", "do", "done", "while", "until", "esac", "!"}
_PREFIXES = {"time", "exec", "nohup", "command", "@", "-"}
#: Commands that run nothing of interest.
_SILENT = {
    "function",
    "set",
    "export",
    "local",
    "declare",
    "readonly",
    "echo",
    "printf",
    "true",
    "false",
    ":",
    "exit",
}
_SETTINGS = {"set", "export", "local", "declare", "readonly", "source", ".", "shopt", "trap"}
_SUCCEED = {"true", ":", "echo", "printf"}
_ASSIGNMENT = re.compile(r"(?:\$env:)?([A-Za-z_][A-Za-z0-9_]*)\+?=(.*)", re.DOTALL)
_SHELLS = {
    *("bash", "sh", "/bin/bash", "/bin/sh", "/usr/bin/bash", "zsh", "dash"),
    *("pwsh", "powershell", "cmd", "cmd.exe"),
}
#: The option of a shell after which its commands stand.
_COMMAND = re.compile(r"-[a-z]*c|-[Cc]ommand|/[cC]")


@dataclass(frozen=True)
class Statement:
    """A command of a script: its words, the folder that `cd` led to, and whether its failure changes nothing."""

    line: int
    words: tuple[str, ...]
    folder: str = ""
    forgiven: bool = False
    #: The functions of the script in whose bodies it stands.
    functions: tuple[str, ...] = ()
    #: The variables that it gets from the script: in front of it, or exported before.
    given: tuple[tuple[str, str], ...] = ()


@dataclass
class _Item:
    before: str
    words: list[str]
    line: int
    inner: list[str]
    body: str = ""


@dataclass
class _Block:
    kind: str
    dead: bool = False
    #: What is known of the condition of an `if`.
    status: bool | None = None
    folder: str = ""
    function: str = ""


@dataclass
class _Script:
    text: str
    variables: dict[str, str]
    depth: int
    pipefail: bool
    folder: str = ""
    errexit: bool = True
    ended: bool = False
    status: bool | None = None
    blocks: list[_Block] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    found: list[Statement] = field(default_factory=list)
    exported: dict[str, str] = field(default_factory=dict)
    #: The function whose body begins next.
    function: str = ""
    #: Whether it does anything outside of functions; else it is a library of them.
    starts: bool = False

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions in whose bodies the next command stands, the outermost first."""
        return tuple(block.function for block in self.blocks if block.function)

    def read(self) -> list[Statement]:
        lexer = Lexer(self.text, self.variables)
        item, before = None, ""
        while len(self.found) < MAX_COMMANDS and (token := lexer.next()):
            if token.body:
                if item or self.items:
                    (item or self.items[-1]).body = token.body
            elif not token.operator:
                item = item or _Item(before, [], token.line, [])
                if len(item.words) < MAX_WORDS:
                    item.words.append(token.text)
                    item.inner += token.inner
            else:
                before = self.operator(token, item, before)
                item = None
        self.add(item)
        self.end_list()
        return _called(self.found) if self.starts else self.found

    def operator(self, token: Lexeme, item: _Item | None, before: str) -> str:
        """Read an operator, and return what stands before the next command."""
        # `name (` begins a function, and so does `function name`.
        if token.text == "(" and item and len(item.words) == 1 and item.words[0] not in _KEYWORDS:
            self.function = item.words[0]
        if item and item.words[0] == "function" and len(item.words) > 1:
            self.function = item.words[1]
        self.add(None if token.text == "(" and item and item.words[0] not in _KEYWORDS else item)
        if token.text in ("(", "{"):
            dead = bool(self.items) and self.outcome()[1] is (before == "||") and before in ("&&", "||")
            self.end_list()
            self.blocks.append(_Block(token.text, dead=dead, folder=self.folder))
            if token.text == "{":
                self.blocks[-1].function, self.function = self.function, ""
        elif token.text in (")", "}"):
            self.end_list()
            self.close(token.text)
        elif token.text in _ENDS:
            # `a &&` goes on in the next line.
            if token.text == "\n" and not item and before in ("&&", "||", "|"):
                return before
            self.end_list()
        else:
            return "|" if token.text == "|&" else token.text
        return ""

    def close(self, mark: str) -> None:
        wanted = {")": ("(",), "}": ("{",), "fi": ("if",), "esac": ("case",)}.get(
            mark, ("for", "while", "until", "select")
        )
        if self.blocks and self.blocks[-1].kind in wanted:
            block = self.blocks.pop()
            self.folder = block.folder if block.kind == "(" else self.folder

    def add(self, item: _Item | None) -> None:
        """Take the keywords off a command and keep it until its list ends."""
        while item and item.words:
            word = item.words[0]
            if word in _OPENS:
                self.end_list()
                self.blocks.append(_Block(word, folder=self.folder))
                if word in ("for", "case", "select"):
                    return
            elif word in ("then", "do"):
                if self.blocks and self.blocks[-1].kind in ("if", "while"):
                    self.blocks[-1].status = self.status
                    self.blocks[-1].dead = self.status is False
            elif word in ("elif", "else"):
                if self.blocks:
                    self.blocks[-1].dead = self.blocks[-1].status is True
            elif word in _CLOSES:
                self.close(word)
            elif word != "!":
                break
            item.words.pop(0)
        if item and item.words:
            self.items.append(item)

    @property
    def dead(self) -> bool:
        return self.ended or any(block.dead for block in self.blocks)

    def outcome(self) -> tuple[list[bool], bool | None]:
        """Return which commands of the list run, and what is known of its success."""
        runs: list[bool] = []
        known: bool | None = None
        for number, item in enumerate(self.items):
            success = _success(item.words)
            if item.before == "|" and runs:
                runs.append(runs[-1])
                known = success if runs[-1] else known
                continue
            runs.append(
                not number or {"&&": known is not False, "||": known is not True}.get(item.before, True)
            )
            if not runs[-1]:
                continue
            if not number or item.before not in ("&&", "||"):
                known = success
            elif item.before == "&&":
                known = False if success is False else success if known else None
            else:
                known = True if success else success if known is False else None
        return runs, known

    def end_list(self) -> None:
        """Judge the commands that `&&`, `||` and `|` join, and give those that run."""
        runs, self.status = self.outcome()
        forgiven = self.forgiven()
        for item, alive, hidden in zip(self.items, runs, forgiven, strict=True):
            if alive and not self.dead:
                self.run(item, hidden or not self.errexit)
        self.items.clear()

    def forgiven(self) -> list[bool]:
        """Return of which commands the list hides the failure: `… || true`, `… | tee`."""
        found: list[bool] = []
        before, succeeds, hidden = "", True, False
        for item in reversed(self.items):
            found.append(hidden or (before == "|" and not self.pipefail))
            succeeds, before = succeeds and bool(_success(item.words)), item.before
            hidden = hidden or (before == "||" and succeeds)
        return found[::-1]

    def run(self, item: _Item, forgiven: bool) -> None:
        words = item.words
        own: dict[str, str] = {}
        while words and (words[0] in _PREFIXES or _ASSIGNMENT.match(words[0])):
            assigned = _ASSIGNMENT.match(words[0])
            if assigned and len(words) == 1 and "$" not in assigned[2] and "{" not in assigned[2]:
                self.variables[assigned[1]] = assigned[2]
            own |= {assigned[1]: assigned[2]} if assigned else {}
            words = words[1:]
        if words:
            before, self.exported = self.exported, {**self.exported, **own}
            self.starts |= words[0] not in _SETTINGS and not self.functions
            self.start(words, item, forgiven=forgiven)
            self.exported = self.exported if words[0] in ("export", "declare") else before
        for text in item.inner:
            self.within(text, item.line, forgiven=False)

    def start(self, words: list[str], item: _Item, *, forgiven: bool) -> None:
        if words[0] in ("export", "local", "declare", "readonly"):
            for assigned in filter(None, map(_ASSIGNMENT.match, words[1:])):
                self.variables[assigned[1]] = assigned[2]
                self.exported |= {assigned[1]: assigned[2]} if words[0] == "export" else {}
        if words[0] == "set":
            self.pipefail |= "pipefail" in words
            changed = [word[0] == "-" for word in words[1:] if re.fullmatch(r"[-+][a-z]*e[a-z]*", word)]
            self.errexit = changed[-1] if changed else self.errexit
        if words[0] == "exit":
            self.leave(words)
        if words[0] == "cd" and len(words) == 2 and not re.search(r"[${~]|^-", words[1]):
            self.folder = posixpath.normpath(posixpath.join(self.folder, words[1])).removeprefix("../")
            self.folder = "" if self.folder in (".", "..") or self.folder.startswith("/") else self.folder
        if words[0] == "eval":
            self.within(" ".join(words[1:]), item.line, forgiven=forgiven)
        elif inner := _handed_over(words):
            self.within(inner, item.line, forgiven=forgiven)
        elif words[0] in _SHELLS and item.body and all(word.startswith("-") for word in words[1:]):
            self.within(item.body, item.line + 1, forgiven=forgiven)
        elif words[0] not in _SILENT and (
            words[0] not in ("source", ".") or words[-1].endswith((".sh", ".bash"))
        ):
            self.give(item.line, words, forgiven)

    def leave(self, words: list[str]) -> None:
        """`exit` ends a script; the status of a command that it hands on is not hidden."""
        if words[1:] and "$" in words[1]:
            self.found = [replace(one, forgiven=False) for one in self.found]
        self.ended = self.ended or (not self.blocks and len(self.items) == 1)

    def give(self, line: int, words: list[str], forgiven: bool) -> None:
        given = tuple(list(self.exported.items())[:MAX_GIVEN])
        self.found.append(Statement(line, tuple(words), self.folder, forgiven, self.functions, given))

    def within(self, text: str, line: int, *, forgiven: bool) -> None:
        if self.depth >= MAX_DEPTH or "\0" in text:
            return
        inner = _Script(text, self.variables, self.depth + 1, self.pipefail, self.folder)
        inner.exported = dict(self.exported)
        for one in inner.read():
            hidden = forgiven or one.forgiven
            self.found.append(
                replace(one, line=line + one.line - 1, forgiven=hidden, functions=self.functions)
            )


def _called(found: list[Statement]) -> list[Statement]:
    """Return the statements without the bodies of functions that nothing calls, as far as that can be told."""
    if any(one.words[0].startswith("$") for one in found):
        return found
    called: set[str] = set()
    for _ in range(MAX_DEPTH):
        alive = [one for one in found if called.issuperset(one.functions)]
        called |= {word for one in alive for word in one.words}
    return [one for one in found if called.issuperset(one.functions)]


def _handed_over(words: list[str]) -> str:
    """Return the commands that a shell is given as a text: `sudo bash -c '…'`, `pwsh -Command …`; empty if it is none."""
    plain = peeled(tuple(words))[-1]
    if len(plain) > 2 and plain[0] in _SHELLS and _COMMAND.fullmatch(plain[1]):
        return plain[2] if plain[1].startswith("-") and plain[1].endswith("c") else " ".join(plain[2:])
    return ""


def _success(words: list[str]) -> bool | None:
    """Return whether a command always succeeds or fails; None if that cannot be told."""
    if words[:1] == ["false"]:
        return False
    return True if words == ["exit", "0"] or (words[:1] and words[0] in _SUCCEED) else None


def statements(
    text: str, variables: Mapping[str, str] | None = None, *, pipefail: bool = False
) -> tuple[Statement, ...]:
    """Return the commands of a script that may run; `variables` are those that are set before it.

    What never runs is left out: after `exit`, `false &&`, `true ||`, in `if false`. Here-documents are text.
    """
    return _statements(text, tuple((variables or {}).items()), pipefail)


# A step may stand in a workflow a thousand times, as an alias.
@lru_cache(maxsize=256)
def _statements(text: str, variables: tuple[tuple[str, str], ...], pipefail: bool) -> tuple[Statement, ...]:
    return tuple(_Script(text, dict(variables), 0, pipefail).read())


def shell_commands(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the commands of a script with the 1-based line at which each starts; bodies of here-documents are skipped."""
    yield from ((one.line, one.words) for one in statements(text))
