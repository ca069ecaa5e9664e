"""Applications of FastAPI: where they are, and what their own description says that they take."""

import ast
from dataclasses import asdict, dataclass, field

from grader.suite import StudentFault, get, work_folders

_CLASSES = ("fastapi.FastAPI", "fastapi.applications.FastAPI")
MOST_APPLICATIONS = 4
MOST_OPERATIONS = 60


@dataclass(frozen=True)
class Place:
    """An application: the file, and the name in it; `factory` where the name is that of a function that makes one."""

    path: str
    app: str
    factory: bool = False


@dataclass(frozen=True)
class Operation:
    """A route as an application describes it: parameters by name with their schema, and the fields of its body.

    `body` is the media type of what it is sent, or an empty string.
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
            if isinstance(node, ast.Assign | ast.AnnAssign) and _makes_one(file, node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found += [Place(file.path, target.id) for target in targets if isinstance(target, ast.Name)]
            elif isinstance(node, ast.FunctionDef) and _returns_one(file, node):
                found.append(Place(file.path, node.name, factory=True))
    # What a module makes by its own factory counts once.
    direct = [place for place in found if not place.factory]
    return (direct or found)[:MOST_APPLICATIONS]


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
    """The operations of all applications, as data: each is started, and asked for its OpenAPI document."""
    places = applications(submission)
    if not places:
        raise StudentFault("missing", "There is no application of FastAPI: `app = FastAPI()`.")
    operations = []
    for place in places:
        (answer,) = client(student, place).ask(get("/openapi.json"))
        document = answer.expect(200).json()
        operations += [asdict(one) for one in _operations(place, document)]
    return operations[:MOST_OPERATIONS]


def operations(data):
    """The operations that `described` made, from their data."""
    return [
        Operation(**{**one, "place": Place(**one["place"]), "required": tuple(one["required"])})
        for one in data
    ]


def _operations(place, document):
    paths = document.get("paths") if isinstance(document, dict) else None
    for path, methods in (paths if isinstance(paths, dict) else {}).items():
        for method, details in (methods if isinstance(methods, dict) else {}).items():
            if isinstance(details, dict):
                yield _operation(place, document, method.upper(), path, details)


def _operation(place, document, method, path, details):
    groups = {"path": {}, "query": {}}
    required = []
    for parameter in details.get("parameters", []):
        if parameter.get("in") in groups:
            groups[parameter["in"]][parameter["name"]] = _schema(parameter.get("schema"), document)
            if parameter.get("required"):
                required.append(parameter["name"])
    body, fields = _body(details, document)
    return Operation(place, method, path, groups["path"], groups["query"], tuple(required), body, fields)


def _body(details, document):
    content = (details.get("requestBody") or {}).get("content") or {}
    for kind, said in content.items():
        schema = _schema(said.get("schema"), document)
        fields = schema.get("properties") or {}
        return kind, {name: {**_schema(one, document), "properties": {}} for name, one in fields.items()}
    return "", {}


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
    kept = {name: schema[name] for name in ("type", "format", "enum", "contentMediaType") if name in schema}
    if isinstance(schema.get("properties"), dict):
        kept["properties"] = dict(list(schema["properties"].items())[:30])
    if isinstance(schema.get("items"), dict):
        kept["items"] = {"type": _schema(schema["items"], document, depth + 1).get("type")}
    return kept


def is_file(schema):
    """Whether a field of a form is a file to upload."""
    return schema.get("format") == "binary" or "contentMediaType" in schema


def holds(value, wanted):
    """Whether `wanted` is somewhere in a JSON value, of the same type."""
    if type(value) is type(wanted) and value == wanted:
        return True
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(holds(one, wanted) for one in inside)
