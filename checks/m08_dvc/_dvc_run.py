"""M8: DVC on a copy of the students' repository with a remote of the check, several commands in one process.

Importing DVC takes longer than a command of it, so all commands of a check are in one process, in which nothing of the
students' runs: their stages are processes that DVC starts.
"""

import base64
import json

from grader.suite import StudentFault

from ..common.own_repository import GIT

_PLAN = ".dvc-plan.json"
WALL_S, CPU_S = 120, 90

_RUN = r'''
import os, sys
here = os.getcwd()
import base64, configparser, glob, hashlib, json

with open(".dvc-plan.json", encoding="utf-8") as file:
    plan = json.load(file)
os.unlink(".dvc-plan.json")
for name in [one for one in os.environ if one.startswith(("GIT_", "DVC"))]:
    del os.environ[name]
aside = os.path.join(here, ".git")
remote = os.path.join(aside, "kept")
os.environ.update({
    "GIT_CONFIG_NOSYSTEM": "1", "HOME": os.path.join(aside, "home"),
    "DVC_NO_ANALYTICS": "1", "DVC_TEST": "true", "DVC_SITE_CACHE_DIR": os.path.join(aside, "site"),
    "DVC_GLOBAL_CONFIG_DIR": os.path.join(aside, "none"), "DVC_SYSTEM_CONFIG_DIR": os.path.join(aside, "none"),
    "PATH": os.path.join(aside, "bin") + os.pathsep + os.environ.get("PATH", ""), "PYTHONPATH": plan["import_path"],
})

# DVC has libraries of its own for git, which look for settings at HOME alone.
own_repository("main", os.path.join(".git", "home", ".gitconfig"))
for folder in ("bin", "kept"):
    os.makedirs(os.path.join(".git", folder))
for name in ("uv", "poetry", "pdm"):
    # What they run is there, or it is not.
    path = os.path.join(".git", "bin", name)
    with open(path, "w") as file:
        file.write('#!/bin/sh\nshift\nexec "$@"\n')
    os.chmod(path, 0o755)

from dvc.cli import main
from dvc.repo import Repo

def dvc(*words):
    """The exit code and the last words of a command, in this process."""
    said, kept = os.path.join(aside, "said"), (os.dup(1), os.dup(2))
    with open(said, "wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        code = main(list(words))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, one in enumerate(kept, start=1):
            os.dup2(one, number)
            os.close(one)
    with open(said, encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file.read().splitlines() if "ERROR" in line or "error:" in line]
    return {"code": code, "said": " ".join(lines)[:400]}

def reproduced():
    """The names of the stages that ran again."""
    kept = os.dup(1), os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        with Repo(".") as repo:
            return [stage.addressing for stage in repo.reproduce()]
    finally:
        sys.stdout.flush()
        for number, one in enumerate(kept, start=1):
            os.dup2(one, number)
            os.close(one)
        os.close(nowhere)

def put(version):
    for path, data in version.items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

def digests(paths):
    found = {}
    for path in paths:
        if os.path.isfile(path):
            with open(path, "rb") as file:
                found[path] = hashlib.md5(file.read()).hexdigest()
    return found

def below(folder):
    return [one for one in glob.glob(os.path.join(folder, "**", "*"), recursive=True) if os.path.isfile(one)]

def reads():
    with Repo(".") as repo:
        name = repo.config["core"].get("remote", "")
        outs = [os.path.relpath(out.fs_path, here) for stage in repo.index.stages for out in stage.outs]
        return {"remote": name, "url": str(repo.config["remote"].get(name, {}).get("url", "")), "outs": outs[:50]}

def with_our_remote():
    """The configuration with each remote in a folder of ours; what else is said of a remote fits no folder."""
    path = os.path.join(".dvc", "config")
    config = configparser.ConfigParser(interpolation=None)
    config.read(path, encoding="utf-8")
    for name in config.sections():
        if name.strip("'").startswith("remote "):
            config[name].clear()
            config[name]["url"] = remote
        elif name != "core":
            config.remove_section(name)
    with open(path, "w", encoding="utf-8") as file:
        config.write(file)
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "a remote of the check")

def committed(message):
    git("add", "-A")
    names = git("diff", "--cached", "--name-only").splitlines()
    git("commit", "-q", "--allow-empty", "-m", message)
    return names[:50]

def shared():
    """Two versions of the data, added, committed and pushed; then what somebody gets who clones the repository."""
    found = {"reads": reads()}
    with_our_remote()
    out, paths, staged = plan["out"], list(plan["versions"][0]), []
    for number, version in enumerate(plan["versions"]):
        put(version)
        found[f"add{number}"] = dvc("add", out)
        staged += committed(f"version {number}")
        found[f"push{number}"] = dvc("push", plan["metafile"])
    found["staged"] = sorted(set(staged))
    found["kept"] = {os.path.relpath(path, remote): digest for path, digest in digests(below(remote)).items()}
    colleague = os.path.join(aside, "colleague")
    git("clone", "-q", here, colleague)
    os.chdir(colleague)
    for name, revision in (("newest", "main"), ("first", "main~1"), ("again", "main")):
        git("checkout", "-q", "--detach", revision)
        found[name] = {**dvc("pull", plan["metafile"]), "digests": digests(paths)}
        if name != "again":
            found[name]["repro"] = dvc("repro")
            git("checkout", "-q", "-f", ".")
        if not found[name]["digests"]:
            break
    return found

def outs():
    with Repo(".") as repo:
        made = [out.fs_path for stage in repo.index.stages if not stage.is_data_source for out in stage.outs]
    return [os.path.relpath(path, here) for path in made]

def contents():
    found = {}
    for path in outs()[:8]:
        names = [path] if os.path.isfile(path) else below(path)[:5]
        for name in names:
            with open(name, encoding="utf-8", errors="replace") as file:
                found[name] = file.read(20_000)
    return found

def stages():
    """What the stages write of data that nobody has seen, and when they run again."""
    with_our_remote()
    found = {"runs": []}
    for version in plan["versions"]:
        put(version)
        found["runs"].append({**dvc("repro"), "contents": contents()})
        if found["runs"][-1]["code"]:
            return found
    found["unchanged"] = reproduced()
    for path in plan["scripts"]:
        with open(path, "a", encoding="utf-8") as file:
            file.write("\n# changed\n")
    found["changed"] = reproduced() if plan["scripts"] else None
    return found

def as_committed():
    """What changes when the data of the repository's own program is there and the stages run."""
    made = ""
    for words in plan["collects"]:
        subprocess.run(["python", *words], capture_output=True, timeout=30)
        if glob.glob(plan["out"]) and not made:
            made = words[0]
            break
    if not made:
        return {"made": ""}
    with_our_remote()
    added = dvc("add", plan["out"])
    metafiles = [line[3:] for line in git("status", "--porcelain").splitlines()]
    ran = dvc("repro")
    changed = [line[3:] for line in git("status", "--porcelain", "-uall").splitlines()]
    return {"made": made, "add": added, "metafiles": metafiles, "repro": ran, "changed": changed[:50]}

try:
    result = {"shared": shared, "stages": stages, "as_committed": as_committed}[plan["what"]]()
except Exception as problem:  # Whatever DVC or git raises is told.
    result = {"fault": f"{type(problem).__name__}: {problem}"[:400]}
os.chdir(here)
print(json.dumps(result))
'''


def dvc_run(student, submission, what, **plan):
    """What one of the functions of the script above found out; `versions` are files of data, as bytes by path."""
    paths = student.run(["python", "-c", "import os; print(os.environ.get('PYTHONPATH', ''))"]).stdout.strip()
    versions = [
        {path: base64.b64encode(data).decode() for path, data in version.items()}
        for version in plan.pop("versions", [])
    ]
    student.write(_PLAN, json.dumps({**plan, "what": what, "import_path": paths, "versions": versions}))
    done = student.run_tool("dvc", [], program=GIT + _RUN, timeout=WALL_S, cpu_s=CPU_S)
    try:
        found = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as problem:
        said = done.stderr.strip().splitlines()
        raise StudentFault(
            "command", f"DVC cannot be run here: {said[-1][:300] if said else ''}"
        ) from problem
    if not isinstance(found, dict) or "fault" in found:
        why = str(found.get("fault", ""))[:300] if isinstance(found, dict) else ""
        raise StudentFault("command", f"DVC does not work with this repository: {why}")
    return found
