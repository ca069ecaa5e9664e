from pathlib import Path

import numpy as np

from digits.data import load_digits, normalize, preprocess, read_raw


def write_table(path: Path, rows: list[list[int]]) -> None:
    lines = [",".join(map(str, row)) for row in rows]
    path.write_text("\n".join(["digit,p0,p1,p2", *lines]), encoding="utf-8")


def test_raw_tables_are_joined_in_order(tmp_path):
    write_table(tmp_path / "a.csv", [[3, 10, 20, 30], [1, 0, 0, 255]])
    write_table(tmp_path / "b.csv", [[4, 1, 2, 3]])
    images, labels = read_raw([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert labels.tolist() == [3, 1, 4]
    assert images.tolist() == [[10, 20, 30], [0, 0, 255], [1, 2, 3]]


def test_normalized_pictures_have_mean_0_and_deviation_1():
    images = np.array([[0.0, 100.0], [50.0, 250.0]])
    found = normalize(images, images)
    assert np.isclose(found.mean(), 0)
    assert np.isclose(found.std(), 1)


def test_what_is_written_is_what_is_loaded(tmp_path):
    for number in range(2):
        write_table(tmp_path / f"train_{number}.csv", [[number, 0, 100, 200]])
    write_table(tmp_path / "test.csv", [[2, 9, 9, 9]])
    preprocess(tmp_path, tmp_path / "made")
    images, labels = load_digits(tmp_path / "made", "train")
    assert images.shape == (2, 3)
    assert labels.tolist() == [0, 1]
