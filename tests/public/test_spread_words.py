"""Commands whose words are given one by one or spread: sessions of nox with `*session.posargs`."""

from __future__ import annotations

import pytest

from tests.public.test_ci_commands import PATH, flow, verdict_of

SESSION = "import nox\n\n\n@nox.session\ndef tests(session):\n    session.install('.')\n    {}\n"
RUNS = [
    "session.run('python', '-m', 'pytest', *session.posargs)",
    "session.run('coverage', 'run', '-m', 'pytest', *session.posargs, env={'A': 'b'})",
    "session.run('uv', 'run', 'pytest', *session.posargs, external=True)",
    "cmd = ['pytest', '-q']\n    session.run(*cmd, *session.posargs)",
    "session.run(*'python -m pytest'.split(), *session.posargs)",
    "session.run(*['pytest', *session.posargs])",
    "session.run_always('pytest')",
    "args = session.posargs or ['tests']\n    session.run('pytest', *args)",
]
RUNS_NOT = [
    "session.run('ruff', 'check', *session.posargs)",
    "session.run('python', *session.posargs)",
    "session.install('pytest', *session.posargs)",
    "session.run('echo', 'pytest', *session.posargs)",
    "session.run(*session.posargs)",
    "cmd = ['ruff', 'pytest']\n    session.run(*cmd)",
]


@pytest.mark.parametrize(
    ("body", "runs"), [*((one, True) for one in RUNS), *((one, False) for one in RUNS_NOT)]
)
def test_sessions_of_nox(body: str, runs: bool) -> None:
    files = {
        PATH: flow("- uses: actions/checkout@v4\n- run: nox -s tests"),
        "noxfile.py": SESSION.format(body),
    }
    assert verdict_of(files) == ("passed" if runs else "failed")
