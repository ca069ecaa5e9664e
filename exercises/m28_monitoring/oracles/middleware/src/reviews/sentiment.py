"""What a review says of a film, by its words; the words are in `data/words.json`."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

WORDS = Path("data/words.json")


@dataclass(frozen=True)
class Classifier:
    """Tells good reviews from bad ones by the words that they hold."""

    positive: frozenset[str]
    negative: frozenset[str]

    def sentiment(self, review: str) -> str:
        """Return `positive`, `negative` or `neutral`. Raise ValueError if the review has no word at all."""
        words = re.findall(r"[a-z]+", review.lower())
        if not words:
            raise ValueError("a review without words")
        score = sum((word in self.positive) - (word in self.negative) for word in words)
        return "positive" if score > 0 else "negative" if score < 0 else "neutral"


def load(path: Path = WORDS) -> Classifier:
    """Read the words."""
    words = json.loads(path.read_text(encoding="utf-8"))
    return Classifier(frozenset(words["positive"]), frozenset(words["negative"]))
