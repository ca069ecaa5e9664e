"""A very small torch, made of numpy: tensors that know their device and their gradient, layers, an optimizer, pictures.

There are no bugs in this file. What has a name here has the same name in torch, and does the same.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

_generator = np.random.default_rng()


def manual_seed(seed: int) -> None:
    """Make all random numbers from now on follow from `seed`."""
    global _generator
    _generator = np.random.default_rng(seed)


class Tensor:
    """An array on a device: `cpu`, or whatever name an accelerator has. Two devices never mix.

    A name other than `cpu` is a make-believe accelerator: it computes the same, and is as strict as a real one.
    """

    def __init__(self, data: np.ndarray, device: str = "cpu", made_of: tuple["Tensor", ...] = ()) -> None:
        self.data = np.asarray(data, dtype=np.float32)
        self.device = str(device)
        self.grad: np.ndarray | None = None
        self._made_of = made_of
        self._pass_on: Callable[[np.ndarray], tuple[np.ndarray, ...]] | None = None

    def __repr__(self) -> str:
        return f"tensor({self.data}, device={self.device!r})"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, rows: slice) -> "Tensor":
        return Tensor(self.data[rows], self.device)

    def to(self, device: str) -> "Tensor":
        """The same numbers on another device."""
        return Tensor(self.data, device)

    def item(self) -> float:
        return float(self.data)

    def detach(self) -> "Tensor":
        """The same numbers, without the memory of what they were made of."""
        return Tensor(self.data, self.device)

    # Arithmetic: each operation knows how a gradient of its result becomes gradients of what it was made of.

    def _result(self, data: np.ndarray, others: tuple["Tensor", ...], pass_on: Callable) -> "Tensor":
        for other in others:
            if other.device != self.device:
                raise RuntimeError(
                    f"Expected all tensors to be on the same device, but found at least two: {self.device} and {other.device}."
                )
        made = Tensor(data, self.device, (self, *others))
        made._pass_on = pass_on
        return made

    def _other(self, value: "Tensor | float") -> "Tensor":
        return value if isinstance(value, Tensor) else Tensor(np.float32(value), self.device)

    def __add__(self, value: "Tensor | float") -> "Tensor":
        other = self._other(value)
        return self._result(self.data + other.data, (other,), lambda g: (g, g))

    def __mul__(self, value: "Tensor | float") -> "Tensor":
        other = self._other(value)
        return self._result(self.data * other.data, (other,), lambda g: (g * other.data, g * self.data))

    def __matmul__(self, other: "Tensor") -> "Tensor":
        if self.shape[-1] != other.shape[0]:
            raise RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({list(self.shape)} and {list(other.shape)})"
            )
        return self._result(self.data @ other.data, (other,), lambda g: (g @ other.data.T, self.data.T @ g))

    def __neg__(self) -> "Tensor":
        return self * -1.0

    def __sub__(self, value: "Tensor | float") -> "Tensor":
        return self + self._other(value) * -1.0

    def __rsub__(self, value: float) -> "Tensor":
        return self._other(value) - self

    def __truediv__(self, value: float) -> "Tensor":
        return self * (1.0 / value)

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> "Tensor":
        data = np.exp(self.data)
        return self._result(data, (), lambda g: (g * data,))

    def log(self) -> "Tensor":
        safe = np.maximum(self.data, 1e-7)
        return self._result(np.log(safe), (), lambda g: (g / safe,))

    def sum(self) -> "Tensor":
        return self._result(self.data.sum(), (), lambda g: (np.broadcast_to(g, self.shape),))

    def backward(self) -> None:
        """Add to the gradient of each tensor that this number was made of what it contributes."""
        order: list[Tensor] = []
        seen: set[int] = set()

        def visit(one: Tensor) -> None:
            if id(one) not in seen:
                seen.add(id(one))
                for other in one._made_of:
                    visit(other)
                order.append(one)

        visit(self)
        gradients = {id(self): np.ones_like(self.data)}
        for one in reversed(order):
            gradient = gradients[id(one)]
            if one._pass_on is None:
                one.grad = gradient if one.grad is None else one.grad + gradient
                continue
            for other, share in zip(one._made_of, one._pass_on(gradient), strict=True):
                gradients[id(other)] = gradients.get(id(other), 0) + _fitting(share, other.shape)


def _fitting(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum a gradient over what was repeated to fit."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, size in enumerate(shape):
        if size == 1 and gradient.shape[axis] != 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def tensor(data: object, device: str = "cpu") -> Tensor:
    return Tensor(np.array(data), device)


def randn(*shape: int, device: str = "cpu") -> Tensor:
    """Normal noise of mean 0 and standard deviation 1."""
    return Tensor(_generator.standard_normal(shape), device)


def randn_like(other: Tensor) -> Tensor:
    """Normal noise of the shape of another tensor, on its device."""
    return randn(*other.shape, device=other.device)


def relu(x: Tensor) -> Tensor:
    return x._result(np.maximum(x.data, 0), (), lambda g: (g * (x.data > 0),))


def sigmoid(x: Tensor) -> Tensor:
    data = 1 / (1 + np.exp(-np.clip(x.data, -30, 30)))
    return x._result(data, (), lambda g: (g * data * (1 - data),))


class Module:
    """What has parameters, its own and those of the modules that are its attributes."""

    def __call__(self, *inputs: Tensor) -> object:
        return self.forward(*inputs)

    def forward(self, *inputs: Tensor) -> object:
        raise NotImplementedError

    def modules(self) -> Iterator["Module"]:
        yield self
        for value in vars(self).values():
            if isinstance(value, Module):
                yield from value.modules()

    def parameters(self) -> list[Tensor]:
        return [one for module in self.modules() for one in vars(module).values() if isinstance(one, Tensor)]

    def to(self, device: str) -> "Module":
        for one in self.parameters():
            one.device = str(device)
        return self


class Linear(Module):
    """A layer: `inputs` numbers in, `outputs` numbers out."""

    def __init__(self, inputs: int, outputs: int) -> None:
        bound = inputs**-0.5
        self.weight = Tensor(_generator.uniform(-bound, bound, (inputs, outputs)))
        self.bias = Tensor(_generator.uniform(-bound, bound, outputs))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight + self.bias


class Adam:
    """The optimizer: `step` moves each parameter against its gradient."""

    def __init__(self, parameters: list[Tensor], lr: float = 1e-3) -> None:
        self.parameters, self.lr, self.steps = parameters, lr, 0
        self.means = [(np.zeros_like(one.data), np.zeros_like(one.data)) for one in parameters]

    def zero_grad(self) -> None:
        """Forget all gradients. Until then, each `backward` adds to them."""
        for one in self.parameters:
            one.grad = None

    def step(self) -> None:
        self.steps += 1
        for number, one in enumerate(self.parameters):
            if one.grad is not None:
                first, second = self.means[number]
                first = 0.9 * first + 0.1 * one.grad
                second = 0.999 * second + 0.001 * one.grad**2
                self.means[number] = first, second
                step = first / (1 - 0.9**self.steps)
                size = np.sqrt(second / (1 - 0.999**self.steps)) + 1e-8
                one.data = one.data - self.lr * step / size


def save_image(images: Tensor, path: str, columns: int = 8) -> None:
    """Write square images, one a row of the tensor with values from 0 to 1, as one PNG picture."""
    count, pixels = images.shape
    side, rows = round(pixels**0.5), -(-count // columns)
    grid = np.zeros((rows * (side + 1), columns * (side + 1)), dtype=np.uint8)
    for number, image in enumerate(np.round(images.data * 255).clip(0, 255).astype(np.uint8)):
        top, left = (side + 1) * (number // columns), (side + 1) * (number % columns)
        grid[top : top + side, left : left + side] = image.reshape(side, side)
    head = struct.pack(">IIBBBBB", grid.shape[1], grid.shape[0], 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in grid))
    chunks = [(b"IHDR", head), (b"IDAT", body), (b"IEND", b"")]
    written = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    Path(path).write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(written))
