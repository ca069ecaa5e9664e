"""M14: a stand-in for the experiment tracker, a snippet that trains with it, and what a training has to tell it.

The exercise's classifier begins with zeros and takes its batches in the order of the table, so that its losses follow from the
table and the settings. In torch they are what `backward` is called on.
"""

import math

from ..common.label_tables import like

WANDB = r"""
import hashlib, os, sys, time

class Error(Exception):
    pass

CommError = UsageError = Error
run = None
_began = time.time_ns()

def number(value):
    if isinstance(value, (str, bytes, Media)) or value is None:
        return None
    try:
        return float(value)
    except Exception:
        return None

class Media:
    def __init__(self, kind, size):
        self.kind, self.size = kind, size

def length(value):
    try:
        return len(value)
    except TypeError:
        return 1

def medium(kind):
    def make(*given, **named):
        first = next(iter([*given, *named.values()]), ())
        return Media(kind, length(first))
    return make

Image, Histogram, Video, Audio, Html, Plotly, Object3D, Molecule = map(
    medium, ("Image", "Histogram", "Video", "Audio", "Html", "Plotly", "Object3D", "Molecule")
)

class Table(Media):
    def __init__(self, columns=None, data=None, dataframe=None, **more):
        rows = data if data is not None else dataframe if dataframe is not None else []
        Media.__init__(self, "Table", length(rows))

    def add_data(self, *row):
        self.size += 1

class _Plot:
    def __getattr__(self, name):
        return medium("plot." + name)

plot = _Plot()

def shown(value):
    if isinstance(value, (list, tuple)) and value:
        value = value[0]
    if isinstance(value, Media):
        return [value.kind, value.size]
    return [type(value).__name__, 1]

class Config(dict):
    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        self[name] = value

    def __setitem__(self, name, value):
        self.update({name: value})

    def update(self, values=(), allow_val_change=None, **more):
        values = vars(values) if hasattr(values, "__dict__") and not hasattr(values, "keys") else values
        dict.update(self, dict(values), **more)
        if run is not None:
            run.tell()

class Artifact:
    def __init__(self, name, type, description=None, metadata=None, **more):
        if not isinstance(name, str) or not isinstance(type, str):
            raise TypeError("an artifact has a name and a type")
        self.name, self.type, self.metadata, self.files = name, type, metadata, []

    def add_file(self, local_path, name=None, **more):
        path = os.fspath(local_path)
        if not os.path.isfile(path):
            raise ValueError(f"Path is not a file: {path!r}")
        with open(path, "rb") as file:
            data = file.read(20_000_000)
        fresh = os.stat(path).st_mtime_ns >= _began - 50_000_000
        self.files.append([os.path.relpath(path), len(data), fresh, hashlib.sha256(data).hexdigest()])

    def add_dir(self, local_path, name=None, **more):
        for above, _, names in os.walk(local_path):
            for one in sorted(names)[:50]:
                self.add_file(os.path.join(above, one))

    def wait(self, *given, **named):
        return self

class Run:
    def __init__(self, options):
        self.config, self.summary = Config(), Config()
        self.project = options.get("project") or os.environ.get("WANDB_PROJECT")
        self.name, self.id, self.url, self.dir, self.ended = options.get("name") or "run", "r1", "", ".", False

    def tell(self):
        record(call="config", project=self.project, config={str(k): number(v) for k, v in self.config.items()})

    def log(self, data, step=None, commit=None, **more):
        if self.ended:
            raise UsageError("Run is finished. The call to `log` will be ignored.")
        if not isinstance(data, dict):
            raise ValueError("wandb.log must be passed a dictionary")
        values = {str(key): number(value) for key, value in data.items()}
        media = {str(key): shown(value) for key, value in data.items() if number(value) is None}
        record(call="log", values={key: one for key, one in values.items() if one is not None}, media=media)

    def log_artifact(self, artifact_or_path, name=None, type=None, aliases=None, **more):
        artifact = artifact_or_path
        if not isinstance(artifact, Artifact):
            artifact = Artifact(name or "file", type or "file")
            artifact.add_file(artifact_or_path)
        record(call="artifact", type=artifact.type, files=artifact.files)
        return artifact

    def log_model(self, path, name=None, aliases=None, **more):
        return self.log_artifact(path, name or "model", "model")

    def finish(self, *given, **named):
        global run
        self.ended, run = True, None
        record(call="finish")

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.finish()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *given, **named: None

def init(entity=None, project=None, config=None, **options):
    global run
    run = Run({"project": project, **options})
    run.config.update({} if config is None else config)
    return run

def _of_run(name):
    def call(*given, **named):
        if run is None:
            raise Error(f"You must call wandb.init() before wandb.{name}()")
        return getattr(run, name)(*given, **named)
    return call

log, log_artifact, log_model = map(_of_run, ("log", "log_artifact", "log_model"))

def finish(*given, **named):
    if run is not None:
        run.finish()

def __getattr__(name):
    if name in ("config", "summary"):
        return getattr(run, name) if run is not None else Config()
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda *given, **named: None
"""

TRAINED = r"""
import io, os, runpy, sys

for folder in reversed(folders):
    sys.path.insert(0, os.path.abspath(folder))
losses = []
if uses_torch:
    import torch

    passed = torch.autograd.backward

    def backward(tensors, *given, **named):
        one = tensors[0] if isinstance(tensors, (list, tuple)) else tensors
        losses.append(float(one.detach().sum()))
        return passed(tensors, *given, **named)

    torch.autograd.backward = backward
sys.argv, code = argv, 0
usual, sys.stderr = sys.stderr, io.StringIO()
try:
    runpy.run_path(argv[0], run_name="__main__")
except SystemExit as end:
    code = end.code or 0
said, sys.stderr = sys.stderr.getvalue(), usual
result = {"losses": losses[:3000], "code": str(code), "said": said[-2000:]}
"""

PIXELS, CLASSES = 16, 10


def table(rng, rows):
    """Pictures of sixteen pixels from 0 to 15, in no order, and their labels: each is bright where its kind is."""
    kinds = [[rng.choice((1, 12)) for _ in range(PIXELS)] for _ in range(CLASSES)]
    labels = [rng.randrange(CLASSES) for _ in range(rows)]
    return [(label, like(rng, kinds[label])) for label in labels]


def steps(rows, rate, size, epochs):
    """The loss and the accuracy of each step of the exercise's training."""
    weights = [[0.0] * PIXELS for _ in range(CLASSES)]
    bias = [0.0] * CLASSES
    found = []
    for _ in range(epochs):
        for begin in range(0, len(rows), size):
            batch = rows[begin : begin + size]
            loss = right = 0.0
            errors = []
            for label, pixels in batch:
                inputs = [pixel / 15 for pixel in pixels]
                scores = [
                    b + sum(w * x for w, x in zip(ws, inputs, strict=True))
                    for b, ws in zip(bias, weights, strict=True)
                ]
                highest = max(scores)
                powers = [math.exp(score - highest) for score in scores]
                shares = [power / sum(powers) for power in powers]
                loss -= math.log(shares[label])
                right += shares.index(max(shares)) == label
                errors.append((inputs, [share - (k == label) for k, share in enumerate(shares)]))
            for k in range(CLASSES):
                bias[k] -= rate * sum(error[k] for _, error in errors) / len(batch)
                for p in range(PIXELS):
                    weights[k][p] -= rate * sum(error[k] * inputs[p] for inputs, error in errors) / len(batch)
            found.append((loss / len(batch), right / len(batch)))
    return found
