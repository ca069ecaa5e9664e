"""Files of a submission: globs, case, encodings, and everything that must not be followed or read."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from grader.repository.faults import SubmissionFault
from grader.repository.submission_view import SubmissionView
from tests.view_sample import view


def test_double_star_is_any_number_of_folders_and_a_single_star_stays_in_one(tmp_path: Path) -> None:
    files = ["a.py", "src/b.py", "src/p/c.py", "src/p/data.txt", ".github/workflows/x.yml"]
    submission = view(tmp_path, dict.fromkeys(files, "x"))
    assert submission.files("*.py") == ["a.py"]
    assert submission.files("**/*.py") == ["a.py", "src/b.py", "src/p/c.py"]
    assert submission.files("src/**") == ["src/b.py", "src/p/c.py", "src/p/data.txt"]
    assert submission.files("src/**/*.py") == ["src/b.py", "src/p/c.py"]
    assert submission.files("*/[bx].py", "**/*.y?l") == [".github/workflows/x.yml", "src/b.py"]
    assert submission.files("**/[!ab].py") == ["src/p/c.py"]
    assert submission.files() == sorted(files)


def test_vendored_and_generated_folders_are_left_out_unless_named(tmp_path: Path) -> None:
    files = [
        ".venv/lib/x.py",
        "outputs/run/log.txt",
        "src/old/m.py",
        ".dvc/cache/ab",
        ".dvc/config",
        "main.py",
    ]
    submission = view(tmp_path, dict.fromkeys(files, ""))
    assert submission.files() == [".dvc/config", "main.py"]
    assert submission.files("outputs/**") == ["outputs/run/log.txt"]
    assert set(submission.all_files) == set(files)


def test_an_exact_name_wins_over_one_that_differs_in_case(tmp_path: Path) -> None:
    both = view(tmp_path / "both", {"README.md": "exact", "readme.md": "other"})
    assert both.text("README.md") == "exact"
    assert both.files("README.md") == ["README.md"]
    assert both.case_variants("README.md") == ["readme.md"]
    assert not both.exists("README")
    one = view(tmp_path / "one", {"readme.MD": "only"})
    assert one.exists("README.md")
    assert one.text("README.md") == "only"
    assert one.files("README.md") == ["readme.MD"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb", "a\nb"),
        ("æøå".encode("utf-16"), "æøå"),
        (b"\xfe\xff" + "æ".encode("utf-16-be"), "æ"),
        ("blåbær".encode("cp1252"), "blåbær"),
        (b"a\rb", "a\nb"),
    ],
)
def test_text_is_read_by_its_mark_then_utf8_then_windows(tmp_path: Path, data: bytes, text: str) -> None:
    assert view(tmp_path, {"f.txt": data}).text("f.txt") == text


def test_nul_bytes_missing_and_large_files_are_faults_with_a_place(tmp_path: Path) -> None:
    submission = view(tmp_path, {"nul.txt": b"one\ntwo\0", "big.txt": b"x" * 2_100_000})
    with pytest.raises(SubmissionFault, match="NUL bytes") as fault:
        submission.text("nul.txt")
    assert [str(seen) for seen in fault.value.evidence] == ["nul.txt:2"]
    with pytest.raises(SubmissionFault, match="too large"):
        submission.text("big.txt")
    with pytest.raises(SubmissionFault, match="missing"):
        submission.text("nowhere.txt")
    with pytest.raises(SubmissionFault, match="not text"):
        view(tmp_path, {"b.txt": b"\x81\x8d\xff"}).text("b.txt")


def test_links_fifos_and_sockets_are_neither_listed_nor_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    root = tmp_path / "root"
    (root / "real").mkdir(parents=True)
    (root / "real" / "f.txt").write_text("fine")
    os.symlink(secret, root / "link.txt")
    os.symlink(tmp_path, root / "folder")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(root)
        server.bind("sock")
        assert SubmissionView(root, {}).files() == ["real/f.txt"]
    # The engine's list is not believed either.
    names = dict.fromkeys(("link.txt", "folder/secret", "pipe", "../secret", "/etc/passwd"), "0" * 40)
    listed = SubmissionView(root, {"blobs": names})
    for path in names:
        with pytest.raises(SubmissionFault):
            listed.bytes(path)


def test_a_sparse_file_and_too_many_files_are_bounded(tmp_path: Path) -> None:
    with (tmp_path / "sparse.txt").open("wb") as file:
        file.truncate(10 * 2**30)
    with pytest.raises(SubmissionFault, match="too large"):
        SubmissionView(tmp_path, {}).bytes("sparse.txt")
    deep = tmp_path / "/".join(["d"] * 80)
    deep.mkdir(parents=True)
    (deep / "f").write_text("x")
    assert SubmissionView(tmp_path, {}).files() == ["sparse.txt"]


def test_odd_file_names_can_be_read_and_do_not_break_evidence(tmp_path: Path) -> None:
    name = "-a\nb\t\u202ec.py"
    submission = view(tmp_path, {name: "x = 1\n"})
    assert submission.files("**/*.py") == [name]
    seen = str(submission.python(name).evidence(1))
    assert "\n" not in seen
    assert "\u202e" not in seen


def test_what_was_left_out_says_why(tmp_path: Path) -> None:
    skipped = [{"path": "model.pt", "reason": "larger than 32 MiB"}]
    with pytest.raises(SubmissionFault, match="larger than 32 MiB"):
        SubmissionView(tmp_path, {"skipped": skipped}).bytes("model.pt")


def test_blob_ids_and_template_files(tmp_path: Path) -> None:
    submission = view(
        tmp_path,
        {"a.txt": "hello\n", "empty.py": "", "own.py": "x = 1\n"},
        template_blobs=["ce013625030ba8dba906f756967f9e9ca394464a"],
    )
    assert submission.blob("a.txt") == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert submission.is_template("a.txt")
    assert submission.is_template("empty.py")
    assert not submission.is_template("own.py")


def test_a_folder_exists_where_it_holds_a_file(tmp_path: Path) -> None:
    submission = view(tmp_path, {"tests/unit/test_a.py": ""})
    assert submission.exists("tests/unit/")
    assert submission.exists("tests")
    assert not submission.exists("test")


def test_long_lines_are_cut_for_checks(tmp_path: Path) -> None:
    assert [len(line) for line in view(tmp_path, {"f": "x" * 50_000 + "\nab\n"}).lines("f")] == [10_000, 2]
