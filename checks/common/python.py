"""What all suites know of a repository's Python files: by their names, and by where they have data from."""

import re

#: What a course calls its own answer to an exercise.
SOLUTION = re.compile(r"_solution\d*\.py$")
#: Where pytest looks for tests.
FINDABLE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")


def own(submission, files):
    """Those of the files that are neither untouched course or template files nor course solutions."""
    return [
        file for file in files if not submission.is_template(file.path) and not SOLUTION.search(file.path)
    ]


def import_folders(path):
    """Where the imports of a file are looked for: beside it, and in each folder above."""
    above, found = path.rpartition("/")[0], []
    while above:
        found.append(above)
        above = above.rpartition("/")[0]
    return [*found, "."]


def own_names(submission):
    """Every folder and module of the repository: an import that fails on one of these is the code's own fault."""
    return {part for path in submission.files("**/*.py") for part in path.removesuffix(".py").split("/")}


#: What a failure says that wants a file.
NO_DATA = re.compile(r"FileNotFoundError|No such file or directory|NotADirectoryError")
#: What fetches data that is not in git: a clone with a network has it.
_FETCHES = {
    *("dvc", "kagglehub", "kaggle", "datasets", "huggingface_hub", "gdown", "wget", "pooch", "urllib"),
    *("requests", "google", "boto3", "torchvision", "tensorflow_datasets", "openml", "gcsfs", "s3fs"),
    "medmnist",
}


def fetches_data(submission):
    """Whether the repository says where to get data that is not in git."""
    if submission.files("*.dvc", "**/*.dvc", "dvc.yaml", "**/dvc.yaml", ".dvc/config"):
        return True
    return any(
        name.partition(".")[0] in _FETCHES for file in submission.python_files() for name in file.imports
    )
