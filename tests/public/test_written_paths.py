"""Paths that are written in another way: `.`, `./x`, a slash at the end, Windows' slashes, other capitals."""

from pathlib import Path

import pytest

from grader.testing import run_check
from tests.places import CHECKS
from tests.view_sample import view

TEXT = "# Title\n\n" + "This page tells how the project is set up and used by people. " * 40


def built(config: str, page: str = "docs/index.md", path: str = "mkdocs.yml") -> str:
    files = {path: f"site_name: P\n{config}\n", page: TEXT}
    return run_check(CHECKS / "m32_documentation", "a_site_can_be_built", files, profile="project").verdict


@pytest.mark.parametrize(
    ("config", "page", "path", "expected"),
    [
        # P64 (SkafteNicki/dtu_mlops): the pages lie beside the configuration, which takes a plugin.
        ("docs_dir: .\nplugins: [same-dir]", "index.md", "mkdocs.yml", "passed"),
        ("docs_dir: ./\nplugins:\n  - search\n  - same-dir:", "guide/use.md", "mkdocs.yml", "passed"),
        ("docs_dir: .\nplugins: {same-dir: {}}", "docs/index.md", "docs/mkdocs.yml", "passed"),
        ("docs_dir: ..\nplugins: [same-dir]", "index.md", "docs/mkdocs.yml", "passed"),
        ("docs_dir: ./docs/source/", "docs/source/index.md", "mkdocs.yml", "passed"),
        ("docs_dir: source/", "docs/source/index.md", "docs/mkdocs.yaml", "passed"),
        ("docs_dir: ../pages", "pages/index.md", "docs/mkdocs.yaml", "passed"),
        ("docs_dir: !ENV [DOCS, 'docs']", "docs/index.md", "mkdocs.yml", "passed"),
        # mkdocs/mkdocs#2009, #1276, oprypin/mkdocs-same-dir: without the plugin MkDocs refuses.
        ("docs_dir: .", "index.md", "mkdocs.yml", "failed"),
        ("docs_dir: .\nplugins: [search]", "index.md", "mkdocs.yml", "failed"),
        ("docs_dir: ..", "index.md", "docs/mkdocs.yml", "failed"),
        ("docs_dir: ./pages/", "docs/index.md", "mkdocs.yml", "failed"),
        ("docs_dir: .\nplugins: [same-dir]", "index.txt", "mkdocs.yml", "failed"),
        # Read so on one system alone.
        ("docs_dir: docs\\source", "docs/source/index.md", "mkdocs.yml", "partial"),
        ("docs_dir: Docs", "docs/index.md", "mkdocs.yml", "partial"),
    ],
)
def test_where_pages_lie(config: str, page: str, path: str, expected: str) -> None:
    assert built(config, page, path) == expected


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("./src/p/train.py", True),
        ("src//p/train.py", True),
        ("src/./p/train.py", True),
        ("src/p/../p/train.py", True),
        ("src\\p\\train.py", True),
        (".\\src\\p\\train.py", True),
        ("SRC/P/Train.py", True),
        ("src/p/", True),
        ("./src/p/", True),
        ("src\\p", True),
        (".", True),
        ("../src/p/train.py", False),
        ("src/p/train.py/", False),
        ("src/q/../train.py", False),
        ("/src/p/train.py", False),
        ("src\\q", False),
        ("", False),
    ],
)
def test_a_path_is_found_however_it_is_written(written: str, there: bool, tmp_path: Path) -> None:
    submission = view(tmp_path, {"src/p/train.py": "x = 1\n", "README.md": "# P\n"})
    assert submission.exists(written) is there


def test_a_name_with_a_backslash_is_itself_first(tmp_path: Path) -> None:
    submission = view(tmp_path, {"a\\b.txt": "one\n", "a/b.txt": "two\n"})
    assert (submission.text("a\\b.txt"), submission.text("a/b.txt")) == ("one\n", "two\n")


@pytest.mark.parametrize(
    ("opened", "read"),
    [
        ('"conf\\\\a.yaml"', True),
        ('r"conf\\a.yaml"', True),
        ('r".\\conf\\a.yaml"', True),
        ('"./conf/a.yaml"', True),
        ('r"..\\conf\\a.yaml"', True),
        ('r"conf\\b.yaml"', False),
        ('r"other\\a.yaml"', False),
    ],
)
def test_a_configuration_is_read_by_any_spelling(opened: str, read: bool, tmp_path: Path) -> None:
    code = f"import yaml\ncfg = yaml.safe_load(open({opened}))\n"
    submission = view(tmp_path, {"conf/a.yaml": "lr: 0.1\nbatch_size: 3\n", "train.py": code})
    (config,) = submission.configs()
    assert (submission.reads(config) is not None) is read


@pytest.mark.parametrize("folder", ["conf", "./conf", "conf/", "./conf/", "../p/conf"])
def test_hydra_finds_its_folder(folder: str) -> None:
    files = {
        "p/train.py": f"import hydra\n@hydra.main(config_path='{folder}', config_name='c.yaml')\ndef main(cfg):\n    pass\n",
        "p/conf/c.yaml": "lr: 0.1\nbatch_size: 3\n",
    }
    suite = CHECKS / "m11_config_files"
    for check in ("experiments_are_configured_in_files", "configurations_are_there"):
        assert run_check(suite, check, files, profile="project").verdict == "passed"
    files["p/conf/d.yaml"] = files.pop("p/conf/c.yaml")
    assert run_check(suite, "configurations_are_there", files, profile="project").verdict == "failed"
