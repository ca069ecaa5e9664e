"""M22: the routes of the exercise, asked as a client would. Which route is which, the application's own description tells."""

from grader.suite import check, get, post, request

from ..common.applications import applications, holds, is_file
from ..common.pictures import png, size
from ._common import client, first_that_works, routes, said

_WORDS = ["amber", "birch", "cedar", "delta", "ember", "frost", "grove", "heath", "iris", "jade"]


def word(rng):
    return f"{rng.choice(_WORDS)}{rng.randrange(100, 1000)}"


@check(
    "The application starts and answers on `/`",
    points=1,
    questions=[23],
    scope="exercises",
    environment="required",
    hint="Run `uvicorn digits.api:app` yourself: what does it say? A function with `@app.get('/')` returns a dict.",
)
def test_starts(submission, student):
    roots = [route for route in routes(student, submission, "GET") if route.path == "/"]
    assert roots, "No application has a route `GET /`."
    client(student, roots[0]).ask(get("/"))[0].expect(200).json()


@check(
    "A number in the path is a number: it comes back, and a word is refused",
    points=2,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="A parameter in braces in the path, and a type hint for it: FastAPI converts, and refuses what it cannot convert.",
)
def test_typed_path(submission, student, rng):
    number = rng.randrange(100, 10_000)

    def judge(route):
        (name,) = route.in_path
        right, wrong = client(student, route).ask(
            get(route.at(**{name: number})), get(route.at(**{name: word(rng)}))
        )
        if right.status != 200 or not holds(right.json(), number):
            return f"`{right.asked}` answers {right.status}: {said(right)}, without the number {number}."
        return None if wrong.status == 422 else f"`{wrong.asked}` answers {wrong.status}, not 422."

    numbered = [
        route
        for route in routes(student, submission, "GET")
        if [one.get("type") for one in route.in_path.values()] == ["integer"]
    ]
    first_that_works(numbered, judge, "No `GET` route has a whole number in its path.")


@check(
    "A choice in the path takes what it names, and nothing else",
    points=2,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="An `Enum` (or `Literal`) as the type hint of a path parameter.",
)
def test_choice(submission, student, rng):
    def judge(route):
        ((name, schema),) = route.in_path.items()
        asked = [get(route.at(**{name: choice})) for choice in schema["enum"][:6]]
        *right, wrong = client(student, route).ask(*asked, get(route.at(**{name: word(rng)})))
        for choice, answer in zip(schema["enum"], right, strict=False):
            if answer.status != 200 or not holds(answer.json(), choice):
                return f"`{answer.asked}` answers {answer.status}: {said(answer)}, without {choice!r}."
        return None if wrong.status == 422 else f"`{wrong.asked}` answers {wrong.status}, not 422."

    choices = [
        route
        for route in routes(student, submission, "GET")
        if len(route.in_path) == 1 and all(len(one.get("enum") or ()) > 1 for one in route.in_path.values())
    ]
    first_that_works(choices, judge, "No `GET` route has a choice (an `Enum`) in its path.")


@check(
    "A number in the query comes back, and is asked for where it is missing",
    points=1,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="A parameter of the function that is not in the path is taken from the query; without a default it is required.",
)
def test_query(submission, student, rng):
    number = rng.randrange(100, 10_000)

    def judge(route):
        name = next(iter(route.in_query))
        right, wrong = client(student, route).ask(get(route.path, query={name: number}), get(route.path))
        if right.status != 200 or not holds(right.json(), number):
            return f"`{right.asked}` answers {right.status}: {said(right)}, without the number {number}."
        return (
            None
            if wrong.status == 422
            else f"`{wrong.asked}`, without `{name}`, answers {wrong.status}, not 422."
        )

    asking = [
        route for route in routes(student, submission, "GET") if not route.in_path and _asks_a_number(route)
    ]
    first_that_works(asking, judge, "No `GET` route asks for a whole number in its query.")


def _asks_a_number(route):
    types = {name: schema.get("type") for name, schema in route.in_query.items()}
    return len(types) == 1 and types == dict.fromkeys(route.required, "integer")


def _sent(route, values):
    """A request with these values, in the query, a form or JSON, as the route takes them."""
    if route.body.startswith("application/json"):
        return request(route.method, route.path, json=values)
    if route.body:
        return request(route.method, route.path, form=values)
    return request(route.method, route.path, query=values)


def _texts(route):
    """The names of the texts that a route takes."""
    taken = route.fields if route.body else route.in_query
    return [name for name, schema in taken.items() if schema.get("type") == "string" and not is_file(schema)]


@check(
    "A login is written to a file, once",
    points=2,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="A `POST` route with a user's name and a password appends a line to a CSV file, unless it is there already.",
)
def test_login(submission, student, rng):
    people = [(word(rng), word(rng)) for _ in range(3)]

    def judge(route):
        names = _texts(route)
        asked = [_sent(route, dict(zip(names, person, strict=True))) for person in (*people, people[0])]
        for answer in client(student, route).ask(*asked):
            if answer.status not in (200, 201):
                return f"`{answer.asked}` answers {answer.status}: {said(answer)}."
        lines = [line for path in student.files("*.csv") for line in student.read(path).splitlines()]
        for person in people:
            found = [line for line in lines if all(part in line for part in person)]
            if len(found) != 1:
                return f"After `{asked[0]}` (and again at the end) {len(found)} lines of CSV files hold the login, not 1."
        return None

    logins = [
        route
        for route in routes(student, submission, "POST")
        if len(_texts(route)) == 2 and not route.in_path
    ]
    first_that_works(
        [
            route
            for route in logins
            if any("user" in name.lower() or "pass" in name.lower() for name in _texts(route))
        ]
        or logins,
        judge,
        "No `POST` route takes a user's name and a password.",
    )


@check(
    "A JSON body is checked: an address of the right domain is told from others",
    points=2,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="A pydantic model with the address and the domain; the answer has `true` or `false` in it.",
)
def test_mail(submission, student, rng):
    name, domain, other = word(rng), word(rng), word(rng)
    cases = [
        (f"{name}@{domain}.com", domain, True),
        (f"{name}@{other}.com", domain, False),
        (f"{name}.{domain}.com", domain, False),
        (f"{other}@{other}.org", other, True),
    ]

    def judge(route):
        names = _texts(route)
        address = next(one for one in names if "mail" in one.lower() or "address" in one.lower())
        wanted = next(one for one in names if one != address)
        asked = [post(route.path, json={address: mail, wanted: where}) for mail, where, _ in cases]
        for (mail, where, right), answer in zip(cases, client(student, route).ask(*asked), strict=True):
            if answer.status != 200 or not holds(answer.json(), right) or holds(answer.json(), not right):
                return f"`{route}` answers {said(answer)} to {mail} of {where}: {right} was expected."
        return None

    bodies = [
        route
        for route in routes(student, submission, "POST")
        if route.body.startswith("application/json")
        and len(_texts(route)) == 2
        and any("mail" in name.lower() or "address" in name.lower() for name in _texts(route))
    ]
    first_that_works(bodies, judge, "No `POST` route takes an address and a domain as JSON.")


@check(
    "An uploaded image comes back in the size that was asked for, 28 x 28 without one",
    points=2,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="`UploadFile` for the image, `h` and `w` with defaults; read it, resize it, return it with its media type.",
)
def test_image(submission, student, rng):
    width, height = rng.randrange(30, 60), rng.randrange(61, 90)

    def judge(route):
        upload = {
            next(name for name, one in route.fields.items() if is_file(one)): (
                "a.png",
                png(rng, 40, 50),
                "image/png",
            )
        }
        taken = {**route.in_query, **route.fields}
        high = next((name for name in taken if name.lower() in ("h", "height")), "h")
        wide = next((name for name in taken if name.lower() in ("w", "width")), "w")
        sizes = {high: height, wide: width}
        form = sizes if high in route.fields else None
        plain, sized = client(student, route).ask(
            post(route.path, files=upload),
            post(route.path, query=None if form else sizes, form=form, files=upload),
        )
        for answer, wanted in ((plain, (28, 28)), (sized, (width, height))):
            if answer.status != 200 or size(answer.body) != wanted:
                got = (
                    f"a picture of {size(answer.body)}"
                    if size(answer.body)
                    else f"no picture: {said(answer)}"
                )
                return (
                    f"`{answer.asked}`, for a width and height of {wanted}, answers {answer.status}, {got}."
                )
        return None

    uploads = [
        route for route in routes(student, submission, "POST") if any(map(is_file, route.fields.values()))
    ]
    first_that_works(uploads, judge, "No `POST` route takes a file.")


@check(
    "Something is said when the application starts, and when it stops",
    points=1,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="A `lifespan` function with `@asynccontextmanager`: what stands before `yield` runs at the start, the rest at the end.",
)
def test_lifespan(submission, student):
    said = []
    for place in applications(submission):
        talk = student.asgi(place.path, place.app, factory=place.factory).ask()
        said.append(talk.printed.strip())
        if talk.started and talk.stopped and len(talk.printed.split("\n")) > 2:
            return
    raise AssertionError(
        f"Started and stopped, the application prints {'; '.join(said)[:200]!r}: a line at each was expected."
    )
