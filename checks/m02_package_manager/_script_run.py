"""M2: the script of the exercise, run once with what is declared for everybody: what came of it, and what it imported."""

from grader.suite import not_applicable, shared

from ._common import always, extras, project_path, scripts, tables
from ._declared_run import RUN, STAND_IN, missing_of, readings

CPU_S, WALL_S = 40, 60.0
#: What only extras bring, in a script of the course's own exercise.
_STAND_INS = 3
_TRIALS = 2


def run_with(student, path, wanted, *arguments):
    declared = [[one.name, list(one.extras)] for one in wanted]
    return student.probe(
        RUN, path=path, arguments=list(arguments), declared=declared, cpu_s=CPU_S, timeout=WALL_S
    )


def is_sound(found):
    """Whether what the students' process sent has the form of the snippet's result."""
    match found:
        case {
            "printed": str(),
            "said": str(),
            "error": str(),
            "code": int(),
            "versions": dict(),
            "shadowed": list(),
        }:
            return True
    return False


def why_not(student, found):
    """Why a run did not end well; empty if it did. What could not be installed, through nobody's fault, ends the check."""
    if not is_sound(found):
        return "what it did cannot be read"
    said = found["error"] or found["said"].strip()[-200:]
    if found["code"] and (excused := student.excuse(found["error"])):
        not_applicable(excused)
    return f"with what everybody gets who installs the project, it ends with: {said}" if found["code"] else ""


@shared
def declared_run(student, submission, rng):
    """What became of the script: which it is, what is wrong, and what it imported."""
    submission.require_sound_declarations()
    wanted, paths = always(submission), scripts(submission)
    assert paths, "No Python script imports a package that has to be installed."
    assert wanted, "Nothing declares what the script needs."
    best = {}
    for path in paths:
        why, found = (
            _on_tables(student, submission, path, wanted, rng)
            if tables(submission)
            else _of_the_course(student, submission, path, wanted)
        )
        shadowed = found["shadowed"] if is_sound(found) else []
        if not why and shadowed:
            why = f"`{shadowed[0]}` is not the package, but a file of the repository with its name"
        told = {"script": path, "why": why, "versions": found["versions"] if is_sound(found) else {}}
        if not why:
            return told
        best = best or told
    return best


def _on_tables(student, submission, path, wanted, rng):
    found = {}
    for _ in range(_TRIALS):
        text, numbers = readings(rng)
        for table in tables(submission):
            student.write(table, text)
        found = run_with(student, path, wanted)
        why = why_not(student, found)
        if not why and (missed := missing_of(found["printed"], numbers)):
            why = f"with other readings in the table, {missed}"
        if why:
            return why, found
    return "", found


def _of_the_course(student, submission, path, wanted):
    """A script that imports the packages: it ends well, and all that the project declares has been imported."""
    found = run_with(student, path, wanted)
    for _ in range(_STAND_INS):
        name = _of_an_extra(submission, found)
        if not name:
            break
        student.stub(name, STAND_IN)
        found = run_with(student, path, wanted)
    why = why_not(student, found)
    if why:
        return why, found
    declared = {one.name for one in wanted}
    used = declared & set(found["versions"])
    unused = sorted(declared - used)
    if project_path(submission) and unused:
        return f"when it runs, it does not import {unused[0]}, which is declared", found
    return (
        "" if len(used) > 1 else "when it runs, it imports fewer than two of the declared packages"
    ), found


def _of_an_extra(submission, found):
    """The module that a script lacks, where an extra of the project brings it."""
    said = found["error"] if is_sound(found) else ""
    if not said.startswith("ModuleNotFoundError: No module named '"):
        return ""
    module = said.split("'")[1].partition(".")[0]
    names = {one.name for one in extras(submission)}
    return module if module.isidentifier() and (module in names or f"scikit-{module[2:]}" in names) else ""
