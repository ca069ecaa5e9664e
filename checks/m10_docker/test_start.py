"""M10: what a container does when it is started."""

import posixpath
import re
import shlex

from grader.suite import check, measure, not_applicable, partial

from ._common import fitting, images, readable_images

_SHELLS = {"sh", "bash", "/bin/sh", "/bin/bash"}
_APP = re.compile(r"(?P<module>[\w./-]+):(?P<name>[A-Za-z_]\w*)(?:\(\))?")
_ROLES = {
    "train": r"train",
    "evaluate": r"eval|predict|infer|test",
    "api": r"uvicorn|fastapi|gunicorn|bentoml|api",
}


def _words(dockerfile):
    """What the container runs, as words: ENTRYPOINT and, unless a shell swallows it, CMD."""
    entrypoint, cmd = dockerfile.entrypoint, dockerfile.cmd
    if entrypoint is not None and entrypoint.form == "shell":
        cmd = None
    found = []
    for command in (entrypoint, cmd):
        words = list(command.words) if command is not None else []
        if command is not None and (command.form == "shell" or (words[0:1] and words[0] in _SHELLS)):
            words = [word for text in words for word in _split(text)]
        found += words
    return found


def _split(text):
    try:
        return shlex.split(text[:10_000])
    except ValueError:
        return text.split()


@check(
    "Every image says what it starts",
    points=1,
    scope="project",
    required=False,
    questions=[15],
    hint='End with `ENTRYPOINT ["python", "-u", "src/<package>/train.py"]`.',
)
def test_images_have_a_start_command(submission):
    found = [one for one in images(submission) if not one.path.startswith(".devcontainer/")]
    measure("docker_roles", ", ".join(sorted(_roles(submission))))
    if not found:
        not_applicable("The only images are development containers.")
    silent = [
        one.evidence(one.stages[-1].line, "no ENTRYPOINT and no CMD")
        for one in found
        if one.entrypoint is None and one.cmd is None
    ]
    assert len(silent) < len(found), silent
    if silent:
        partial(0.5, "Not every image says what it starts.", silent)


@check(
    "Start commands reach the program as they are written",
    points=1,
    scope="project",
    required=False,
    questions=[15],
    hint='Write ENTRYPOINT as a list with double quotes: `ENTRYPOINT ["python", "-u", "src/<package>/train.py"]`. As plain text '
    "it drops the arguments of `docker run`. A list does not replace `$PORT`: use "
    '`CMD exec uvicorn … --port $PORT` or `["sh", "-c", "…"]`.',
)
def test_start_commands_are_in_exec_form(submission):
    wrong, seen = [], False
    for dockerfile in images(submission):
        for item in dockerfile.all("ENTRYPOINT") + dockerfile.all("CMD"):
            seen = True
            command = item.command
            if command.form == "shell" and item.rest.startswith("["):
                wrong.append(
                    dockerfile.evidence(
                        item.line, "not a JSON list: double quotes, commas, no comma at the end"
                    )
                )
            elif command.form == "shell" and item.name == "ENTRYPOINT":
                wrong.append(dockerfile.evidence(item.line, "ENTRYPOINT as plain text ignores arguments"))
            elif (
                command.form == "exec"
                and command.words
                and posixpath.basename(command.words[0]) not in _SHELLS
            ):
                wrong += [
                    dockerfile.evidence(item.line, f"{word} is not replaced in a list")
                    for word in command.words
                    if re.search(r"\$\{?[A-Za-z_]", word)
                ]
    assert not wrong, wrong
    if not seen:
        not_applicable("No image has an ENTRYPOINT or a CMD.")


@check(
    "What an image starts is in it",
    points=1,
    scope="project",
    questions=[15],
    hint="The path in ENTRYPOINT or CMD starts at the last WORKDIR, in the image: compare it with where COPY puts the file. "
    "uvicorn wants a module with dots: `package.api:app`.",
)
def test_started_scripts_are_in_the_image(submission):
    wrong, seen = [], False
    for dockerfile in readable_images(submission):
        at = (dockerfile.all("ENTRYPOINT") + dockerfile.all("CMD") or [None])[0]
        built = fitting(submission, dockerfile)
        for target, folder in _targets(_words(dockerfile)):
            seen = True
            # A program without a folder is looked up on PATH.
            places = _on_path(target) if target in _programs(dockerfile) and "/" not in target else []
            problems = [_problem(submission, target, image.layers, folder, places) for image in built]
            # Several contexts may be meant: one in which it works is enough.
            problem = min(problems, key=bool)
            if problem:
                wrong.append(dockerfile.evidence(at, f"{target}: {problem}"))
            else:
                dockerfile.evidence(at)
    assert not wrong, wrong
    if not seen:
        not_applicable("No start command names a file or a module of the repository.")


def _targets(words):
    """Files (`a/b.py`) and applications (`a.b:app`) that a start command names, with the folder that it goes to before."""
    serves = re.search(r"uvicorn|gunicorn|hypercorn|granian", " ".join(words))
    folder = ""
    for before, word in zip(["", *words], words, strict=False):
        if before in ("cd", "--directory", "--chdir"):
            folder = posixpath.join(folder, word.rstrip(";"))
        is_file = word.endswith((".py", ".sh")) and not word.startswith("-") and "$" not in word
        app = _APP.fullmatch(word) if serves else None
        if is_file or (app and not app["module"][0].isdigit()):
            yield word, folder


def _problem(submission, target, layers, folder, places):
    if ":" in target:
        module = target.partition(":")[0]
        if "/" in module:
            return "a module is written with dots, not slashes"
        path = module.replace(".", "/")
        found = submission.files(f"**/{path}.py", f"**/{path}/__init__.py", f"{path}.py")
        if not found:
            return "there is no such file in the repository"
    else:
        where = layers.at(posixpath.join(folder, target))
        path = layers.find(where)
        if path is None:
            path = next((one for one in map(layers.find, places) if one is not None), None)
        if path is None:
            return f"no COPY puts a file at {where}"
        found = [path] if path else []
    empty = found and all(not submission.bytes(path).strip() for path in found)
    return f"{found[0]} is empty" if empty else ""


def _programs(dockerfile):
    """The first words of ENTRYPOINT and CMD."""
    return [
        command.words[0] for command in (dockerfile.entrypoint, dockerfile.cmd) if command and command.words
    ]


def _on_path(name):
    return [
        f"{folder}/{name}"
        for folder in ("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin")
    ]


def _roles(submission):
    """Which images train, evaluate or serve, by what they start."""
    roles = {}
    for dockerfile in images(submission):
        words = _words(dockerfile)
        scripts = [
            path
            for word in words
            if word.endswith(".sh")
            for path in submission.files(f"**/{word.lstrip('/')}")
        ]
        said = " ".join([*words, *(submission.text(path) for path in scripts)])
        for role, pattern in _ROLES.items():
            if re.search(pattern, said):
                roles.setdefault(role, []).append(dockerfile.path)
    return roles
