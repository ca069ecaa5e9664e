"""M10: what the images of a training and an evaluation do when they are started on tables that nobody has seen."""

import re

from grader.suite import StudentFault, shared

from ._common import DATA_FOLDERS, images
from ._container_runs import START
from ._image_builds import build_problems, image_of, installed
from ._started_images import mounts_of, role_of, table_paths

#: Seconds of one container, and of all of them.
RUN_S, CPU_S, WALL_S = 30, 100, 150.0
_NO_MODELS = (".log", ".txt", ".csv", ".png", ".html", ".md", ".yaml", ".yml", ".svg", ".jpg")
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?(%?)")
#: Two decimals of a share are enough; who prints many numbers prints the right one, too.
_NEAR, _MOST_NUMBERS = 0.0051, 30
_EPOCHS = re.compile(r"^--?(?:n[-_]?|num[-_]?|max[-_]?)?(?:epochs?|steps|iterations|iters)$", re.IGNORECASE)
#: Programs that start another one and hand signals on.
INITS = ("tini", "dumb-init")
_MODEL = re.compile(r"model|check|ckpt|weight", re.IGNORECASE)


def leaves(rng):
    """Leaves that nobody has seen: rows to train on, the same with other names, rows to test, and how often a model is right.

    Some rows of the test have the name that the other training gives them: who was trained there is right about these alone.
    """
    names = [f"sp{''.join(rng.choices('bcdfghjklmnpqrstvwxz', k=5))}" for _ in range(rng.randrange(3, 5))]
    places = rng.sample([(x, y) for x in (2, 9, 16) for y in (1, 8, 15)], len(names))
    other = dict(zip(names, [*names[1:], names[0]], strict=True))

    def rows(count):
        kinds = [number % len(names) for number in range(count)]
        return [
            (*(round(rng.gauss(middle, 0.5), 2) for middle in places[kind]), names[kind]) for kind in kinds
        ]

    training, test = rows(rng.randrange(40, 70)), rows(rng.randrange(41, 83, 2))
    wrong = rng.sample(range(len(test)), rng.randrange(5, len(test) // 3))
    told = [(*row[:2], other[row[2]] if at in wrong else row[2]) for at, row in enumerate(test)]
    share = len(wrong) / len(test)
    rng.shuffle(training)
    renamed = [(*row[:2], other[row[2]]) for row in training]
    return {"train": training, "renamed": renamed, "test": told, "right": 1 - share, "right_renamed": share}


def text_of(rows, heads):
    """A table with the columns in the order of the repository's own."""
    order = [("length", "width", "species").index(name) for name in heads]
    return ",".join(heads) + "\n" + "".join(",".join(str(row[at]) for at in order) + "\n" for row in rows)


@shared
def told(student, submission, rng):
    """What came of the runs: by run, and what stands against it; what could not be started is told in its place."""
    chosen = {role: role_of(submission, role) for role in ("train", "evaluate")}
    if chosen["train"] is not None and chosen["train"] is chosen["evaluate"]:
        chosen["evaluate"] = None
    why = {role: _not_started(submission, chosen[role], role) for role in chosen}
    tables = table_paths(submission)
    for part in ("train", "test"):
        assert tables[part], (
            f"There is no table of leaves to {part} with: containers get another in its place; `grader start M10` has one."
        )
    if why["train"]:
        return {"why": why, "runs": {}}
    seen = leaves(rng)
    epochs = rng.randrange(2, 5), rng.randrange(6, 11)
    runs, setting = _runs(submission, chosen, why, tables, seen, epochs)
    found = student.probe(START, **setting, runs=runs, seconds=RUN_S, cpu_s=CPU_S, timeout=WALL_S)
    if not isinstance(found, dict) or not all(_is_sound(found.get(one["name"])) for one in runs):
        raise StudentFault("reply", "What the containers did cannot be read.")
    return {"why": why, "runs": found, **_judged(found, seen, epochs)}


def _not_started(submission, dockerfile, role):
    """Why an image cannot be started at all, as a list; empty if it can."""
    if dockerfile is None:
        images(submission)
        return [{"path": "", "line": None, "text": f"No image of its own starts a script to {role}."}]
    return [
        {"path": one.path, "line": one.line, "text": one.text}
        for one in build_problems(submission, dockerfile)
    ]


def _runs(submission, chosen, why, tables, seen, epochs):
    heads = tables["heads"]
    base = {path: text_of(seen["train"], heads) for path in tables["train"]} | {
        path: text_of(seen["test"], heads) for path in tables["test"]
    }
    renamed = base | {path: text_of(seen["renamed"], heads) for path in tables["train"]}
    testing = base | dict.fromkeys(tables["train"])
    mounts = mounts_of(submission)
    able = [role for role in chosen if chosen[role] is not None and not why[role]]
    settings = {role: image_setting(submission, chosen[role], mounts) for role in able}
    folders = sorted({host for one in settings.values() for host, _ in one["mounts"]})
    keep = [folder for folder in folders if not any(path.startswith(f"{folder}/") for path in base)]
    brought = {role: installed(submission, chosen[role])[0] for role in able}
    option = settings["train"]["option"]
    given = [[option, str(number)] if option else [] for number in epochs]

    def run(name, role, host, table, like="", arguments=()):
        return {
            "name": name,
            "image": role,
            "host": host,
            "tables": table,
            "like": like,
            "keep": keep if like else [],
            "arguments": list(arguments),
            "declared": brought[role],
            "model_of": {"a": "train", "b": "again"}.get(like, ""),
        }

    runs = [
        run("train", "train", "a", base, arguments=given[0]),
        run("again", "train", "b", renamed, arguments=given[1]),
    ]
    if "evaluate" in able:
        runs += [
            run("evaluate", "evaluate", "c", testing, like="a"),
            run("evaluate again", "evaluate", "d", testing, like="b"),
        ]
    return runs, {"images": settings, "folders": folders}


def image_setting(submission, dockerfile, mounts):
    """What START has to know of an image."""
    image = image_of(submission, dockerfile)
    here = image.layers.here
    at = here.rstrip("/")
    found = [(host, place) for host, place in mounts if place.startswith("/")]
    found += [
        (name, f"{at}/{name}")
        for name in ("data", "models")
        if not any(host.split("/")[0] == name for host, _ in found)
    ]
    return {
        "files": sorted([place, source] for place, source in image.layers.files.items() if source)[:3000],
        "folders": sorted(image.layers.folders)[:500],
        "here": here,
        "env": {name: value for name, value in image.layers.values.items() if name in dockerfile.env},
        "mounts": [list(one) for one in dict.fromkeys(found)][:20],
        **_command(submission, dockerfile),
        "site": _site(submission, dockerfile, image),
    }


def _command(submission, dockerfile):
    """The words that start the image, and the option behind which it takes a number of epochs."""
    entrypoint, cmd = dockerfile.entrypoint, dockerfile.cmd
    words = [list(one.words) if one and one.form == "exec" else [] for one in (entrypoint, cmd)]
    for at, one in enumerate((entrypoint, cmd)):
        if one and one.form == "shell":
            words[at] = ["sh", "-c", one.text]
    takes = bool(entrypoint) and entrypoint.form == "exec"
    argv = words[0] if takes else (words[0] or words[1])
    argv = _plain(submission, argv)
    script = script_of(submission, argv)
    programs = [one for one in submission.programs() if one.path == script]
    option = next((name for one in programs for name in one.options if _EPOCHS.fullmatch(name)), "")
    wants = [name for one in programs for name in one.positionals if _MODEL.search(name)]
    return {
        # Arguments of the check's own stand where CMD's would.
        "argv": [*argv, *(words[1] if takes and not option else ())],
        "option": option if takes else "",
        "takes": takes,
        "wants": wants[:1],
    }


def _plain(submission, argv):
    """The command without a program that brings its environment, and a script of the project as Python starts it."""
    words = list(argv)
    if words and words[0].rpartition("/")[2] in INITS:
        words = words[words.index("--") + 1 :] if "--" in words else words[1:]
    if words[:2] == ["uv", "run"]:
        words = words[2:]
        while words and words[0].startswith("--"):
            words = words[1:]
        if words and words[0].endswith(".py"):
            words = ["python", *words]
    project = submission.pyproject.get("project")
    scripts = project.get("scripts") if isinstance(project, dict) else None
    target = scripts.get(words[0]) if words and isinstance(scripts, dict) else None
    if isinstance(target, str) and re.fullmatch(r"[\w.]+:[\w.]+", target):
        module, _, name = target.partition(":")
        head = name.partition(".")[0]
        words = ["python", "-c", f"import sys; from {module} import {head}; sys.exit({name}())", *words[1:]]
    return words


def script_of(submission, argv):
    """The file of the repository that a command starts."""
    text = " ".join(argv)
    for file in submission.python_files():
        if re.search(rf"(?:^|[\s/]){re.escape(file.path.rpartition('/')[2])}(?:\s|$)", text):
            return file.path
        dotted = file.path.removesuffix(".py").removeprefix("src/").replace("/", ".")
        if re.search(rf"(?:-m|from) {re.escape(dotted)}(?:\s|$)", text):
            return file.path
    return ""


def _site(submission, dockerfile, image):
    """The files that an installed project can import, by their place below its folder."""
    _, line = installed(submission, dockerfile)
    package = submission.package
    if not line or package is None or not package.folder:
        return []
    above = package.folder.rpartition("/")[0]
    prefix = f"{above}/" if above else ""
    # What is copied later is not in the package that was installed before.
    early = {source for copy, source in image.sources if copy.line < line}
    inside = [path for path in submission.all_files if path.startswith(f"{package.folder}/")]
    return [
        [path.removeprefix(prefix), path]
        for path in inside
        if any(path == one or path.startswith(f"{one.rstrip('/')}/") or one == "." for one in early)
    ][:1000]


def _is_sound(run):
    match run:
        case {"code": int(), "printed": str(), "said": str(), "new": list()}:
            return all(isinstance(one, str) for one in run["new"])
    return False


def models(run):
    """The files that a training left which may be a model."""
    return [
        path
        for path in run["new"]
        if not path.endswith(_NO_MODELS) and path.split("/")[0] not in DATA_FOLDERS[:3]
    ]


def _judged(found, seen, epochs):
    """What stands against each part, in words; empty if nothing does."""
    train = _of_training(found["train"])
    lines = [len((found[one]["printed"] + found[one]["said"]).splitlines()) for one in ("train", "again")]
    more, steps = lines[1] - lines[0], epochs[1] - epochs[0]
    arguments = "" if more and not more % steps else "it does as many epochs, whatever number stands there"
    again = "" if not found["again"]["code"] else ended(found["again"])
    return {
        "train": train,
        "arguments": again or arguments,
        "bare": _bare(found),
        "evaluate": _of_evaluation(found, seen) if "evaluate" in found else "",
    }


def _of_training(run):
    if run["code"]:
        return ended(run)
    return "" if models(run) else "it leaves no model in a folder that is mounted"


def _of_evaluation(found, seen):
    for name, wanted in (("evaluate", "right"), ("evaluate again", "right_renamed")):
        run = found[name]
        if run["code"]:
            return ended(run)
        if not says(run["printed"], seen[wanted]):
            return "it does not print how often the model that was trained before is right" + (
                "" if name == "evaluate" else ": with another model it is as sure as before"
            )
    return ""


def _bare(found):
    """What a program says that does not run on what its image installs."""
    for name in ("train", "evaluate"):
        said = found.get(name, {}).get("bare")
        if isinstance(said, str) and not found[name]["code"]:
            return f"the container to {name} fails: {last_line(said)}"
    return ""


def ended(run):
    """How a run ended that did not end well."""
    return f"it ends with exit code {run['code']}: {last_line(run['said'] or run['printed'])}"


def last_line(said):
    lines = [line.strip() for line in said.strip().splitlines() if line.strip(" ─╭╰│╮╯")]
    return (lines or ["nothing is said"])[-1][:300]


def says(printed, share):
    """Whether a share is printed, as such or in percent, and not among many numbers."""
    numbers = _NUMBER.findall(printed)
    if len(numbers) > _MOST_NUMBERS:
        return False
    return any(
        abs(float(one) - share) <= _NEAR or (abs(float(one) / 100 - share) <= _NEAR and float(one) > 1)
        for one, _ in numbers
    )
