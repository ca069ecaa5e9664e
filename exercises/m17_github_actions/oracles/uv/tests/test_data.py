from mlops_project.data import Digits


def test_digits():
    dataset = Digits(20)
    assert len(dataset) == 20
    for index in range(20):
        picture, label = dataset[index]
        assert len(picture) == 16
        assert label in range(10)
