"""The students' dependencies: read as data, installed from wheels, before and apart from grading.

read_requirements(root, paths)                  what the submission asks for, and what was refused
load_overrides(course)                          what the course changes in it
prepare_docker(…) / prepare_local(…)            an environment, made once for the same names
student_tools_local()                           what student processes need beside it, without Docker
"""

from grader.sandbox.environment_docker import prepare_docker
from grader.sandbox.environment_install import Environment
from grader.sandbox.environment_local import prepare_local, student_tools_local
from grader.sandbox.environment_plan import Overrides, load_overrides
from grader.sandbox.environment_requirements import Refused, Requirements, read_requirements

__all__ = [
    "Environment",
    "Overrides",
    "Refused",
    "Requirements",
    "load_overrides",
    "prepare_docker",
    "prepare_local",
    "read_requirements",
    "student_tools_local",
]
