"""M11: a public snippet that runs the students' script with many command lines, and tells what each run left.

Each run is a copy of one process that has imported Hydra and what the script imports: so a run takes as long as its training, and
knows nothing of the others. Where processes cannot be copied (Windows) each is a new one.
"""

#: `left(before)`: what a run has written since: the weights, what Hydra saved, the logs.
LEFT = r"""
import json, os, pathlib, sys

def seen():
    found = {}
    for folder, names, files in os.walk("."):
        names[:] = [one for one in names if one not in (".git", "__pycache__", ".venv")]
        for name in files:
            path = os.path.join(folder, name)
            told = os.lstat(path)
            found[os.path.relpath(path).replace(os.sep, "/")] = (told.st_ino, told.st_ctime_ns, told.st_size)
    return found

def text_of(path, most=20_000):
    return pathlib.Path(path).read_text(encoding="utf-8", errors="replace")[:most]

def data_of(path):
    try:
        import yaml
        return yaml.safe_load(text_of(path, 200_000))
    except Exception:
        return None

BINARY = (".npz", ".npy", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".safetensors")

def content(path):
    kind = os.path.splitext(path)[1].lower()
    if kind in (".npz", ".npy"):
        import numpy
        found = numpy.load(path, allow_pickle=True)
        return {name: found[name] for name in found.files} if hasattr(found, "files") else found
    if kind in (".pt", ".pth", ".ckpt"):
        import torch
        return torch.load(path, map_location="cpu", weights_only=False)
    if kind == ".safetensors":
        from safetensors.numpy import load_file
        return load_file(path)
    if kind == ".joblib":
        import joblib
        return joblib.load(path)
    if kind in (".pkl", ".pickle"):
        import pickle
        with open(path, "rb") as file:
            return pickle.load(file)
    return json.loads(text_of(path, 2_000_000)) if kind == ".json" else None

def arrays(value, depth=0):
    import numpy
    if hasattr(value, "state_dict"):
        value = value.state_dict()
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, (list, tuple)):
        try:
            value = numpy.asarray(value, dtype=float)
        except (TypeError, ValueError):
            return [one for item in value for one in arrays(item, depth + 1)] if depth < 6 else []
    if isinstance(value, numpy.ndarray):
        if value.dtype.kind not in "fiu" or value.size < 4:
            return []
        flat = value.astype(float).ravel()
        some = flat[:: max(1, flat.size // 20)][:24]
        return [{"shape": list(value.shape), "values": [*map(float, some), float(numpy.abs(flat).sum())]}]
    if isinstance(value, dict):
        return [one for item in value.values() for one in arrays(item, depth + 1)] if depth < 6 else []
    if hasattr(value, "__dict__") and depth < 3:
        return arrays(vars(value), depth + 1)
    return []

def left(before):
    new = sorted(path for path, told in seen().items() if before.get(path) != told)
    weights, saved, logs = {}, {}, {}
    for path in new[:300]:
        folder, _, name = path.rpartition("/")
        if folder.endswith(".hydra"):
            one = saved.setdefault(folder.rpartition("/")[0], {"files": []})
            one["files"].append(name)
            one[name.partition(".")[0]] = data_of(path)
        elif name.endswith(".log"):
            logs[path] = text_of(path)
        elif name.endswith((*BINARY, ".json")) and len(weights) < 6:
            try:
                found = arrays(content(path))[:24]
            except Exception:
                continue
            if found:
                weights[path] = found
    if any(path.endswith(BINARY) for path in weights):
        weights = {path: found for path, found in weights.items() if path.endswith(BINARY)}
    for one in saved.values():
        runtime = ((one.get("hydra") or {}).get("hydra") or {}).get("runtime") or {}
        one["choices"] = {str(name): str(value) for name, value in (runtime.get("choices") or {}).items()}
        one["hydra"] = None
    return {"weights": weights, "saved": saved, "logs": logs}
"""

#: What the first command left, as it was found to be new from outside.
FIRST = (
    LEFT
    + """
before = {path: told for path, told in seen().items() if path not in set(changed)}
for folder in reversed(folders):
    sys.path.insert(0, os.path.abspath(folder))
result = left(before)
"""
)

RUNS = (
    LEFT
    + r"""
import contextlib, importlib, runpy, signal, subprocess, tempfile, time

# These trainings are small: threads would only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Otherwise the last words of a run that fails are how to see its error.
os.environ.setdefault("HYDRA_FULL_ERROR", "1")
root = os.getcwd()
sys.path[:0] = [os.path.abspath(folder) for folder in folders]
for name in warm:
    with contextlib.suppress(Exception, SystemExit):
        importlib.import_module(name)

# Hydra looks for its plugins, and learns its grammar, when it is first used.
with contextlib.suppress(Exception):
    import hydra, yaml
    from hydra._internal import hydra as _first, utils as _second
    from hydra.core.global_hydra import GlobalHydra
    from omegaconf import OmegaConf

    with hydra.initialize_config_dir(tempfile.mkdtemp(), version_base=None):
        hydra.compose(overrides=["+a.b=0.5", "+c=[1]", "+d=word"], return_hydra_config=True)
    GlobalHydra.instance().clear()
    OmegaConf.to_yaml(OmegaConf.create({"a": 1, "b": "${a}"}), resolve=True)

if "torchvision" in sys.modules:
    # The course's data would be downloaded: a small set of the check's own has its place. The course's script takes batches to
    # be whole, as those of MNIST are for most sizes.
    import torch, torchvision
    from PIL import Image

    class MNIST(torch.utils.data.Dataset):
        def __init__(self, root="", train=True, transform=None, target_transform=None, download=False):
            draw = torch.Generator().manual_seed(1 + train)
            self.transform = transform
            self.data = torch.randint(0, 256, (600, 28, 28), dtype=torch.uint8, generator=draw)
            self.targets = torch.arange(600) % 10

        def __len__(self):
            return len(self.data)

        def __getitem__(self, number):
            image = Image.fromarray(self.data[number].numpy())
            return (self.transform(image) if self.transform else image), int(self.targets[number])

    torchvision.datasets.MNIST = MNIST

def play(argv, told):
    before, namespace, code = seen(), {}, 0
    where = {} if start[0] == "-m" else {"path": os.path.abspath(start[0])}
    sys.argv = [start[-1], *argv]
    try:
        if where:
            sys.path.insert(0, os.path.dirname(where["path"]))
            namespace = runpy.run_path(where["path"], run_name="__main__")
        else:
            namespace = runpy.run_module(start[1], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException as problem:
        print(f"{type(problem).__name__}: {problem}"[:400], file=sys.stderr, flush=True)
        code = 1
    os.chdir(root)
    vars(sys.modules["__main__"]).update({name: one for name, one in namespace.items() if not name.startswith("__")})
    with open(told, "w", encoding="utf-8") as file:
        json.dump({"code": code, **left(before)}, file, default=str)

def words_of(number, argv):
    own = [f"hydra.run.dir=graded_runs/{number}", f"hydra.sweep.dir=graded_runs/{number}"]
    return argv if number == "first" else [*argv, *own]

def run(number, argv):
    folder = tempfile.mkdtemp()
    told, out = os.path.join(folder, "told"), os.path.join(folder, "out")
    words = words_of(number, argv)
    child = os.fork()
    if not child:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        try:
            play(words, told)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)
    until = time.monotonic() + seconds
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            break
        time.sleep(0.005)
    return finished(told, out)

def run_anew(number, argv):
    folder = tempfile.mkdtemp()
    out, before, words = os.path.join(folder, "out"), seen(), words_of(number, argv)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with open(out, "wb") as file:
        try:
            code = subprocess.run([sys.executable, *start, *words], stdout=file, stderr=file, env=env, timeout=seconds).returncode
        except subprocess.TimeoutExpired:
            code = None
    return {**left(before), "code": code, "output": text_of(out)[-600:]}

def finished(told, out):
    output = text_of(out)[-600:] if os.path.exists(out) else ""
    if not os.path.exists(told):
        return {"code": None, "weights": {}, "saved": {}, "logs": {}, "output": output}
    with open(told, encoding="utf-8") as file:
        return {**json.load(file), "output": output}

once = run if hasattr(os, "fork") else run_anew
result = {name: once(name, argv) for name, argv in runs.items()}
"""
)
