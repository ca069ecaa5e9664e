import torch


def corrupt_mnist():
    images = torch.cat([torch.load(f"data/corruptmnist/train_images_{i}.pt") for i in range(6)])
    target = torch.cat([torch.load(f"data/corruptmnist/train_target_{i}.pt") for i in range(6)])
    test = torch.load("data/corruptmnist/test_images.pt"), torch.load("data/corruptmnist/test_target.pt")
    return (
        torch.utils.data.TensorDataset(images.unsqueeze(1).float(), target.long()),
        torch.utils.data.TensorDataset(test[0].unsqueeze(1).float(), test[1].long()),
    )
