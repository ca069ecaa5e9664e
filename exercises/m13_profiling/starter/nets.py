"""Two networks to compare: a wide one, and a deep one."""

from torch import nn

INPUTS = 48
WIDE = (512,)
DEEP = (64, 64, 64, 64)


def network(widths: tuple[int, ...]) -> nn.Sequential:
    """Make a network of linear layers of these widths, with ten scores at the end."""
    layers: list[nn.Module] = []
    last = INPUTS
    for width in widths:
        layers += [nn.Linear(last, width), nn.ReLU()]
        last = width
    return nn.Sequential(*layers, nn.Linear(last, 10))


def wide() -> nn.Sequential:
    """Make the wide network."""
    return network(WIDE)


def deep() -> nn.Sequential:
    """Make the deep network."""
    return network(DEEP)
