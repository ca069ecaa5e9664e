from mlops.data import MnistDataset


def test_accuracy(model):
    data = MnistDataset(train=False)
    wrong = (model(data.images) != data.target).mean()
    assert wrong < 0.25
