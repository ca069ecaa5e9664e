"""Applications of FastAPI: where they are, and what their own description says that they take."""

import ast
import math
from dataclasses import asdict, dataclass, field

from grader.suite import StudentFault, evidence, get, work_folders

_CLASSES = ("fastapi.FastAPI", "fastapi.applications.FastAPI")
MOST_APPLICATIONS = 4
MOST_OPERATIONS = 60

#: What an application says of itself and of those that are mounted in it, whether it shows its documentation or not: by prefix,
#: with the names of the mounted ones in modules, as they would be found again.
_DESCRIBE = """
import json, os, sys
found = load(path)
for part in app.split("."):
    found = getattr(found, part)
outermost = found() if factory else found
result = {"documents": [], "mounted": []}
def names(one):
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith(os.getcwd() + os.sep):
            for name, value in list(vars(module).items()):
                if value is one:
                    yield [os.path.relpath(file).replace(os.sep, "/"), name]
def tell(one, prefix, depth):
    for _ in range(20):
        if hasattr(one, "openapi") or not hasattr(one, "app"):
            break
        one = one.app
    if depth:
        result["mounted"] += names(one)
    if callable(getattr(one, "openapi", None)):
        result["documents"].append([prefix, one.openapi()])
        for route in getattr(one, "routes", []) if depth < 3 else []:
            if type(route).__name__ == "Mount":
                # Where an application says that it lies below a path, its mounted ones answer only there.
                tell(route.app, (prefix or getattr(one, "root_path", "")) + route.path, depth + 1)
tell(outermost, "", 0)
result = json.loads(json.dumps(result, default=str))
"""


_KEPT = (
    *("type", "format", "enum", "contentMediaType", "required", "minLength", "maxLength"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
)


@dataclass(frozen=True)
class Place:
    """An application: the file, and the name in it; `factory` where the name is that of a function that makes one."""

    path: str
    app: str
    factory: bool = False


@dataclass(frozen=True)
class Operation:
    """A route as an application describes it: parameters by name with their schema, and the fields of its body.

    `body` is the media type of what it is sent, or an empty string. A body that is no object is the field "". `required` are
    names of any of these.
    """

    place: Place
    method: str
    path: str
    in_path: dict = field(default_factory=dict)
    in_query: dict = field(default_factory=dict)
    required: tuple = ()
    body: str = ""
    fields: dict = field(default_factory=dict)

    def __str__(self):
        return f"{self.method} {self.path}"

    def at(self, **values):
        """Its path with values of its parameters."""
        path = self.path
        for name, value in values.items():
            path = path.replace("{" + name + "}", str(value))
        return path


def applications(submission):
    """Where applications are made, files of tests left out; the ones of a file in their order."""
    found = []
    for file in submission.code():
        for node in file.tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and _gives_one(submission, file, node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found += [Place(file.path, target.id) for target in targets if isinstance(target, ast.Name)]
            elif isinstance(node, ast.FunctionDef) and _returns_one(file, node):
                found.append(Place(file.path, node.name, factory=True))
    # What a module makes by its own factory counts once.
    direct = [place for place in found if not place.factory]
    return (direct or found)[:MOST_APPLICATIONS]


def _gives_one(submission, file, node):
    """Whether an expression makes an application, by its class, by a class of their own, or by a factory of theirs."""
    if not isinstance(node, ast.Call) or _makes_one(file, node):
        return isinstance(node, ast.Call)
    home = submission.modules.home(node.func, file)
    own = home and (home[0].classes.get(home[1]) or home[0].functions.get(home[1]))
    if own is None:
        return False
    return _returns_one(home[0], own.node) if home[1] in home[0].functions else own.inherits("FastAPI")


def _makes_one(file, node):
    return isinstance(node, ast.Call) and file.dotted(node.func) in _CLASSES


def _returns_one(file, function):
    made = {
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and _makes_one(file, node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return any(
        _makes_one(file, value) or (isinstance(value, ast.Name) and value.id in made) for value in returned
    )


def folders_of_applications(submission):
    """The folders in which applications lie, best first."""
    return work_folders(submission, [place.path for place in applications(submission)])


def client(student, place, **options):
    """The application, to be asked in process."""
    return student.asgi(place.path, place.app, factory=place.factory, **options)


def described(student, submission):
    """The operations of all applications, as data, from their OpenAPI documents; what is mounted belongs to the one it is in."""
    places = applications(submission)
    if not places:
        raise StudentFault("missing", "There is no application of FastAPI: `app = FastAPI()`.")
    told, problem = {}, None
    for place in places:
        try:
            told[place] = _told(student, place)
        except StudentFault as fault:
            # One that is not asked for here, with a model to download, say, is no fault of the others.
            problem = problem or fault
            evidence(place.path, None, fault.message)
    if not told:
        # Asked as an application, it says better what is wrong.
        client(student, places[0]).ask(get("/openapi.json"))
        raise problem
    mounted = [tuple(names) for one in told.values() for names in one["mounted"]]
    operations = [
        asdict(one)
        for place, found in told.items()
        if (place.path, place.app) not in mounted
        for prefix, document in found["documents"]
        for one in _operations(place, prefix, document)
    ]
    return operations[:MOST_OPERATIONS]


def _told(student, place):
    """What an application says of itself, as the result of the snippet."""
    found = student.probe(_DESCRIBE, path=place.path, app=place.app, factory=place.factory)
    if not found["documents"]:
        (answer,) = client(student, place).ask(get("/openapi.json"))
        found["documents"] = [["", answer.expect(200).json()]]
    return found


def operations(data):
    """The operations that `described` made, from their data."""
    return [
        Operation(**{**one, "place": Place(**one["place"]), "required": tuple(one["required"])})
        for one in data
    ]


def _operations(place, prefix, document):
    paths = document.get("paths") if isinstance(document, dict) else None
    for path, methods in (paths if isinstance(paths, dict) else {}).items():
        for method, details in (methods if isinstance(methods, dict) else {}).items():
            if isinstance(details, dict):
                yield _operation(place, document, method.upper(), prefix + path, details)


def _operation(place, document, method, path, details):
    groups = {"path": {}, "query": {}}
    required = []
    for parameter in details.get("parameters", []):
        if parameter.get("in") in groups:
            groups[parameter["in"]][parameter["name"]] = _schema(parameter.get("schema"), document)
            if parameter.get("required"):
                required.append(parameter["name"])
    body, fields, needed = _body(details, document)
    return Operation(place, method, path, groups["path"], groups["query"], (*required, *needed), body, fields)


def _body(details, document):
    content = (details.get("requestBody") or {}).get("content") or {}
    for kind, said in content.items():
        schema = _schema(said.get("schema"), document)
        fields = schema.get("properties") or ({} if schema.get("type") == "object" else {"": schema})
        named = {name: {**_schema(one, document), "properties": {}} for name, one in fields.items()}
        return kind, named, [name for name in schema.get("required", ()) if name in named]
    return "", {}, []


def _schema(schema, document, depth=0):
    """A schema with its references followed, `anyOf [X, null]` taken as X, and nothing but what a check reads."""
    if not isinstance(schema, dict) or depth > 8:
        return {}
    if "$ref" in schema:
        target = document
        for part in str(schema["$ref"]).removeprefix("#/").split("/")[:8]:
            target = target.get(part, {}) if isinstance(target, dict) else {}
        return _schema(target, document, depth + 1)
    options = schema.get("anyOf") or schema.get("allOf")
    if isinstance(options, list):
        real = [one for one in options if isinstance(one, dict) and one.get("type") != "null"]
        return {**_schema(real[0] if real else {}, document, depth + 1), "optional": len(real) < len(options)}
    kept = {name: schema[name] for name in _KEPT if name in schema}
    if isinstance(schema.get("properties"), dict):
        kept["properties"] = dict(list(schema["properties"].items())[:30])
    if isinstance(schema.get("items"), dict):
        kept["items"] = {"type": _schema(schema["items"], document, depth + 1).get("type")}
    return kept


def is_file(schema):
    """Whether a field of a form is a file to upload."""
    return schema.get("format") == "binary" or "contentMediaType" in schema


def is_number(schema):
    """Whether a parameter is a number."""
    return schema.get("type") in ("integer", "number") and "enum" not in schema


def number(rng, schema):
    """A whole number, of three or four digits where its bounds let it."""
    low = max(schema.get("minimum", 100), schema.get("exclusiveMinimum", 99) + 1)
    high = min(schema.get("maximum", 9_999), schema.get("exclusiveMaximum", 10_000) - 1)
    return rng.randint(math.ceil(min(low, high)), math.floor(high))


def holds(value, wanted):
    """Whether `wanted` is somewhere in a JSON value, of the same type; numbers are of one."""
    return any(same(one, wanted) for _, one in values(value))


def same(value, wanted):
    """Whether two single values are equal and of the same type; numbers are of one."""
    numbers = type(value) in (int, float) and type(wanted) in (int, float)
    return (numbers or type(value) is type(wanted)) and value == wanted


def values(value, where=()):
    """Every single value inside a JSON value, with its place."""
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from values(inner, (*where, name))
    else:
        yield where, value
