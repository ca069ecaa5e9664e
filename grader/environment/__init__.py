"""The students' dependencies: read as data, installed from wheels, before and apart from grading.

read_requirements(root, paths)                  what the submission asks for, and what was refused
load_overrides(course)                          what the course changes in it
prepare_docker(…) / prepare_local(…)            an environment, made once for the same names
"""

from grader.environment.in_container import prepare_docker
from grader.environment.install import Environment
from grader.environment.on_host import prepare_local
from grader.environment.overrides import Overrides, load_overrides
from grader.environment.requirements import Refused, Requirements, read_requirements

__all__ = [
    "Environment",
    "Overrides",
    "Refused",
    "Requirements",
    "load_overrides",
    "prepare_docker",
    "prepare_local",
    "read_requirements",
]
