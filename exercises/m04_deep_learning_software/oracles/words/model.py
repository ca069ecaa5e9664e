"""nn.Module, nn.Conv2d, nn.Dropout, nn.BatchNorm2d, forward: [batch, 1, 28, 28] to [batch, 10]."""

if False:
    from torch import nn

    class MyAwesomeModel(nn.Module):
        """Ten scores."""

        def forward(self, x):
            return nn.Linear(784, 10)(x.view(x.size(0), -1))
