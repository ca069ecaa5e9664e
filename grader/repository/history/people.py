"""Identities in a history: those of one person merged, and bots distinguished from people."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_NOREPLY = re.compile(r"(?:\d+\+)?([a-z0-9-]+(?:\[bot\])?)@users\.noreply\.github\.com", re.IGNORECASE)
#: Addresses and names that many people share.
_SHARED_HOSTS = ("@localhost", "@localhost.localdomain", "@example.com", ".local")
_SHARED_NAMES = {"root", "user", "admin", "student", "unknown", "yourname", "ubuntu", "vscode"}

_NUMBER = re.compile(r"[a-z]{0,2}\d{5,12}")
#: A word with more letters is not a common first name.
_WHOLE = 7
#: Letters that Unicode does not decompose.
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
#: Spellings of Danish and German letters on keyboards that do not have them.
_SPELLED = (("aa", "a"), ("ae", "a"), ("oe", "o"), ("ue", "u"))

#: Bots: names marked by forges, hosts of assistants, and bots that commit without a mark.
_BOT = re.compile(
    r"\[bot\]|@(?:anthropic|openai|cursor|aider)\.\w{1,20}$|^(?:\d+\+)?copilot@users\.noreply\.|^bot@"
    r"|^(?:github[ -]actions?|actions?-user|dependabot|renovate(?:[ -]bot)?|pre-commit(?:[ .-]ci)?|copilot"
    r"|semantic-release(?:-bot)?|allcontributors|iterative-olivaw|snyk-bot|imgbot|codecov(?:-io)?|web-flow)$"
    r"|^(?:action|actions)@github\.com$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A name and an address, as a commit gives them."""

    name: str
    email: str

    def as_data(self) -> dict[str, str]:
        """Return the person as plain JSON data."""
        return {"name": self.name, "email": self.email}

    @property
    def is_bot(self) -> bool:
        """Whether it is a bot: dependabot, github-actions, an assistant that signs its commits."""
        return any(_BOT.search(text.strip()) for text in (self.name, self.email))

    @property
    def is_known(self) -> bool:
        """Whether it identifies a person at all."""
        return bool(self.name.strip() or self.email.strip())


def same_people(people: Sequence[Person]) -> Mapping[Person, Person]:
    """Return the representative of each identity: those that share an address, a name or a login are one person.

    Names are compared without case, blanks, accents and middle names; a study number counts as a name. Identities that git
    cannot connect (a nickname with a private address) stay apart.
    """
    logins = {login for person in people if (login := _login(person))}
    whole = {letters(person.name) for person in people if len(person.name.split()) > 1}
    names = {name for name in whole if len(name) > _WHOLE}
    parent = {person: person for person in people}

    def root(person: Person) -> Person:
        while parent[person] != person:
            parent[person] = parent[parent[person]]
            person = parent[person]
        return person

    first: dict[str, Person] = {}
    for person in people:
        for key in _keys(person, logins, names):
            parent[root(person)] = root(first.setdefault(key, person))
    return {person: root(person) for person in people}


def letters(text: str) -> str:
    """Return `text` in plain lower-case letters and digits, so that a name is the same from every keyboard."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(letter for letter in plain if letter.isalnum())


def _keys(person: Person, logins: set[str], names: set[str]) -> Iterable[str]:
    email, name = person.email.strip().lower(), letters(person.name)
    if "@" in email and not email.endswith(_SHARED_HOSTS):
        yield f"email:{email}"
    if len(name) > 2 and name not in _SHARED_NAMES:
        yield f"name:{name}"
    words = [spelled for word in person.name.split() if (spelled := _spelled(letters(word)))]
    if len(words) > 1:
        yield f"full:{words[0]} {words[-1]}"
    local = email.partition("@")[0]
    if _NUMBER.fullmatch(local):
        yield f"name:{local}"
    if login := _login(person):
        yield f"name:{login}"
        yield f"login:{login}"
        return
    # The same word before the `@` of two addresses proves nothing, unless it is a login or a whole name.
    plain = letters(local)
    for word in dict.fromkeys((plain, plain.rstrip("0123456789"))):
        if word in logins and (word == plain or len(word) > _WHOLE):
            yield f"login:{word}"
        if word in names:
            yield f"name:{word}"


def _spelled(word: str) -> str:
    for written, meant in _SPELLED:
        word = word.replace(written, meant)
    return word


def _login(person: Person) -> str:
    found = _NOREPLY.fullmatch(person.email.strip())
    return letters(found[1]) if found else ""
