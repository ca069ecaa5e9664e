import torch.nn.functional as F
from torch import nn


class DigitClassifier(nn.Module):
    def __init__(self, hidden=128, dropout=0.2):
        super().__init__()
        self.hidden = nn.Linear(784, hidden)
        self.norm = nn.BatchNorm1d(hidden)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(hidden, 10)

    def forward(self, x):
        x = x.view(x.shape[0], -1)
        x = self.drop(F.relu(self.norm(self.hidden(x))))
        return F.log_softmax(self.out(x), dim=1)
