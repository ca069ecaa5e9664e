"""The course's script, repaired: a VAE of MNIST that trains as soon as it is imported."""

import torch
import torch.nn as nn
import torchvision.transforms as transforms
from torch.optim import Adam
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
from torchvision.utils import save_image

dataset_path = "datasets"
cuda = torch.cuda.is_available()
DEVICE = torch.device("cuda" if cuda else "cpu")
batch_size = 100
x_dim, hidden_dim, latent_dim = 784, 400, 20
lr = 1e-3
epochs = 3

to_tensor = transforms.Compose([transforms.ToTensor()])
train_set = MNIST(dataset_path, transform=to_tensor, train=True, download=True)
test_set = MNIST(dataset_path, transform=to_tensor, train=False, download=True)
train_loader = DataLoader(dataset=train_set, batch_size=batch_size, shuffle=True)
test_loader = DataLoader(dataset=test_set, batch_size=batch_size, shuffle=False)


class Encoder(nn.Module):
    def __init__(self, input_dim, hidden_dim, latent_dim):
        super().__init__()
        self.FC_input = nn.Linear(input_dim, hidden_dim)
        self.FC_mean = nn.Linear(hidden_dim, latent_dim)
        self.FC_var = nn.Linear(hidden_dim, latent_dim)
        self.training = True

    def forward(self, x):
        h = torch.relu(self.FC_input(x))
        mean, log_var = self.FC_mean(h), self.FC_var(h)
        std = torch.exp(log_var / 2)
        return self.reparameterization(mean, std), mean, log_var

    def reparameterization(self, mean, std):
        epsilon = torch.randn(*std.shape).to(DEVICE)
        return mean + std * epsilon


class Decoder(nn.Module):
    def __init__(self, latent_dim, hidden_dim, output_dim):
        super().__init__()
        self.FC_hidden = nn.Linear(latent_dim, hidden_dim)
        self.FC_output = nn.Linear(hidden_dim, output_dim)

    def forward(self, x):
        return torch.sigmoid(self.FC_output(torch.relu(self.FC_hidden(x))))


class Model(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, x):
        z, mean, log_var = self.encoder(x)
        return self.decoder(z), mean, log_var


encoder = Encoder(input_dim=x_dim, hidden_dim=hidden_dim, latent_dim=latent_dim)
decoder = Decoder(latent_dim=latent_dim, hidden_dim=hidden_dim, output_dim=x_dim)
model = Model(encoder, decoder).to(DEVICE)


def loss_function(x, x_hat, mean, log_var):
    reproduction = nn.functional.binary_cross_entropy(x_hat, x, reduction="sum")
    divergence = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
    return reproduction + divergence


optimizer = Adam(model.parameters(), lr=lr)

model.train()
for epoch in range(epochs):
    overall = 0.0
    for x, _ in train_loader:
        x = x.view(batch_size, x_dim).to(DEVICE)
        optimizer.zero_grad()
        x_hat, mean, log_var = model(x)
        loss = loss_function(x, x_hat, mean, log_var)
        overall += loss.item()
        loss.backward()
        optimizer.step()
    print("epoch", epoch + 1, "average loss", overall / len(train_set))

model.eval()
with torch.no_grad():
    x, _ = next(iter(test_loader))
    x = x.view(batch_size, x_dim).to(DEVICE)
    x_hat, _, _ = model(x)
    save_image(x.view(batch_size, 1, 28, 28), "orig_data.png")
    save_image(x_hat.view(batch_size, 1, 28, 28), "reconstructions.png")
    noise = torch.randn(batch_size, latent_dim).to(DEVICE)
    save_image(decoder(noise).view(batch_size, 1, 28, 28), "generated_sample.png")
