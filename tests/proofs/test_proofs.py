"""Every suite is proven where it counts: its solution, its starter, its oracles and its mutants, in containers."""

import docker
import pytest

from grader.authoring.proof_plan import read_proof_plan
from grader.authoring.prove import prove_course
from grader.authoring.suites_page import read_page, renew
from grader.course.module import Module
from grader.course.pack import load_course
from grader.pipeline import install
from grader.sandbox.container.container_sandbox import DockerSandbox
from grader.sandbox.container.image import ensure_image
from tests.places import DOCS

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.proof]

COURSE = load_course()


def runs(module: Module) -> int:
    """Return about how often a proof runs its suite."""
    plan = read_proof_plan(COURSE.exercises / module.folder.name)
    return len(plan.mutant) + len(plan.oracle)


# The longest first, so that both workers of `make test` end at about the same time.
MODULES = sorted(COURSE.modules, key=runs, reverse=True)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.id)
def test_a_suite_is_proven(module: Module, docker_client: docker.DockerClient) -> None:
    sandbox = DockerSandbox(
        docker_client, ensure_image(COURSE.root, client=docker_client, progress=lambda line: None)
    )
    proof = prove_course(COURSE, [module], sandbox, install, jobs=1)
    assert proof.modules[0].faults == ()
    assert proof.modules[0].mutants >= 6
    page = read_page(DOCS / "suites.md")
    assert renew(page, proof.modules) == page, "docs/suites.md has changed: run `make prove`"
