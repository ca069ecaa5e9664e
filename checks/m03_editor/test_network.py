"""M3: a script whose network and images have to agree, repaired: run as it is, and asked with weights of the check's own."""

import math

from grader.suite import StudentFault, check, evidence, shared, work, work_folders

from ..common.python import import_folders
from ._common import (
    CPU_S,
    WALL_S,
    hello_scripts,
    is_hello,
    network_scripts,
    numbers_in,
    own_code,
    ported_notebooks,
)
from ._network import SCORES, SIDES, WATCHED, WIDTHS, chain, expected, is_table, pairs, same


@work(
    "a script that runs a network of `Linear` layers and trains none (classify.py, copilot.py; one of torch says by its name "
    "or folder that it is M3's), or hello.py and a script with the name of a notebook that reads a table"
)
def find_work(submission):
    hello, found = [file.path for file in own_code(submission) if is_hello(file)], []
    scripts = network_scripts(submission) or (ported_notebooks(submission) if hello else [])
    for path in scripts:
        folder = work_folders(submission, [path])[0]
        # The course has hello.py in a folder of its own, beside that of the network.
        while folder != "." and hello and not any(one.startswith(f"{folder}/") for one in hello):
            folder = folder.rpartition("/")[0] or "."
        found.append(folder)
    return list(dict.fromkeys(found))


@check(
    "A script says hello when it is run",
    points=1,
    scope="exercises",
    hint="A function that is defined does nothing until it is called. Run the file with your editor's button, and look at its "
    "terminal.",
)
def test_hello(submission, student):
    files = hello_scripts(submission)[:3]
    assert files, "Beside the network and the notebook, no Python script prints anything."
    problem = ""
    for file in files:
        done = student.run(["python", file.path], timeout=WALL_S)
        if done.returncode == 0 and done.stdout.strip():
            evidence(file.path)
            return
        said = f"prints {done.stdout.strip()[-80:]!r}" if done.stdout.strip() else "prints nothing"
        problem = problem or f"`python {file.path}` ends with exit code {done.returncode} and {said}."
    raise AssertionError(problem)


@shared
def watched(student, submission, rng):
    """What the script did and printed, and what of it computes what a network of its layers has to compute."""
    scripts = network_scripts(submission)
    assert scripts, "No Python script runs a network of `Linear` layers."
    seed, counts = rng.getrandbits(40), [1, rng.randrange(3, 7)]
    told, fault = {}, None
    for path in scripts[:2]:
        try:
            student.run(["python", path], timeout=WALL_S, cpu_s=CPU_S).succeeded()
            found = student.probe(
                WATCHED,
                path=path,
                folders=import_folders(path),
                seed=seed,
                sides=list(SIDES),
                counts=counts,
                cpu_s=CPU_S,
                timeout=WALL_S,
            )
        except StudentFault as problem:
            fault = fault or problem
            continue
        if not isinstance(found, dict) or not isinstance(found.get("found"), list):
            raise StudentFault("reply", "What the script did cannot be read.")
        one = {"script": path, **_printed(found), **_computed(found, seed, counts)}
        if not told or (one["shown"], one["right"]) > (told["shown"], told["right"]):
            told = one
    if not told and fault:
        raise fault
    return told


def _printed(found):
    """Whether what the script printed is what its last layer gave, behind the others, as it is or as shares of one."""
    steps, scores = pairs(found.get("steps")), found.get("scores")
    rows = scores[0] if isinstance(scores, list) and scores and isinstance(scores[0], list) else []
    rows = rows if is_table(rows, len(rows)) else []
    printed = numbers_in(str(found.get("printed", "")))
    images, given = (pairs(found.get("lengths")) or [(0, 0)])[0]
    return {
        "error": str(found.get("error", ""))[:300],
        "rows": len(rows),
        "whole": any(steps == chain(side, widths) for side in SIDES for widths in WIDTHS),
        "shown": bool(rows) and all(_has(printed, row) or _has(printed, _shares(row)) for row in rows),
        "mixed": f"{images} images become {given} rows of scores" if images != given else "",
    }


def _has(printed, row):
    starts = range(len(printed) - len(row) + 1)
    return any(all(abs(printed[at + n] - one) < 0.006 for n, one in enumerate(row)) for at in starts)


def _shares(row):
    powers = [math.exp(min(one - max(row), 0)) for one in row]
    return [one / sum(powers) for one in powers]


def _computed(found, seed, counts):
    """Whether one of the answers is right for images of one size, and what was said where none is."""
    sizes = set(pairs(found.get("sizes")))
    chains = [(side, widths) for side in SIDES for widths in WIDTHS if sizes.issuperset(chain(side, widths))]
    if not chains:
        shown = ", ".join(f"{one[0]} to {one[1]}" for one in sorted(sizes)[:6]) or "none"
        return {
            "right": False,
            "why": f"The layers are not those of the exercise, from images to ten scores: {shown}.",
        }
    why = ""
    for answers in found["found"]:
        if not isinstance(answers, list) or len(answers) != len(SIDES) * len(counts):
            continue
        for side, widths in chains:
            at = SIDES.index(side) * len(counts)
            mine = list(zip(answers[at : at + len(counts)], counts, strict=True))
            others = zip(answers[:at] + answers[at + len(counts) :], counts, strict=True)
            problem = _problem(mine, seed, side, widths)
            if not problem and any(is_table(one, count) for one, count in others):
                problem = "The network takes images of any size: what does not fit is cut off or filled up."
            if not problem:
                return {"right": True, "why": ""}
            # What was asked first is the network, most likely.
            why = why or problem
    return {
        "right": False,
        "why": why or "No function or class of the script gives ten scores for each image.",
    }


def _problem(answers, seed, side, widths):
    """What is wrong with the answers to batches of images of one size; empty if nothing is."""
    for given, count in answers:
        if not is_table(given, count):
            said = given if isinstance(given, str) else "no numbers"
            return f"For a batch of {count} images of {side}x{side} the network gives no ten scores each: {said[:200]}."
        if not same(given, expected(seed, side, widths, count)):
            return f"For images of {side}x{side} the network does not give what its layers give, with relu between."
    return ""


@check(
    "The repaired script runs, and prints ten scores for each image",
    points=2,
    scope="exercises",
    environment="required",
    hint="Read the last line of the traceback first: it has the shapes of two things that are multiplied. Which is wrong?",
)
def test_script_runs(submission, student, rng):
    found = watched(student, submission, rng)
    evidence(found["script"])
    assert found["rows"], f"When {found['script']} runs, no layer gives ten scores. {found['error']}".strip()
    assert found["whole"], (
        f"When {found['script']} runs, no image goes through all three layers of the exercise."
    )
    assert not found["mixed"], f"{found['script']} is not right about its images: {found['mixed']}."
    assert found["shown"], f"{found['script']} does not print the {SCORES} scores that its last layer gives."


@check(
    "The network computes what its three layers give, for one image and for many",
    points=6,
    scope="exercises",
    environment="required",
    requires=["script_runs"],
    hint="Images and first layer have to agree about the number of pixels; all else stays as it is, the checks of shapes, too.",
)
def test_network(submission, student, rng):
    found = watched(student, submission, rng)
    evidence(found["script"])
    assert found["right"], found["why"]
