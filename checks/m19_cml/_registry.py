"""M19: a stand-in for W&B and its registry, which knows some staged models, and what it was asked for.

The stand-in is public. The paths of models are in it as digests only, so that who reads it cannot promote what was never named.
"""

import hashlib
import json
import re
import string

_WORDS = (
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "iris",
    "jade",
    "karst",
    "lumen",
)

STAND_IN = r"""
import hashlib, os

class Error(Exception):
    pass

CommError = UsageError = Error

def _digest(text):
    return hashlib.sha256(str(text).encode()).hexdigest()

class File:
    def __init__(self, name, text):
        self.name, self._text, self.size = name, text, len(text)

    def download(self, root=".", replace=False, exist_ok=False, **more):
        os.makedirs(root, exist_ok=True)
        with open(os.path.join(root, self.name), "w") as file:
            file.write(self._text)
        return open(os.path.join(root, self.name))

class Artifact:
    def __init__(self, path):
        self.qualified_name = self.full_name = path
        self.entity, self.project, self.name = path.split("/")
        self.version, self.type, self.state = self.name.partition(":")[2], "model", "COMMITTED"
        self.collection = self.collection_name = self.name.partition(":")[0]
        self.aliases, self.metadata, self._file = ["latest"], {}, File(*KNOWN[_digest(path)])

    def download(self, root=None, **more):
        root = root or os.path.join("artifacts", self.name)
        self._file.download(root)
        record(call="download", name=self.qualified_name)
        return str(root)

    def file(self, root=None, **more):
        return os.path.join(self.download(root), self._file.name)

    def files(self, names=None, per_page=50):
        return [self._file]

    def get_entry(self, name):
        return self

    get_path = get_entry

    def link(self, target_path, aliases=None, **more):
        aliases = [aliases] if isinstance(aliases, str) else list(aliases or [])
        record(call="link", name=self.qualified_name, target=str(target_path), aliases=[str(one) for one in aliases])

    def save(self, *given, **named):
        record(call="save", name=self.qualified_name, aliases=[str(one) for one in self.aliases])

    def wait(self, *given, **named):
        return self

class Api:
    def __init__(self, overrides=None, timeout=None, api_key=None):
        key = api_key or os.environ.get("WANDB_API_KEY") or _key
        record(call="api", key=str(key or ""))
        if not key:
            raise UsageError("api_key not configured (no-tty). call wandb.login(key=[your_api_key])")
        self._overrides = {"entity": os.environ.get("WANDB_ENTITY"), "project": os.environ.get("WANDB_PROJECT")}
        self._overrides.update({name: value for name, value in (overrides or {}).items() if value})

    def artifact(self, name, type=None):
        path = str(name).removeprefix("wandb-artifact://")
        for part in ("project", "entity"):
            if path.count("/") < ("project", "entity").index(part) + 1 and self._overrides.get(part):
                path = self._overrides[part] + "/" + path
        record(call="artifact", name=path)
        if _digest(path) not in KNOWN:
            raise CommError(f"artifact membership {path!r} not found")
        return Artifact(path)

_key = None

def login(key=None, **more):
    global _key
    _key = key or os.environ.get("WANDB_API_KEY")
    return bool(_key)

class Run:
    def __init__(self, entity=None, project=None, **more):
        self.entity, self.project, self.summary, self.config = entity, project, {}, {}

    def use_artifact(self, artifact_or_name, type=None, **more):
        return Api(overrides={"entity": self.entity, "project": self.project}).artifact(artifact_or_name)

    def use_model(self, name):
        return self.use_artifact(name).file()

    def link_artifact(self, artifact, target_path, aliases=None):
        artifact.link(target_path, aliases)

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        pass

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *given, **named: None

def init(entity=None, project=None, **more):
    return Run(entity, project)
"""


class Staged:
    """A model that was staged: the words of its path, of which no part is another, and the event that tells of it."""

    def __init__(self, rng):
        words = rng.sample(_WORDS, 3)
        ends = rng.sample([f"{number:03}" for number in range(100, 1000)], 3)
        self.entity, self.project, self.name = (
            f"{word}-{end}" for word, end in zip(words, ends, strict=True)
        )
        self.version = f"v{rng.randrange(11, 99)}"
        self.path = f"{self.entity}/{self.project}/{self.name}:{self.version}"
        self.file = f"{''.join(rng.choices(string.ascii_lowercase, k=7))}.json"
        self.key = "".join(rng.choices(string.hexdigits.lower(), k=40))

    @property
    def account(self):
        """The variables of an account."""
        return {"WANDB_API_KEY": self.key, "WANDB_ENTITY": self.entity, "WANDB_PROJECT": self.project}

    def github(self):
        """What a workflow knows of the event that W&B sends."""
        payload = {
            "event_type": "LINK_MODEL",
            "event_author": "someone",
            "artifact_version": f"wandb-artifact://{self.path}",
            "artifact_version_string": self.path,
            "artifact_collection_name": self.name,
            "project_name": self.project,
            "entity_name": self.entity,
        }
        return {
            "event_name": "repository_dispatch",
            "event": {"action": "staged_model", "client_payload": payload},
            "ref": "refs/heads/main",
            "ref_name": "main",
        }

    def fits(self, target):
        """Whether a target of a link is the registered model of the same name, in the registry of W&B, old or new."""
        owner = rf"(?:{re.escape(self.entity)}(?:-org)?/)?"
        return bool(
            re.fullmatch(rf"{owner}(?:model-registry|wandb-registry-[\w-]+)/{re.escape(self.name)}", target)
        )


def stand_in(models):
    """The source of the stand-in that has these models, pairs of what was staged and the text of its file, and none other."""
    known = {hashlib.sha256(one.path.encode()).hexdigest(): (one.file, text) for one, text in models}
    return f"KNOWN = {known!r}\n{STAND_IN}"


def told(student, call):
    """What the stand-in was told by one kind of call, in all processes so far, as far as it can be read."""
    return [
        one
        for one in student.records()
        if one.get("call") == call and (call == "api" or isinstance(one.get("name"), str))
    ]


def model_file(prototypes):
    """The text of a model: for each digit the picture that it is compared with."""
    return json.dumps({"prototypes": prototypes})
