"""What this machine's settings and the course change: pip's configuration for uv, CPU builds, exclusions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.environment import Overrides, load_overrides
from grader.environment.overrides import EnvironmentPlan, plan
from grader.errors import CourseError, GradingError
from grader.sandbox.package_index import host_settings
from grader.user_cache import exclusive
from tests.places import ROOT


@pytest.fixture
def pip_file(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    path = tmp_path / "pip.conf"
    path.write_text(
        f"[global]\nindex-url = https://one.example/simple\nfind-links =\n    {tmp_path}/a\n    /not/there\n"
        "    https://b\nextra-index-url = https://two.example\n"
        "cert = /ca.pem\n[install]\nindex-url = https://three.example/simple\n"
    )
    return path


def test_pips_configuration_is_said_to_uv(pip_file: Path) -> None:
    found = host_settings({"PIP_CONFIG_FILE": str(pip_file)}).uv_environment()
    assert found["UV_DEFAULT_INDEX"] == "https://three.example/simple"
    assert found["UV_FIND_LINKS"] == f"{pip_file.parent}/a,https://b"
    assert found["UV_INDEX"] == "https://two.example"
    assert found["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert found["SSL_CERT_FILE"] == "/ca.pem"


def test_pips_variables_go_before_its_files_and_uvs_before_both(pip_file: Path) -> None:
    variables = {"PIP_CONFIG_FILE": str(pip_file), "PIP_INDEX_URL": "https://four.example"}
    assert host_settings(variables).index_url == "https://four.example"
    assert (
        host_settings(variables | {"UV_DEFAULT_INDEX": "https://five.example"}).index_url
        == "https://five.example"
    )


def test_places_of_this_machine_are_moved_for_a_container(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "ca.pem").write_text("")
    index = (tmp_path / "simple").as_uri()
    (tmp_path / "simple").mkdir()
    settings = host_settings(
        {
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_FIND_LINKS": str(tmp_path / "wheels"),
            "PIP_CERT": str(tmp_path / "ca.pem"),
            "PIP_INDEX_URL": index,
        }
    )
    places = settings.local_places()
    assert set(places) == {tmp_path / "wheels", tmp_path / "ca.pem", tmp_path / "simple"}
    moved = {str(place): f"/host/{place.name}" for place in places}
    inside = settings.uv_environment(moved)
    assert inside["UV_FIND_LINKS"] == "/host/wheels"
    assert inside["SSL_CERT_FILE"] == "/host/ca.pem"
    assert inside["UV_DEFAULT_INDEX"] == "file:///host/simple"


def test_without_settings_uv_is_left_alone() -> None:
    assert host_settings({"PIP_CONFIG_FILE": "/dev/null"}).uv_environment() == {}


def test_a_held_lock_is_waited_for_and_then_named(tmp_path: Path) -> None:
    with (
        exclusive(tmp_path / "lock"),
        pytest.raises(GradingError, match="lock"),
        exclusive(tmp_path / "lock", timeout_s=0.2),
    ):
        pass
    with exclusive(tmp_path / "lock", timeout_s=0.2):
        pass


OVERRIDES = Overrides(
    override={"torch": "==2.13.0", "torchvision": "==0.28.0", "numpy": "<3"},
    cpu=("torch", "torchvision"),
    exclude={"nvidia-*": "no GPU"},
)


def make_plan(folder: Path, *wheels: str, linux: bool = True) -> Any:
    for wheel in wheels:
        (folder / wheel).touch()
    return plan(OVERRIDES, link_folders=[folder], python="3.11", machine="x86_64", linux=linux)


def test_a_cpu_wheel_at_hand_is_taken_and_its_neighbours_are_left_out(tmp_path: Path) -> None:
    made = make_plan(tmp_path, "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", "notes.txt")
    assert "torch==2.13.0+cpu" in made.lines
    assert "numpy<3" in made.lines
    assert not made.cpu_index
    assert "CUDA" in made.reason("torchvision")
    assert made.reason("nvidia-cublas-cu12") == "no GPU"
    assert made.reason("numpy") == ""


@pytest.mark.parametrize(
    "wheel",
    [
        "torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl",
        "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_aarch64.whl",
        "torch-2.12.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl",
        "torch-2.13.0-cp311-cp311-win_amd64.whl",
    ],
)
def test_a_wheel_for_another_interpreter_machine_or_version_does_not_fit(tmp_path: Path, wheel: str) -> None:
    made = make_plan(tmp_path, wheel)
    assert made.cpu_index
    assert "torch==2.13.0" in made.lines
    assert made.without_cpu_index().reason("torchvision")


def test_the_python_part_will_do_where_a_cpu_build_of_torch_is_at_hand(tmp_path: Path) -> None:
    (tmp_path / "torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl").touch()
    overrides = replace(
        OVERRIDES, python_part={"torchvision": "without operators"}, note={"torch": "offline"}
    )

    def made(*folders: Path, linux: bool = True) -> EnvironmentPlan:
        return plan(overrides, link_folders=folders, python="3.11", machine="x86_64", linux=linux)

    at_hand = made(tmp_path)
    assert (at_hand.reason("torchvision"), at_hand.note["torchvision"]) == ("", "without operators")
    assert "torchvision==0.28.0" in at_hand.lines
    assert made().note == made(tmp_path, linux=False).note == {"torch": "offline"}
    assert made().without_cpu_index().reason("torchvision")


def test_stand_ins_make_another_environment(tmp_path: Path) -> None:
    (tmp_path / "checks/environment").mkdir(parents=True)
    (tmp_path / "checks/environment.toml").write_text('[stand_in]\n"six.py" = "quieter"\n')
    source = tmp_path / "checks/environment/stand_ins.py"
    with pytest.raises(CourseError, match=r"environment\.toml"):
        load_overrides(tmp_path)
    source.write_text("def louder(six):\n    pass\n")
    with pytest.raises(CourseError, match=r"environment\.toml"):
        load_overrides(tmp_path)
    digests = set()
    for body in ("pass", "six.clear()"):
        source.write_text(f"def quieter(six):\n    {body}\n")
        found = load_overrides(tmp_path)
        digests.add(plan(found, link_folders=(), python="3.11", machine="x86_64", linux=True).digest)
    assert len(digests) == 2


def test_elsewhere_the_index_has_cpu_builds(tmp_path: Path) -> None:
    made = make_plan(tmp_path, linux=False)
    assert not made.cpu_index
    assert made.reason("torch") == ""


def test_the_courses_own_overrides_load() -> None:
    found = load_overrides(ROOT)
    assert "torch" in found.override
    assert "torch" in found.cpu


@pytest.mark.parametrize(
    "text",
    [
        "[override",
        '[override]\ntorch = "two"',
        "override = 3",
        '[[source]]\nname = "six"',
        "[cpu]\npackages = 3",
    ],
)
def test_broken_overrides_are_the_courses_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks/environment.toml").write_text(text)
    with pytest.raises(CourseError, match=r"environment\.toml"):
        load_overrides(tmp_path)


def test_a_course_without_overrides_changes_nothing(tmp_path: Path) -> None:
    assert load_overrides(tmp_path) == Overrides()
