"""What excuses a check, and what does not."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.repository.faults import Evidence
from grader.suite.missing import Excuses, reason_for
from grader.suite.outcomes import ExcusedOutcome, NotApplicableOutcome, StudentFault

MISSING = {"torchvision": "no CPU build", "opencv-python": "no wheel"}


def excused(problem: Any, missing: Mapping[str, str]) -> Any:
    return Excuses(missing=missing).of(problem)


def reason(
    text: str, missing: Mapping[str, str], *, companions: Any = (), own: Any = (), network: bool = False
) -> str:
    alone = [name for name in missing if name not in companions]
    return Excuses(missing=missing, alone=alone).reason(text, own=own, network=network)


def fault(message: str, kind: str = "exception", evidence: Any = ()) -> Any:
    return StudentFault(kind, message, evidence)


def test_an_import_of_what_could_not_be_installed_is_excused() -> None:
    found = excused(fault("The code raised ModuleNotFoundError: No module named 'torchvision.ops'"), MISSING)
    assert isinstance(found, NotApplicableOutcome)
    assert "no CPU build" in str(found)


def test_it_is_found_in_what_a_command_said_too() -> None:
    said = fault(
        "`python x.py` ended with exit code 1.", "command", [Evidence("x", 1, "No module named 'cv2'")]
    )
    assert isinstance(excused(said, MISSING), NotApplicableOutcome)


@pytest.mark.parametrize(
    "problem",
    [
        None,
        AssertionError("No module named 'torchvision'"),
        fault("No module named 'requests'"),
        fault("No module named 'torchvision'", "timeout"),
        fault("torchvision"),
    ],
)
def test_anything_else_stays_what_it_was(problem: Any) -> None:
    assert excused(problem, MISSING) is problem


def test_a_module_goes_by_its_package() -> None:
    assert reason_for("cv2.dnn", MISSING).startswith("opencv-python")
    assert reason_for("numpy", MISSING) == ""


def test_what_may_have_come_with_a_missing_package_excuses_but_not_what_the_course_leaves_out() -> None:
    text = "ModuleNotFoundError: No module named 'einops.layers'"
    missing = {"nvidia-cublas-cu12": "there is no GPU", "some-models": "no wheel"}
    assert reason(text, missing) == ""
    assert "may come with some-models" in reason(text, missing, companions=["some-models"])
    assert reason(text, missing, companions=["some-models"], own={"einops"}) == ""


def test_a_part_of_a_namespace_excuses() -> None:
    missing = {"google-cloud-storage": "no wheel"}
    assert reason_for("google.cloud", missing).startswith("google-cloud-storage")
    assert reason_for("googlemaps", missing) == ""


@pytest.mark.parametrize(
    "text",
    [
        "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
        "RuntimeError: The grader's environment has this package without its compiled operators (torchvision).",
    ],
)
def test_what_the_system_lacks_excuses(text: str) -> None:
    assert isinstance(excused(fault(f"The code raised {text}"), {}), NotApplicableOutcome)


@pytest.mark.parametrize(
    "text",
    [
        "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>",
        "OSError: We couldn't connect to 'https://hub.example' to load the files, and couldn't find them in the cached files.",
        "wandb.errors.errors.UsageError: api_key not configured (no-tty). call wandb.login(key=[your_api_key])",
    ],
)
def test_a_network_excuses_where_a_suite_asks(text: str) -> None:
    assert reason(text, {}) == ""
    assert "network" in reason(text, {}, network=True)


def test_a_word_of_networks_is_no_want_of_one() -> None:
    assert reason("AssertionError: assert api_key == 'secret'", {}, network=True) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "huggingface_hub.errors.LocalEntryNotFoundError: An error happened while trying to locate the files",
            "network",
        ),
        (
            "google.auth.exceptions.DefaultCredentialsError: Your default credentials were not found.",
            "account",
        ),
        (
            "AttributeError: 'NoneType' object has no attribute 'download'\nfolder = Path(artifact.download(root='./models'))",
            "account",
        ),
        (
            "RuntimeError: Hugging Face hub model specified but package not installed. Run `pip install huggingface_hub`.",
            "network",
        ),
        (
            "OSError: Can't load tokenizer for 'bert-base-cased'. If you were trying to load it from 'https://hub.example'",
            "network",
        ),
        ("<frozen os>:679: KeyError: 'MODEL_NAME'", "`MODEL_NAME`"),
        ("MemoryError: Unable to allocate 7.45 GiB for an array with shape (1000000000,)", "memory"),
        ("ModuleNotFoundError: No module named 'pkg_resources'", "setuptools"),
        ("KeyError: 'BUCKET'\nos.environ[\"BUCKET\"]", "`BUCKET`"),
        ("AssertionError: MODEL_NAME must be set", "`MODEL_NAME`"),
        ("ValueError: Environment variable 'WANDB_PROJECT' is not defined or missing", "`WANDB_PROJECT`"),
        (
            "PermissionError: [Errno 13] Permission denied: '/environments/ab/lib/python3.11/site-packages/p/cache'",
            "changed",
        ),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'", "`ffmpeg`"),
        ("RuntimeError: Found no NVIDIA driver on your system.", "GPU"),
    ],
)
def test_what_code_of_a_project_lacks_here_excuses_it(text: str, why: str) -> None:
    found = Excuses().of(fault(f"The code raised {text}"))
    assert isinstance(found, ExcusedOutcome)
    assert why in str(found)
    problem = fault(f"The code raised {text}")
    assert Excuses(packages_only=True).of(problem) is problem


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'MODEL_NAME'",
        "AttributeError: 'NoneType' object has no attribute 'download'\nfolder = Path(source.download(root='./models'))",
        "AttributeError: 'NoneType' object has no attribute 'shape'\nprint(artifact.download().shape)",
        "ModuleNotFoundError: No module named 'huggingface_hub'",
        "OSError: Can't load tokenizer for './models/tokenizer'. If you were trying to load it from 'https://hub.example'",
        "requests.exceptions.HTTPError: 404 Client Error: Not Found for url: http://testserver/predict",
        "urllib.error.HTTPError: HTTP Error 404: Not Found",
        "FileNotFoundError: [Errno 2] No such file or directory: 'data/train.pt'",
        "AssertionError: assert MODEL_NAME == 'resnet'",
        "PermissionError: [Errno 13] Permission denied: '/work/models'",
        "ValueError: The learning rate must be set",
    ],
)
def test_a_bug_of_their_own_that_looks_like_it_does_not(text: str) -> None:
    problem = fault(f"The code raised {text}")
    assert Excuses().of(problem) is problem


def test_a_failure_inside_of_another_version_than_asked_for_is_excused() -> None:
    changed = {"torch": "asked for ==2.4.0, has 2.13.0"}
    frame = "/environments/ab/lib/python3.11/site-packages/torch/serialization.py:1524: UnpicklingError: Weights only load failed."
    assert "asked for ==2.4.0" in Excuses(changed=changed).reason(frame)
    assert Excuses(changed={}).reason(frame) == ""
    assert Excuses(changed=changed).reason("src/torch/model.py:3: ValueError: wrong shape") == ""
    through = f"{frame}\n/environments/ab/lib/python3.11/site-packages/numpy/core.py:3: ValueError"
    assert Excuses(changed=changed).reason(through) == ""


CHANGED = {"torch": "asked for ==2.4.0, has 2.13.0", "opencv-python": "asked for ==4.5, has 4.11"}


@pytest.mark.parametrize(
    ("text", "excuses"),
    [
        # speechbrain/speechbrain#2856, mlcommons/inference#2056
        (
            "/e/lib/python3.11/site-packages/torch/serialization.py:1529: UnpicklingError: Weights only load failed.",
            True,
        ),
        ("_pickle.UnpicklingError: invalid load key, 'v'.", False),
        ("ModuleNotFoundError: No module named 'torch._six'", True),
        ("ImportError: cannot import name 'container_abcs' from 'torch._six' (/e/torch/_six.py)", True),
        ("AttributeError: module 'torch.onnx' has no attribute 'dynamo_export'", True),
        ("AttributeError: module 'cv2.cv2' has no attribute 'xfeatures2d'", True),
        # The group's own mistakes, that look alike.
        ("ModuleNotFoundError: No module named 'torch'", False),
        ("ImportError: cannot import name 'load' from 'p.torch' (/w/p/torch.py)", False),
        ("AttributeError: module 'p.model' has no attribute 'Net'", False),
        ("AttributeError: module 'numpy' has no attribute 'float'", False),
        ("AttributeError: 'Net' object has no attribute 'torch'", False),
        ("/w/src/p/model.py:3: UnpicklingError: Weights only load failed.", False),
    ],
)
def test_what_another_version_excuses(text: str, excuses: bool) -> None:
    found = Excuses(changed=CHANGED).reason(text)
    assert bool(found) is excuses
    assert not Excuses(changed=CHANGED, packages_only=True).reason(text)
    assert not excuses or "has 2.13.0" in found or "has 4.11" in found


def test_where_a_fault_was_raised_tells_the_version_that_is_another_one() -> None:
    changed = Excuses(changed={"torch": "asked for ==2.4.0, has 2.13.0"})
    inside = StudentFault("exception", "The code raised ValueError.", inside="/e/site-packages/torch/nn.py:3")
    own = StudentFault("exception", "The code raised ValueError.")
    assert "asked for ==2.4.0" in str(changed.of(inside))
    assert changed.of(own) is own
    assert Excuses(changed=changed.changed, packages_only=True).of(inside) is inside


def test_a_move_into_a_package_is_a_write_into_it() -> None:
    text = "OSError: [Errno 30] Read-only file system: '/tmp/a' -> '/e/lib/site-packages/p/b'"
    assert "changed" in reason(text, {})
