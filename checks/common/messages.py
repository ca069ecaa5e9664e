"""What a check says, whether it passes or fails."""

from grader.suite import evidence


def show(places):
    """Record where something is, so that a reader of a passed check sees it, too."""
    for place in places:
        evidence(place.path, place.line, place.text)


def only_declared(submission, packages, otherwise, unused="no code uses it"):
    """Why a check on the use of some packages fails: one is declared and not used, or `otherwise`."""
    declared = [one for one in submission.requirements if one.name in packages]
    return [f"{one.name} is declared in {one.path}, but {unused}." for one in declared[:1]] or otherwise
