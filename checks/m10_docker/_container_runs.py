"""M10: a public snippet that starts images without building them: their files, folders and command, laid out as Docker would.

A folder stands in the place of the image's root. What is mounted is a link to a folder of the host, which outlives the
container, as a volume does. Paths that begin at the image's root lead into that folder, in the command, in ENV and in the code.
"""

from ..common.hidden_packages import HIDING

START = (
    f"HIDING = {HIDING!r}\n"
    + r"""
import hashlib, os, re, shutil, subprocess, sys, tempfile

here = os.getcwd()
base = tempfile.mkdtemp(prefix="containers")

HIDING += '''
import sys

sys.meta_path.insert(0, Hiding(brought(DECLARED)))
'''

def inside(path, root):
    return os.path.join(root, path.lstrip("/"))

def put(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.lexists(target):
        os.remove(target)
    shutil.copyfile(source, target)

def host_path(host, path):
    return os.path.join(base, "hosts", host, path)

def new_host(host, tables, like, keep):
    # The folders of the machine that runs the containers: as in the repository, but for the tables.
    for folder in folders:
        target = host_path(host, folder)
        if os.path.isdir(os.path.join(here, folder)):
            shutil.copytree(os.path.join(here, folder), target, dirs_exist_ok=True)
        os.makedirs(target, exist_ok=True)
    for folder in keep:
        if os.path.isdir(host_path(like, folder)):
            shutil.copytree(host_path(like, folder), host_path(host, folder), dirs_exist_ok=True)
    for path, text in tables.items():
        target = host_path(host, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if text is None:
            if os.path.exists(target):
                os.remove(target)
        elif isinstance(text, str):
            with open(target, "w", encoding="utf-8") as file:
                file.write(text)

def laid_out(image, host, tables):
    root = tempfile.mkdtemp(dir=base)
    for folder in image["folders"]:
        os.makedirs(inside(folder, root), exist_ok=True)
    for place, source in image["files"]:
        own = host_path(host, source) if tables.get(source) else os.path.join(here, source)
        if os.path.isfile(own):
            put(own, inside(place, root))
    for on_host, in_image in image["mounts"]:
        target = inside(in_image, root)
        if os.path.isdir(target) and not os.path.islink(target):
            shutil.rmtree(target)
        if not os.path.lexists(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.symlink(host_path(host, on_host), target)
    return root

def rooted(text, root, image):
    places = {*image["folders"], *(at for _, at in image["mounts"])}
    known = sorted(one for one in places if one.count("/") == 1 and len(one) > 1)
    own = [one for one in known if not os.path.exists(one) or one in ("/app", "/data", "/models")]
    for name in own:
        text = re.sub(r"(^|[\"'\s=:])" + re.escape(name) + r"(?=[/\"'\s:]|$)", lambda found: found[1] + root + name, text)
    return text

def site_of(image, root):
    # What an installed project can import from anywhere.
    site = os.path.join(root, ".site")
    for place, source in image["site"]:
        if os.path.isfile(os.path.join(here, source)):
            put(os.path.join(here, source), os.path.join(site, place))
    return site

def state(host):
    found = {}
    for folder in folders:
        for above, _, names in os.walk(host_path(host, folder)):
            for name in names:
                path = os.path.join(above, name)
                with open(path, "rb") as file:
                    digest = hashlib.sha256(file.read(50_000_000)).hexdigest()
                found[os.path.relpath(path, os.path.join(base, "hosts", host))] = digest
    return found

def model_for(image, run):
    # The path, in the container, of the model that a run before left.
    for path in result[run["model_of"]]["new"] if run["model_of"] else []:
        for on_host, in_image in image["mounts"]:
            if path.startswith(on_host + "/"):
                return [in_image + path[len(on_host):]]
    return []

def started(run):
    new_host(run["host"], run["tables"], run["like"], run["keep"])
    return once(run, run["declared"])

def once(run, declared):
    image, host = images[run["image"]], run["host"]
    root = laid_out(image, host, run["tables"])
    for above, _, names in os.walk(root):
        for name in names:
            path = os.path.join(above, name)
            if name.endswith((".py", ".sh", ".toml", ".yaml", ".yml", ".cfg")) and not os.path.islink(path):
                with open(path, encoding="utf-8", errors="surrogateescape") as file:
                    text = file.read()
                changed = rooted(text, root, image)
                if changed != text:
                    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                        file.write(changed)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment.update({key: rooted(value, root, image) for key, value in image["env"].items() if key != "PATH"})
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    usual = [one for one in paths if one and not (one + os.sep).startswith(here + os.sep)]
    first = [site_of(image, root)] if image["site"] else []
    if declared is not None:
        hook = tempfile.mkdtemp(dir=base)
        with open(os.path.join(hook, "sitecustomize.py"), "w") as file:
            file.write(f"DECLARED = {declared!r}\n" + HIDING)
        first.insert(0, hook)
    given = [one for one in environment.get("PYTHONPATH", "").split(os.pathsep) if one]
    environment["PYTHONPATH"] = os.pathsep.join([*first, *given, *usual])
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    asked = run["arguments"] + (model_for(image, run) if image["wants"] else [])
    words = [rooted(word, root, image) for word in [*image["argv"], *asked]]
    if words and re.fullmatch(r"(?:.*/)?python(?:3(?:\.\d+)?)?", words[0]):
        words[0] = sys.executable
    before = state(host)
    try:
        done = subprocess.run(
            words,
            cwd=inside(image["here"], root),
            env=environment,
            capture_output=True,
            timeout=seconds,
            stdin=subprocess.DEVNULL,
        )
        code, out, error = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        code, out, error = -1, b"", b"it does not end"
    except OSError as problem:
        code, out, error = 127, b"", str(problem).encode()
    after = state(host)
    shown = out.decode("utf-8", "replace")[:20_000]
    return {
        "code": code,
        "printed": shown,
        "said": error.decode("utf-8", "replace").replace(root, "")[-3_000:],
        "new": sorted(path.replace(os.sep, "/") for path, digest in after.items() if before.get(path) != digest)[:50],
    }

result = {}
for run in runs:
    # With what the image installs and nothing else; only where that fails, with all that is there.
    hidden = started(run)
    said = hidden["said"] or hidden["printed"][-3000:]
    result[run["name"]] = hidden if not hidden["code"] else {**once(run, None), "bare": said}
shutil.rmtree(base, ignore_errors=True)
"""
)
