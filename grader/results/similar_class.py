"""What `similar.json` holds: pairs of groups whose code is alike, and where. A place to look, not a verdict."""

from __future__ import annotations

from grader.results.verdicts import Model


class CodePlace(Model):
    """Lines of a file, from the first to the last, counted in the cell where the file is a notebook."""

    path: str
    from_line: int
    to_line: int
    from_cell: int | None = None
    to_cell: int | None = None

    @property
    def lines(self) -> str:
        """The lines in words."""
        if self.from_cell is None:
            ends = f"–{self.to_line}" if self.to_line != self.from_line else ""
            return f"line{'s' if ends else ''} {self.from_line}{ends}"
        begins = f"cell {self.from_cell}, line {self.from_line}"
        if (self.from_cell, self.from_line) == (self.to_cell, self.to_line):
            return begins
        return f"{begins} to " + (
            f"{self.to_line}"
            if self.to_cell == self.from_cell
            else f"cell {self.to_cell}, line {self.to_line}"
        )


class SharedPassage(Model):
    """Code that two groups share: where it is in both, and how many tokens of it count."""

    first: CodePlace
    second: CodePlace
    tokens: int


class SimilarPair(Model):
    """Two submissions by their ids.

    Attributes:
        share: of the smaller one's own code that the other has, from 0 to 1.
        tokens: that both have.
        passages: the largest first.
        more_passages: how many are not among them.
    """

    first: str
    second: str
    share: float
    tokens: int
    passages: tuple[SharedPassage, ...]
    more_passages: int = 0


class ComparedSubmission(Model):
    """A submission: how much code it has, how much of that counts, what was not read, and why it was not compared at all."""

    id: str
    source: str
    commit: str = ""
    earlier: bool = False
    files: int = 0
    tokens: int = 0
    own_tokens: int = 0
    left_out: tuple[str, ...] = ()
    problem: str = ""


class SimilarClass(Model):
    """A class, and earlier ones, held against each other.

    Attributes:
        version: of the grader.
        submissions: those of this year first.
        pairs: those that share most first.
        pairs_compared: how many there are of those that were compared.
        pairs_alike: how many share anything.
        more_pairs: how many of these are not among `pairs`.
        pairs_left: how many have fingerprints in common, too few to be looked at closely.
        shares: how many pairs share at least so many percent, for 50, 30, 20, 10, 5.
    """

    schema_version: str = "1.0"
    version: str
    submissions: tuple[ComparedSubmission, ...]
    pairs: tuple[SimilarPair, ...]
    pairs_compared: int
    pairs_alike: int
    more_pairs: int = 0
    pairs_left: int = 0
    shares: dict[str, int]
