"""M19: two public programs that stand in for the machine of a workflow: what starts a step, and what is not on that machine.

What fetches or installs (pip, uv, dvc, gcloud, …) does nothing, since the packages and the data of the check are there. What runs
other programs (`uv run`, `poetry run`, …) runs them here. `cml` keeps what it would post.
"""

#: The programs that a step finds in the place of real ones; `cml` is there once something has brought it.
NAMES = (
    *("python", "python3", "pip", "pip3", "uv", "uvx", "poetry", "pdm", "pipenv", "hatch", "conda", "mamba", "micromamba"),
    *("pixi", "sudo", "apt", "apt-get", "npm", "dvc", "gcloud", "gsutil", "pytest", "wandb"),
)  # fmt: skip

#: Runs `script` and says what came of it, in JSON: its exit code, words, variables, outputs, comments, and which programs ran.
STEP = r"""
import json, os, subprocess, sys, tempfile

plan = json.load(sys.stdin)
work, here = os.getcwd(), tempfile.mkdtemp()
bin = os.path.join(here, "bin")
os.makedirs(bin)
for name in plan["names"]:
    with open(os.path.join(bin, name), "w", encoding="utf-8") as file:
        file.write("#!" + sys.executable + "\nPYTHON, HERE = " + repr((sys.executable, here)) + "\n" + plan["stand_in"])
    os.chmod(os.path.join(bin, name), 0o755)
files = {name: os.path.join(here, name.lower()) for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
files |= {name: os.path.join(here, name) for name in ("script", "calls", "comments")}
for name, path in files.items():
    with open(path, "w", encoding="utf-8") as file:
        file.write(plan["script"] if name == "script" else "")
known = {name: value for name, value in os.environ.items() if not name.startswith("WANDB_")}
known |= {name: value for name, value in plan["env"].items() if name and "\0" not in name + value}
known |= {name: path for name, path in files.items() if name.isupper()}
# The folder of the checkout: before it there is nothing.
top = work if plan["has_code"] else tempfile.mkdtemp()
asked = [os.path.join(top, one) if one else top for one in plan["env"].get("PYTHONPATH", "").split(os.pathsep)[:9] if one]
known["PYTHONPATH"] = os.pathsep.join(filter(None, [*os.environ.get("PYTHONPATH", "").split(os.pathsep), *asked]))
known["PATH"] = os.pathsep.join([bin, os.environ.get("PATH", os.defpath)])
known["GITHUB_WORKSPACE"] = top
words = [word.replace("{0}", files["script"]) for word in plan["shell"]]
folder = os.path.join(top, plan["folder"] or ".")
with open(os.path.join(here, "said"), "w+b") as said:
    try:
        code = subprocess.run(words, cwd=folder, env=known, stdin=subprocess.DEVNULL, stdout=said, stderr=said).returncode
    except OSError as problem:
        code = 127
        said.write(str(problem).encode())
    said.seek(max(0, said.tell() - 1500))
    text = said.read().decode("utf-8", "replace")

def read(name):
    with open(files[name], encoding="utf-8", errors="replace") as file:
        return file.read(20_000)

told = {"code": code, "said": text, "env": read("GITHUB_ENV"), "outputs": read("GITHUB_OUTPUT"), "calls": read("calls").split()}
told["comments"] = [json.loads(line) for line in read("comments").splitlines()]
print(json.dumps(told))
"""

STAND_IN = r'''
import json, os, re, sys

VALUED = {"--group", "--extra", "--with", "--python", "-p", "--project", "--package", "--env-file", "--only-group", "-n"}
RUNNERS = {"uv", "poetry", "pdm", "pipenv", "hatch", "pixi", "conda", "mamba", "micromamba"}


def note(word):
    with open(os.path.join(HERE, "calls"), "a", encoding="utf-8") as file:
        file.write(word + "\n")


def inner(words):
    """A command behind the options of what runs it."""
    words = list(words)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in ("-m", "--module"):
            return ["python", "-m", *words]
        if word == "--":
            return words
        if word in VALUED and words:
            words.pop(0)
    return words


def start(words):
    if not words:
        sys.exit(0)
    name, rest = words[0], words[1:]
    if re.fullmatch(r"python(?:3(?:\.\d+)?)?", name):
        if rest[:1] == ["-m"] and rest[1:2] and rest[1] in (*RUNNERS, "pip", "venv", "dvc"):
            start(rest[1:])
        note("python")
        os.execv(PYTHON, [PYTHON, *rest])
    if name == "pytest":
        start(["python", "-m", "pytest", *rest])
    if name == "sudo":
        start(inner(rest))
    if name in RUNNERS:
        note("install")
        rest = inner(rest)
        if rest[:1] == ["run"]:
            start(inner(rest[1:]))
        sys.exit(0)
    if name == "uvx":
        note("install")
        start(inner(rest))
    if name in ("pip", "pip3") and rest[:1] in (["install"], ["sync"]):
        note("install")
    if name == "cml":
        post(rest)
    if os.path.basename(sys.argv[0]) != name:
        os.execvp(name, [name, *rest])
    sys.exit(0)


def post(words):
    """`cml comment create report.md`, or `update`: keep the text, and the token that would post it."""
    if words[:1] == ["publish"]:
        print("".join(f"![]({word})" for word in words[1:] if os.path.isfile(word)))
        sys.exit(0)
    if words[:2] not in (["comment", "create"], ["comment", "update"]) and words[:1] != ["send-comment"]:
        sys.exit(0)
    names = [word for word in words[1:] if os.path.isfile(word)]
    if not names:
        sys.exit("cml: no file that is there is named")
    text = " ".join(words)
    token = (re.findall(r"--token[= ](\S+)", text) or [""])[0]
    token = token or os.environ.get("REPO_TOKEN") or os.environ.get("GITHUB_TOKEN") or ""
    folder = os.path.relpath(os.path.dirname(os.path.abspath(names[0])), os.environ["GITHUB_WORKSPACE"])
    with open(names[0], encoding="utf-8") as file:
        text = file.read(8_000)
    with open(os.path.join(HERE, "comments"), "a", encoding="utf-8") as file:
        file.write(json.dumps({"text": text, "token": token, "folder": folder}) + "\n")
    if not token:
        sys.exit("cml: REPO_TOKEN is not set")
    sys.exit(0)


start([os.path.basename(sys.argv[0]), *sys.argv[1:]])
'''
