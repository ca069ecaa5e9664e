"""M22: what the suites of the exercise share: the routes that the applications describe, and the classifier's weights."""

import json

from grader.suite import evidence, shared

from ..common import applications

#: Of the starter's: pixels of an image, and the file of the weights.
PIXELS = 64
WEIGHTS = "digits.json"


@shared
def routes_as_data(student, submission):
    return applications.described(student, submission)


def routes(student, submission, method=""):
    """The operations that the applications describe."""
    found = applications.operations(routes_as_data(student, submission))
    return [one for one in found if method in ("", one.method)]


def client(student, route, **options):
    """The application of a route, with the route named as evidence."""
    evidence(route.place.path, None, str(route))
    return applications.client(student, route.place, **options)


def first_that_works(candidates, judge, nothing):
    """Judge routes until one is right; else fail with what was wrong with the best, or with `nothing`."""
    problem = nothing
    for route in candidates[:6]:
        said = judge(route)
        if said is None:
            return route
        problem = said
    raise AssertionError(problem)


def said(answer):
    """What an answer says, in a message: what was raised, where something was."""
    return answer.raised or f"{answer.text[:100]!r}"


class Weights:
    """Weights of the classifier that nobody has seen, and what it makes of an image with them."""

    def __init__(self, rng):
        self._rows = [[round(rng.uniform(-2, 2), 2) for _ in range(PIXELS)] for _ in range(10)]
        self._bias = [round(rng.uniform(-2, 2), 2) for _ in range(10)]

    @property
    def text(self):
        """The file of the weights."""
        return json.dumps({"weights": self._rows, "bias": self._bias})

    def scores(self, pixels):
        return [
            sum(w * p for w, p in zip(row, pixels, strict=True)) + bias
            for row, bias in zip(self._rows, self._bias, strict=True)
        ]

    def images(self, rng, count):
        """Images with clear answers, and these: the best digit is ahead of the next."""
        found = []
        while len(found) < count:
            pixels = [round(rng.random(), 2) for _ in range(PIXELS)]
            best, second = sorted(self.scores(pixels), reverse=True)[:2]
            if best - second > 0.05:
                found.append((pixels, self.scores(pixels).index(best)))
        return found
