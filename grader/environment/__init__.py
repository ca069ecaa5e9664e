"""Student environments: dependencies read as data and installed from wheels, in a step of their own before grading.

read_requirements(root, paths)                  what the submission depends on, and which lines are refused
load_overrides(course)                          what the course overrides
prepare_docker(…) / prepare_local(…)            an environment, cached by the names and versions asked for
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
