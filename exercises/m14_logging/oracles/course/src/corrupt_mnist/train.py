import torch
import typer
import wandb
from data import corrupt_mnist
from torch import nn


def train(lr: float = 0.001, batch_size: int = 32, epochs: int = 5) -> None:
    run = wandb.init(project="corrupt_mnist", config={"lr": lr, "batch_size": batch_size, "epochs": epochs})
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    train_set, _ = corrupt_mnist()
    loader = torch.utils.data.DataLoader(train_set, batch_size=batch_size, shuffle=True)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        model.train()
        preds, targets = [], []
        for i, (img, target) in enumerate(loader):
            optimizer.zero_grad()
            y_pred = model(img)
            loss = loss_fn(y_pred, target)
            loss.backward()
            optimizer.step()
            accuracy = (y_pred.argmax(dim=1) == target).float().mean().item()
            wandb.log({"train_loss": loss.item(), "train_accuracy": accuracy})
            preds.append(y_pred.detach())
            targets.append(target)
            if i % 100 == 0:
                print(f"Epoch {epoch}, iter {i}, loss: {loss.item()}")
                wandb.log({"images": wandb.Image(img[:5].squeeze(1), caption="Input images")})
                wandb.log({"gradients": wandb.Histogram([p.grad.norm().item() for p in model.parameters()])})
        wandb.log({"mean_probability": float(torch.cat(preds).softmax(1).max(1).values.mean())})
    torch.save(model.state_dict(), "model.pth")
    artifact = wandb.Artifact(name="corrupt_mnist_model", type="model", metadata={"accuracy": accuracy})
    artifact.add_file("model.pth")
    run.log_artifact(artifact)


if __name__ == "__main__":
    typer.run(train)
