"""M22: the routes of the exercise, asked as a client would. Which route is which, the application's own description tells."""

from grader.suite import check, get, post, request

from ..common.applications import holds, is_file, is_number, number
from ..common.pictures import is_broken, noise, png, size
from ._common import (
    choices_of,
    client,
    first_that_works,
    numbers,
    routes,
    said,
    text,
    told_apart,
    word,
)


@check(
    "The application starts, answers on `/`, and nowhere else but where it has a route",
    points=1,
    questions=[23],
    scope="exercises",
    environment="required",
    hint="Run `uvicorn digits.api:app` yourself: what does it say? A function with `@app.get('/')` returns a dict. What no route "
    "has gets status 404, by itself.",
)
def test_starts(submission, student, rng):
    nowhere = f"/{word(rng)}/{word(rng)}/{word(rng)}"

    def judge(route):
        root, nothing = client(student, route).ask(get("/"), get(nowhere))
        if root.status != 200:
            return f"`{root.asked}` answers {root.status}, not 200: {said(root)}"
        root.json()
        return (
            None if nothing.status == 404 else f"`{nowhere}`, which no route has, answers {nothing.status}."
        )

    places = {route.place: route for route in reversed(routes(student, submission))}
    first_that_works(list(places.values()), judge, "No application has a route.")


@check(
    "A number in the path is a number: it comes back, and a word is refused",
    points=1,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="A parameter in braces in the path, and a type hint for it: FastAPI converts, and refuses what it cannot convert.",
)
def test_typed_path(submission, student, rng):
    def judge(route):
        name = next(name for name, one in route.in_path.items() if is_number(one))
        wanted = numbers(rng, route.in_path[name])
        wrong = [word(rng), *choices_of(taken)[:2]]
        return told_apart(student, rng, route, name, wanted, wrong)

    taken = routes(student, submission, "GET")

    numbered = [route for route in taken if any(map(is_number, route.in_path.values()))]
    first_that_works(numbered, judge, "No `GET` route has a number in its path.")


@check(
    "A choice in the path takes what it names, and nothing else",
    points=1,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="An `Enum` (or `Literal`) as the type hint of a path parameter.",
)
def test_choice(submission, student, rng):
    def judge(route):
        name, choices = next((name, one["enum"]) for name, one in route.in_path.items() if _is_choice(one))
        wanted = rng.sample(choices, min(6, len(choices)))
        wrong = [word(rng), str(number(rng, {}))]
        return told_apart(student, rng, route, name, wanted, [one for one in wrong if one not in choices])

    choices = [
        route for route in routes(student, submission, "GET") if any(map(_is_choice, route.in_path.values()))
    ]
    first_that_works(choices, judge, "No `GET` route has a choice (an `Enum`) in its path.")


def _is_choice(schema):
    return len(schema.get("enum") or ()) > 1


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
    def judge(route):
        name = _asked_number(route)
        wrong = [None, word(rng), *choices_of(taken)[:2]]
        return told_apart(student, rng, route, name, numbers(rng, route.in_query[name]), wrong)

    taken = routes(student, submission, "GET")
    asking = [route for route in taken if _asked_number(route)]
    first_that_works(asking, judge, "No `GET` route asks for a number in its query that has no default.")


def _asked_number(route):
    """The name of a number that has to be in the query."""
    return next(
        (name for name, one in route.in_query.items() if name in route.required and is_number(one)), None
    )


def _sent(route, values):
    """A request with these values, in the query, a form or JSON, as the route takes them."""
    if route.body.startswith("application/json"):
        return request(route.method, route.path, json=values)
    if route.body:
        return request(route.method, route.path, form=values)
    return request(route.method, route.path, query=values)


def _taken(route):
    return route.fields if route.body else route.in_query


def _texts(route, *words):
    """The names of the two texts that a route needs, the first one with a word in its name; none if there are not two."""
    found = [name for name, one in _taken(route).items() if one.get("type") == "string" and not is_file(one)]
    needed = [name for name in found if name in route.required]
    both = needed if len(needed) == 2 else found
    first = [name for name in both if any(one in name.lower() for one in words)]
    return sorted(both, key=first[:1].__contains__, reverse=True) if len(both) == 2 and first else []


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
    def judge(route):
        taken = {name: _taken(route)[name] for name in _texts(route, "pass") or _texts(route, "")}
        people = [{name: text(rng, one) for name, one in taken.items()} for _ in range(3)]
        answers = list(client(student, route).ask(*(_sent(route, one) for one in (*people, people[0]))))
        for answer in answers[:-1]:
            if not 200 <= answer.status < 400:
                return f"`{answer.asked}` answers {answer.status}: {said(answer)}."
        if answers[-1].status >= 500:
            return f"`{route}`, asked again, answers {answers[-1].status}: {said(answers[-1])}."
        lines = [line for path in student.files("*.csv") for line in student.read(path).splitlines()]
        for person in people:
            found = [line for line in lines if all(part in line for part in person.values())]
            if len(found) != 1:
                again = " that was sent twice" if person == people[0] else ""
                return f"After `{route}` {len(found)} lines of CSV files hold name and password of a login{again}, not 1."
        return None

    pairs = [
        route for route in routes(student, submission, "POST") if not route.in_path and _texts(route, "")
    ]
    logins = [route for route in pairs if _texts(route, "pass")] or pairs
    first_that_works(logins, judge, "No `POST` route takes a user's name and a password.")


@check(
    "A JSON body is checked: an address of the right domain is told from others",
    points=3,
    questions=[23],
    scope="exercises",
    environment="required",
    requires=["starts"],
    hint="A pydantic model with the address and the domain; the answer has `true` or `false` in it.",
)
def test_mail(submission, student, rng):
    def judge(route):
        address, wanted = _texts(route, "mail", "address")
        choices = route.fields[wanted].get("enum") or [word(rng), f"{word(rng)}s"]
        domain, other = rng.sample(choices, 2) if len(choices) > 1 else (*choices, word(rng))
        cases = _mails(word(rng), domain, other)
        rng.shuffle(cases)
        asked = [post(route.path, json={address: mail, wanted: domain}) for mail, _ in cases]
        for (mail, right), answer in zip(cases, client(student, route).ask(*asked), strict=True):
            # What is no address at all, a field for addresses refuses by itself.
            refused = answer.status == 422 and route.fields[address].get("format") == "email"
            if not right and refused and not mail.endswith(".com"):
                continue
            if answer.status != 200 or not holds(answer.json(), right) or holds(answer.json(), not right):
                return f"`{route}` answers {said(answer)} to {mail} of {domain}: {right} was expected."
        return None

    bodies = [
        route
        for route in routes(student, submission, "POST")
        if route.body.startswith("application/json") and _texts(route, "mail", "address")
    ]
    first_that_works(bodies, judge, "No `POST` route takes an address and a domain as JSON.")


def _mails(name, domain, other):
    """Addresses, and whether they are of the domain."""
    return [
        (f"{name}@{domain}.com", True),
        (f"{name}@{domain}.org", True),
        (f"{name}.{other}@{domain}.dk", True),
        (f"{name}@{other}.com", False),
        (f"{domain}.{name}@{other}.com", False),
        (f"{name}@{other}{domain}.com", False),
        (f"{name}@{domain}{other}.com", False),
        (f"{name}.{domain}.net", False),
        (f"@{domain}.net", False),
        (f"{name}@{domain}", False),
    ]


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
    picture = noise(rng, 40, 50)
    # Upside down it has the same pixels, and with another lower half the same first ones.
    others = picture[::-1], [*picture[:25], *noise(rng, 40, 25)]

    def judge(route):
        file = next(name for name, one in route.fields.items() if is_file(one))
        taken = {**route.in_query, **route.fields}
        high = next((name for name in taken if name.lower() in ("h", "height")), "h")
        wide = next((name for name in taken if name.lower() in ("w", "width")), "w")
        sizes = {high: height, wide: width}
        form = sizes if high in route.fields else None

        def upload(content, **more):
            return post(route.path, files={file: ("a.png", content, "image/png")}, **more)

        answers = list(
            client(student, route).ask(
                upload(png(picture)),
                upload(png(picture), query=None if form else sizes, form=form),
                *(upload(png(other)) for other in others),
                # The same picture as another file.
                upload(png(picture, level=0)),
            )
        )
        sides = ((28, 28), (width, height), *[(28, 28)] * (len(answers) - 2))
        for answer, wanted in zip(answers, sides, strict=True):
            if answer.status != 200 or size(answer.body) != wanted or is_broken(answer.body):
                return f"`{answer.asked}`, for a width and height of {wanted}, answers {answer.status}, {_seen(answer)}."
        plain, _, *different, again = (answer.body for answer in answers)
        return (
            None
            if plain == again and plain not in different
            else f"`{route}` does not answer with the picture that it is sent."
        )

    uploads = [
        route for route in routes(student, submission, "POST") if any(map(is_file, route.fields.values()))
    ]
    first_that_works(uploads, judge, "No `POST` route takes a file.")


def _seen(answer):
    if not size(answer.body):
        return f"no picture: {said(answer)}"
    return f"a {'broken ' if is_broken(answer.body) else ''}picture of {size(answer.body)}"
