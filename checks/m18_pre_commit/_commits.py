"""M18: commits that are tried in a repository made of the students' folder, each from the same state.

All commits of a check are tried in one process, in which nothing of the students' runs; their own hooks are processes that
pre-commit starts. Nobody tells it which commits are to be refused.
"""

import base64
import json
import re
from collections import Counter

from grader.suite import StudentFault

from ..common.own_repository import GIT
from ._hook_config import config_of, runnable

_PLAN = ".tried.json"
WALL_S, CPU_S = 90, 60
_MOST_OWN = 10

#: Writes what becomes of each commit: its exit code, what was said, and the files that hooks changed.
_TRIED = r'''
import os, sys
here = os.getcwd()
import base64, importlib.util, json

with open(".tried.json", encoding="utf-8") as file:
    plan = json.load(file)
os.unlink(".tried.json")
for name in [one for one in os.environ if one.startswith(("GIT_", "PRE_COMMIT", "SKIP"))]:
    del os.environ[name]
os.environ.update({
    "PRE_COMMIT_HOME": os.path.join(here, ".git", "home"), "PRE_COMMIT_COLOR": "never", "PRE_COMMIT_NO_CONCURRENCY": "1",
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.path.join(here, ".git", "settings"), "RUFF_NO_CACHE": "true",
})

def is_there(hook):
    words = hook["entry"].split()
    if hook.get("language") not in ("system", "unsupported") or not words:
        return True
    if words[0].startswith("python") and words[1:2] == ["-m"] and len(words) > 2:
        top = words[2].partition(".")[0]
        return os.path.exists(top) or os.path.exists(top + ".py") or importlib.util.find_spec(top) is not None
    return "/" in words[0] or shutil.which(words[0]) is not None

own_repository("work", os.path.join(".git", "settings"))
elsewhere = []
for repo in plan["config"]["repos"]:
    for hook in repo["hooks"]:
        if not is_there(hook):
            elsewhere.append(hook["id"])
            hook.update(entry="git version", language="system", pass_filenames=False)
            hook.pop("args", None)
path = os.path.join(".git", "tried-config.yaml")
with open(path, "w", encoding="utf-8") as file:
    json.dump(plan["config"], file)

from pre_commit.main import main

def run(words):
    """pre-commit's exit code and output, in this process: a new one takes longer than the hooks."""
    said = os.path.join(".git", "said")
    kept = os.dup(1), os.dup(2)
    with open(said, "wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        code = main(words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        os.dup2(kept[0], 1)
        os.dup2(kept[1], 2)
        for one in kept:
            os.close(one)
    with open(said, encoding="utf-8", errors="replace") as file:
        return code, file.read()[-6000:]

def in_order(path):
    """Whether ruff leaves a file as it is, by the repository's settings."""
    return not any(
        subprocess.run(["ruff", *words, "--no-cache", "-q", "--", path], capture_output=True).returncode
        for words in (["check"], ["format", "--check"])
    )

def content(of):
    if isinstance(of, str):
        return of.encode("utf-8")
    if "own" not in of:
        return base64.b64decode(of["bytes"]) * of["times"]
    with open(own, "rb") as file:
        return file.read() + of["own"].encode("utf-8")

def tried(step):
    git("checkout", "-q", "-B", step.get("branch", "work"))
    files = {name: content(of) for name, of in step["files"].items()}
    for name, behind in step.get("behind", {}).items():
        with open(name, "rb") as file:
            files[name] = file.read() + behind.encode("utf-8")
    for name, data in files.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(data)
    if files:
        git("add", "-f", "--", *files)
    if step.get("committed"):
        git("commit", "-q", "--allow-empty", "-m", "tried")
    os.environ["SKIP"] = step.get("skip", "")
    code, said = run([*step["words"], "--config", path] if step.get("config", True) else step["words"])
    changed = []
    for name, data in files.items():
        try:
            with open(name, "rb") as file:
                if file.read() != data:
                    changed.append(name)
        except OSError:
            changed.append(name)
    git("reset", "-q", "--hard", first)
    git("clean", "-q", "-f", "-d")
    return {"code": code, "said": said, "changed": changed}

first = git("rev-parse", "HEAD").strip()
own = next((path for path in plan["own"] if in_order(path)), (plan["own"] or [""])[0])
steps = []
for step in plan["steps"]:
    steps.append(tried(step))
    if plan["first"] and steps[0]["code"]:
        break
print(json.dumps({"elsewhere": elsewhere, "steps": steps}))
'''


def commit(files, *words, **more):
    """A commit of files by path, each a text, `(bytes, how often)` or `Own`; `words` are how pre-commit is asked."""
    return {
        "files": {path: _as_data(of) for path, of in files.items()},
        "words": list(words or ("run",)),
        **more,
    }


class Own(str):
    """What stands behind the content of a file of the students' own that is in order, if any is."""


def _as_data(of):
    if isinstance(of, Own):
        return {"own": str(of)}
    return of if isinstance(of, str) else {"bytes": base64.b64encode(of[0]).decode(), "times": of[1]}


def own_code(submission):
    """The paths of the students' own code, those with the fewest findings first."""
    findings = Counter(one.path for one in submission.lint("E4", "E7", "E9", "F"))
    paths = [file.path for file in submission.code()]
    assert paths, "There is no Python file for the hooks to look at."
    return sorted(paths, key=lambda path: (findings[path], path))[:_MOST_OWN]


def tried(student, submission, commits, *, first=False):
    """What became of each commit: `code`, `said` and `changed`; and the local hooks whose programs are not there.

    With `first`, nothing is tried after a first commit that is refused.
    """
    plan = {
        "config": runnable(config_of(submission)),
        "steps": commits,
        "first": first,
        "own": own_code(submission),
    }
    student.write(_PLAN, json.dumps(plan))
    done = student.run_tool("pre-commit", [], program=GIT + _TRIED, timeout=WALL_S, cpu_s=CPU_S)
    if done.returncode:
        said = done.output.strip().splitlines()
        raise StudentFault(
            "command", f"The hooks cannot be run: {said[-1][:300] if said else 'nothing was said'}"
        )
    try:
        found = json.loads(done.stdout)
        steps = [
            {
                "code": int(one["code"]),
                "said": str(one["said"]),
                "changed": [str(path) for path in one["changed"]],
            }
            for one in found["steps"]
        ]
        elsewhere = [str(one) for one in found["elsewhere"]]
    except (ValueError, TypeError, KeyError) as problem:
        raise StudentFault("reply", "What became of the commits cannot be read.") from problem
    whole = len(steps) == len(commits) or (first and len(steps) == 1 and steps[0]["code"])
    assert whole, "What became of the commits cannot be read."
    return steps, elsewhere


def last_words(said):
    """What pre-commit said of the first hook that failed, or of the configuration, on one line."""
    lines = [re.sub(r"\.{4,}", "... ", line.strip()) for line in said.splitlines()]
    lines = [
        line for line in lines if line and not line.endswith(("Passed", "Skipped")) and line[:6] != "[WARNI"
    ]
    first = next((at for at, line in enumerate(lines) if line.endswith("Failed")), 0)
    return "; ".join(lines[first : first + 6])[:400]
