"""M8: which of the students' files DVC keeps, where a table of it lies, and the programs that make it and use it."""

import posixpath
import re
from itertools import pairwise

_MODEL = re.compile(r"(?:^|[/_.-])(?:models?|checkpoints?|weights)(?:[/_.-]|$)", re.IGNORECASE)
#: What reads data; a program that makes it does without.
_READS = re.compile(r"read_csv|[rR]eader\(|\.load\(|read_text|read_bytes|glob\(")


def tracked_data(submission):
    """`(metafile, its output)` of the data: what a stage reads first, no model."""
    dvc = submission.dvc
    deps = {path for stage in dvc.stages for path in stage.deps}
    found = [(file.path, out) for file in dvc.metafiles for out in file.outs if not file.imported]
    assert found, "DVC tracks no data: there is no `*.dvc` file with an output."
    return min(
        found,
        key=lambda one: (
            not any(path == one[1].path or path.startswith(f"{one[1].path}/") for path in deps),
            bool(_MODEL.search(one[1].path)),
            one[0],
        ),
    )


def table_of(submission, out):
    """The path of a table in what is tracked: that which a stage reads, or the output itself where it is one file."""
    words = [
        word
        for stage in submission.dvc.stages
        for word in [
            *stage.deps,
            *(posixpath.join(folder_of_stage(stage), one) for one in stage.command.split()),
        ]
    ]
    inside = [posixpath.normpath(word) for word in words if word.startswith(f"{out.path}/")]
    named = [word for word in inside if "." in posixpath.basename(word)]
    if named:
        return named[0]
    folder = (out.md5 or "").endswith(".dir") or out.files is not None or not posixpath.splitext(out.path)[1]
    return f"{out.path}/rides.csv" if folder else out.path


def folder_of_stage(stage):
    return posixpath.dirname(stage.path)


def scripts_of(submission):
    """The paths of the scripts that stages run."""
    found = []
    for stage in submission.dvc.stages:
        words = stage.command.split()
        names = [word for word in words if word.endswith(".py")]
        names += [f"{name.replace('.', '/')}.py" for flag, name in pairwise(words) if flag == "-m"]
        found += [posixpath.normpath(posixpath.join(folder_of_stage(stage), name)) for name in names]
    return [path for path in dict.fromkeys(found) if submission.exists(path)]


def collectors(submission, out, scripts):
    """The commands that may make the data: programs that name what is tracked, and are no script of a stage."""
    names = {posixpath.basename(out.path), out.path}
    return [
        [file.path]
        for file in submission.code()
        if file.path not in scripts
        and not _READS.search(file.text)
        and any(f'"{name}"' in file.text.replace("'", '"') for name in names)
    ][:2]
