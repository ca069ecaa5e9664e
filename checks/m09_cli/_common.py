"""M9: which code is the students' own, and what makes it a command line."""

from ..common.python import SOLUTION

TASK_FILES = ("Makefile", "makefile", "justfile", "Justfile", "Taskfile.yml", "Taskfile.yaml", "noxfile.py")
LIBRARIES = (
    "typer",
    "click",
    "argparse",
    "fire",
    "hydra",
    "tyro",
    "jsonargparse",
    "absl",
    "lightning.pytorch.cli",
)


def own_code(submission):
    """The students' Python, without what the course hands out."""
    return [
        file
        for file in submission.python_files()
        if not submission.is_template(file.path)
        and not SOLUTION.search(file.path)
        and file.path != "reports/report.py"
    ]
