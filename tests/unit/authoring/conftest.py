"""The proof of a tiny suite, in the local sandbox."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from grader.authoring.proof_table import ModuleProof
from grader.authoring.prove import prove_course
from grader.course.pack import load_course
from grader.sandbox.local_sandbox import LocalSandbox
from grader.sandbox.protocol import StudentPython
from tests.double_pack import FILES, MUTANTS, ProveX1


@pytest.fixture
def prove_x1(tmp_path: Path) -> ProveX1:
    """Prove the suite of the pack with a `proof.toml`, and with further or other files; `mutants` stand behind it."""

    def prove(
        proof: str = "",
        *,
        mutants: str = MUTANTS,
        files: dict[str, str] | None = None,
        repeat: int = 1,
        jobs: int = 2,
    ) -> ModuleProof:
        whole = {"exercises/x01_double/proof.toml": f"{textwrap.dedent(proof)}\n{mutants}"}
        for name, text in {**FILES, **whole, **(files or {})}.items():
            path = tmp_path / "pack" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        course = load_course(tmp_path / "pack")
        return prove_course(
            course,
            course.modules,
            LocalSandbox(),
            lambda planned, sandbox: StudentPython(),
            repeat=repeat,
            jobs=jobs,
        ).modules[0]

    return prove
