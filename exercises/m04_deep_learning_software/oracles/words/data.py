"""train_images_0.pt, train_target_0.pt, test_images.pt, test_target.pt of data/corruptmnist."""

if False:
    import torch
    from torch.utils.data import TensorDataset

    def corrupt_mnist():
        """Two data sets."""
        images, target = torch.load("data/corruptmnist/test_images.pt"), torch.load("data/corruptmnist/test_target.pt")
        return TensorDataset(images, target.long()), TensorDataset(images, target.long())
