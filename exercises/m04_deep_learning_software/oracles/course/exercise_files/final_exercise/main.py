from pathlib import Path

import matplotlib.pyplot as plt
import torch
import typer
from data import corrupt_mnist
from model import DigitClassifier

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")

cli = typer.Typer(help="Classify corrupted digits.")


@cli.command("train")
def fit(learning_rate: float = 0.001, batch: int = 64, num_epochs: int = 10):
    """Train a classifier."""
    train_set, _ = corrupt_mnist()
    batches = torch.utils.data.DataLoader(train_set, batch_size=batch, shuffle=True)
    model = DigitClassifier().to(DEVICE)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate, momentum=0.9)
    nll = torch.nn.NLLLoss()
    curve = []
    for number in range(num_epochs):
        model.train()
        total = 0.0
        for images, labels in batches:
            loss = nll(model(images.to(DEVICE)), labels.to(DEVICE))
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            total += loss.item()
        curve.append(total / len(batches))
        print(f"epoch {number + 1}: loss {curve[-1]:.4f}")
    Path("models").mkdir(exist_ok=True)
    Path("reports/figures").mkdir(parents=True, exist_ok=True)
    torch.save({"model_state_dict": model.state_dict(), "epochs": num_epochs}, "models/checkpoint.pth")
    figure, axes = plt.subplots()
    axes.plot(curve)
    figure.savefig("reports/figures/training_curve.pdf")


@cli.command()
def evaluate(checkpoint: Path = Path("models/checkpoint.pth")):
    """Print how often a classifier is right."""
    state = torch.load(checkpoint, map_location=DEVICE)
    model = DigitClassifier().to(DEVICE)
    model.load_state_dict(state.get("model_state_dict", state))
    model.eval()
    _, test_set = corrupt_mnist()
    right = []
    with torch.inference_mode():
        for images, labels in torch.utils.data.DataLoader(test_set, batch_size=50):
            right.append(model(images.to(DEVICE)).argmax(dim=-1).cpu() == labels)
    print(f"Test accuracy: {100 * torch.cat(right).float().mean():.2f} %")


if __name__ == "__main__":
    cli()
