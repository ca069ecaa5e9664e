"""M10: images that build, fast, small, and with nothing private in them, as far as their files tell."""

import re

from grader.suite import check

from ._common import images, kept
from ._image_builds import build_problems, commands_of, image_of, installs_project, keeps_apart
from ._started_images import role_of, table_paths

_KEY = re.compile(
    r"(?:^|_)(?:API_?KEY|TOKEN|SECRET(?:_KEY)?|PASSW(?:OR)?D|ACCESS_KEY(?:_ID)?|PRIVATE_KEY)$", re.IGNORECASE
)
_PRIVATE = re.compile(
    r"(?:^|/)(?:\.git|\.venv|venv|\.env|\.netrc|id_rsa|kaggle\.json)(?:/|$)|\.pem$|credential.{0,40}\.json$"
)


def _both(submission):
    """The two images of the exercise."""
    found = {role: role_of(submission, role) for role in ("train", "evaluate")}
    missing = [role for role, one in found.items() if one is None]
    assert not missing, f"No image starts a script to {' or to '.join(missing)}."
    assert found["train"] is not found["evaluate"], "One Dockerfile stands for both images."
    return list(found.values())


@check(
    "Nothing in the Dockerfiles makes their build fail",
    points=2,
    scope="exercises",
    hint="Does the base have that tag? Is each file that COPY names in git, and let through by .dockerignore? Can each RUN end "
    "well with what was installed and copied above it?",
)
def test_images_could_be_built(submission):
    assert not submission.broken_dockerfiles, [
        item for fault in submission.broken_dockerfiles for item in fault.evidence
    ]
    loose = [
        one.evidence(stage.line, f"{stage.raw} is another image next month")
        for one in _both(submission)
        for stage in one.stages
        if not stage.pinned
    ]
    problems = [item for one in images(submission) for item in build_problems(submission, one)]
    assert not problems + loose, (problems + loose)[:10]


@check(
    "An edited line of code installs no dependency again",
    points=2,
    scope="exercises",
    requires=["training_image_trains"],
    hint="Docker keeps each layer until something that it was made of changes. What does the install really need to see?",
)
def test_code_comes_after_the_dependencies(submission):
    wrong = []
    for dockerfile in _both(submission):
        image, seen = image_of(submission, dockerfile), False
        for run in dockerfile.runs:
            installs = [words for words, _ in commands_of(run) if keeps_apart(words)]
            seen = seen or bool(installs)
            code = [
                copy
                for copy, source in image.sources
                if _early(run, copy) and _is_code(submission, image, source)
            ]
            if installs and code:
                wrong.append(
                    dockerfile.evidence(run.line, f"installs again after any change of line {code[0].line}")
                )
        if not seen:
            whole = [
                run for run in dockerfile.runs if any(installs_project(one) for one, _ in commands_of(run))
            ]
            line = whole[0].line if whole else dockerfile.stages[0].line
            wrong.append(dockerfile.evidence(line, "no step of its own installs the dependencies"))
    assert not wrong, wrong


def _early(run, copy):
    return copy.stage == run.stage and copy.line < run.line and not copy.from_stage


def _is_code(submission, image, source):
    path = image.in_repository(source)
    inside = (
        submission.all_files
        if path == "."
        else [one for one in submission.all_files if f"{one}/".startswith(f"{path}/")]
    )
    return any(one.endswith(".py") and not one.endswith("setup.py") for one in inside)


@check(
    "Neither downloads nor package lists stay behind in a layer",
    points=1,
    scope="exercises",
    requires=["training_image_trains"],
    hint="What a later RUN removes is still in the layer before. pip and uv keep a cache unless they are told not to, or unless "
    "it is mounted while they run.",
)
def test_nothing_is_left_behind(submission):
    left = []
    for dockerfile in _both(submission):
        settings = " ".join(f"{item.value} " for item in dockerfile.all("ENV"))
        for run in [one for one in dockerfile.runs if one.stage in kept(dockerfile)]:
            cached = "type=cache" in run.value
            commands = [" ".join(words) for words, _ in commands_of(run)]
            removed = cached or any(re.match(r"rm\b.*/var/lib/apt/lists", one) for one in commands)
            for text in commands:
                if re.search(r"\bapt(?:-get)?\b.*\binstall\b", text) and not removed:
                    left.append(dockerfile.evidence(run.line, "the package lists stay in this layer"))
                if _fills_a_cache(text, run.command.text, settings) and not cached:
                    left.append(dockerfile.evidence(run.line, "the downloads stay in this layer"))
    assert not left, left


def _fills_a_cache(text, whole, settings):
    if re.search(r"\buv (?:sync|pip install)\b", text):
        return not re.search(r"--no-cache|UV_NO_CACHE|cache clean|rm .*\.cache", f"{text} {whole} {settings}")
    return bool(re.search(r"\bpip3?\b.* install\b|\bpip3? install\b", text)) and not re.search(
        r"--no-cache-dir|PIP_NO_CACHE_DIR|cache purge|rm .*\.cache", f"{text} {whole} {settings}"
    )


@check(
    "Keys, the history, environments and the tables stay out of the images",
    points=2,
    scope="exercises",
    requires=["training_image_trains"],
    hint="Whoever has an image can read its ENV, its ARG and every file in it. What the builder is sent, and what not, says "
    "a file beside the Dockerfile's context.",
)
def test_nothing_private_goes_in(submission):
    wrong, tables = [], table_paths(submission)
    for dockerfile in _both(submission):
        for item in dockerfile.all("ENV") + dockerfile.all("ARG"):
            names = re.findall(r"([A-Za-z_]\w*)", item.rest[:2_000].partition("=")[0]) + re.findall(
                r"\s([A-Za-z_]\w*)=", item.rest[:2_000]
            )
            wrong += [
                dockerfile.evidence(item.line, f"{item.name} {name} can be read by whoever has the image")
                for name in names
                if _KEY.search(name)
            ]
        image = image_of(submission, dockerfile)
        wrong += [
            dockerfile.evidence(dockerfile.stages[-1].line, f"{source} is in the image")
            for source in image.layers.files.values()
            if _PRIVATE.search(source) or source in tables["train"] + tables["test"]
        ][:3]
        for copy, source in image.sources:
            if source in (".", "*"):
                open_to = [name for name in (".git", ".venv") if not image.keeps_out(name)]
                wrong += (
                    [dockerfile.evidence(copy.line, f"{open_to[0]} goes in with the rest")] if open_to else []
                )
    assert not wrong, wrong[:10]
