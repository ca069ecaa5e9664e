"""M22: what the suites of the exercise share: the routes that the applications describe, what they are sent, the weights."""

import ast
import json

from grader.suite import evidence, request, shared

from ..common import applications
from ..common.applications import holds, is_number, number, same, values

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


_WORDS = ["amber", "birch", "cedar", "delta", "ember", "frost", "grove", "heath", "iris", "jade"]


def word(rng):
    return f"{rng.choice(_WORDS)}{rng.randrange(100, 1000)}"


def text(rng, schema):
    """A text as a field wants it: an address, where it asks for one, and not too short for a password."""
    if schema.get("format") == "email":
        return f"{word(rng)}@{word(rng)}.com"
    longest = schema.get("maxLength", 200)
    found = "".join([word(rng).capitalize(), *(word(rng) for _ in range(schema.get("minLength", 8) // 7))])
    return found[:longest]


def filled(rng, route, **given):
    """A request of a route with these values; whatever else it needs, in path and query, gets one that it takes."""
    taken = {**route.in_path, **route.in_query}
    needed = [name for name in taken if name in route.in_path or name in route.required]
    for name in needed:
        if name not in given:
            given[name] = _any(rng, taken[name])
    query = {name: value for name, value in given.items() if name in route.in_query and value is not None}
    in_path = {name: value for name, value in given.items() if name in route.in_path}
    return request(route.method, route.at(**in_path), query=query)


def numbers(rng, schema):
    """Two numbers, not the same, where the bounds let it."""
    found = [number(rng, schema) for _ in range(8)]
    return [found[0], next((one for one in found if one != found[0]), found[0])]


def choices_of(found):
    """What other routes take as a choice, but numbers: a route that goes by the shape of what comes takes it everywhere."""
    named = [one for route in found for schema in route.in_path.values() for one in schema.get("enum") or ()]
    return [one for one in named if isinstance(one, str) and not any(char.isdigit() for char in one[:1])]


def told_apart(student, rng, route, name, wanted, wrong):
    """Send a route a parameter's right and wrong values, mixed; say what is wrong with the answers, or None.

    An answer holds its own value where all others hold theirs, or none but its own: a list of all there are is no answer.
    """
    sent = [*((value, True) for value in wanted), *((value, False) for value in wrong)]
    rng.shuffle(sent)
    asked = [filled(rng, route, **{name: value}) for value, _ in sent]
    right = []
    for (value, taken), answer in zip(sent, client(student, route).ask(*asked), strict=True):
        if not taken and answer.status != 422:
            without = f", without `{name}`," if value is None else ""
            return f"`{answer.asked}`{without} answers {answer.status}, not 422."
        if taken and (answer.status != 200 or not holds(answer.json(), value)):
            return f"`{answer.asked}` answers {answer.status}: {said(answer)}, without {value!r}."
        right += [(value, answer.json())] if taken else []
    at_one_place = set.intersection(
        *({where for where, one in values(told) if same(one, value)} for value, told in right)
    )
    alone = not any(holds(told, other) for value, told in right for other in wanted if other != value)
    return None if at_one_place or alone else f"`{route}` answers with more than the value that it is sent."


def _any(rng, schema):
    if schema.get("enum"):
        return schema["enum"][0]
    return number(rng, schema) if is_number(schema) else text(rng, schema)


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


def module_of(submission, path):
    """The folder that a file is imported from, and its name there, as uvicorn wants them."""
    *folders, name = path.removesuffix(".py").split("/")
    inside = [name]
    # Relative imports make a package of a folder, with or without its `__init__.py`.
    nodes = ast.walk(submission.python(path).tree)
    least = max((node.level for node in nodes if isinstance(node, ast.ImportFrom)), default=0)
    while folders and (len(inside) <= least or submission.exists("/".join([*folders, "__init__.py"]))):
        inside.insert(0, folders.pop())
    return "/".join(folders) or ".", ".".join(inside)


class Weights:
    """Weights of the classifier that nobody has seen, and what it makes of an image with them."""

    def __init__(self, rng):
        self._rows = [[round(rng.uniform(-2, 2), 2) for _ in range(PIXELS)] for _ in range(10)]
        # Half of an image is ink: no digit is ahead of the others by its weights alone.
        self._bias = [round(rng.uniform(-0.5, 0.5) - sum(row) / 2, 2) for row in self._rows]

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
        """Images with clear answers, and these: the best digit is ahead of the next, and none is that of all others."""
        found = []
        while len(found) < count:
            pixels = [round(rng.random(), 2) for _ in range(PIXELS)]
            best, second = sorted(self.scores(pixels), reverse=True)[:2]
            digit = self.scores(pixels).index(best)
            if best - second > 0.05 and sum(digit == other for _, other in found) < 2:
                found.append((pixels, digit))
        return found
