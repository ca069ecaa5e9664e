"""M17: the commands of a workflow, and which of them run tests."""

import re

_TEST = re.compile(
    r"(?:^|[\s/])(?:pytest|py\.test|unittest|tox|nox)(?=\s|$)|\bhatch\s+(?:run\s+)?test"
    r"|(?:^|\s)(?:invoke|inv|make|just|task|poe|pixi|pdm|bash|sh)\s(?:run\s+)?\S*(?:test|coverage)"
)
#: Names a tool of testing or linting without running it.
NO_TEST = re.compile(
    r"--collect-only|--co(?=\s|$)|--version|--help|^echo\s|(?<![\w-])(?:install|add|download|sync)\s"
)
#: A step that keeps what a formatter changed.
COMMITS = re.compile(r"auto-commit|create-pull-request|git\s+(?:commit|push|diff\s+--exit-code)")


def commands(step):
    """The single commands of a step, comments left out; a hostile length is cut."""
    text = step.run[:20_000].replace("\\\n", " ")
    parts = [part.strip()[:2_000] for part in re.split(r"&&|\|\||[;|\n]", text)]
    return [part for part in parts if part and not part.startswith("#")]


def runs_tests(step):
    """Whether a command of a step runs tests."""
    return any(_TEST.search(command) and not NO_TEST.search(command) for command in commands(step))
