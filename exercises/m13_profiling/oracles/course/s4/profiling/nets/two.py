from torch import nn

INPUTS = 48
WIDE = (512,)
DEEP = (64, 64, 64, 64)


def network(widths):
    layers, last = [], INPUTS
    for width in widths:
        layers += [nn.Linear(last, width), nn.ReLU()]
        last = width
    return nn.Sequential(*layers, nn.Linear(last, 10))
