"""A recipe as one would write it in PyTorch: a plain loop over shuffled batches.

usage: python benchmarks/torch_script.py RECIPE EPOCHS

Prints one JSON line, like `document_script.py`. Needs torch.
"""

import time

START = time.perf_counter()

import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

from tenfold.data import load_mnist  # noqa: E402


def mlp(*units: int) -> Any:
    layers = []
    for inward, outward in zip((784, *units), units, strict=False):
        layers += [nn.Linear(inward, outward), nn.ReLU()]
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(units[-1], 10))


def conv(inward: int, outward: int, padding: int = 0) -> list[Any]:
    return [nn.Conv2d(inward, outward, 3, padding=padding), nn.ReLU()]


def cnn(*body: Any, features: int, units: int) -> Any:
    head = [nn.Flatten(), nn.Linear(features, units), nn.ReLU(), nn.Linear(units, 10)]
    return nn.Sequential(*body, *head)


def pool() -> Any:
    return nn.MaxPool2d(2)


# Network, optimizer and batch size.
RECIPES: dict[str, tuple[Callable[[], Any], Callable[..., Any], int]] = {
    "mlp-128-64": (lambda: mlp(128, 64), torch.optim.Adam, 32),
    "mlp-128-64-sparse": (lambda: mlp(128, 64), torch.optim.Adam, 32),
    "mlp-512": (lambda: mlp(512), torch.optim.Adam, 128),
    "cnn-32": (lambda: cnn(*conv(1, 32), pool(), features=32 * 13**2, units=128), torch.optim.Adam, 32),
    "cnn-32-64-64": (
        lambda: cnn(*conv(1, 32), pool(), *conv(32, 64), pool(), *conv(64, 64), features=64 * 3**2, units=64),
        torch.optim.RMSprop,
        64,
    ),
    "cnn-same-32-64-64": (
        lambda: cnn(
            *conv(1, 32, 1), pool(), *conv(32, 64), pool(), *conv(64, 64), features=64 * 4**2, units=64
        ),
        torch.optim.Adam,
        128,
    ),
    "cnn-32-64-nopool": (
        lambda: cnn(*conv(1, 32), *conv(32, 64), features=64 * 24**2, units=128),
        torch.optim.Adam,
        128,
    ),
}


def main(recipe: str, epochs: int) -> None:
    build, optimizer_class, batch_size = RECIPES[recipe]
    data = load_mnist()
    x_train, x_test = (torch.from_numpy(x)[:, None].float() / 255 for x in (data.x_train, data.x_test))
    y_train, y_test = torch.from_numpy(data.y_train), torch.from_numpy(data.y_test)
    network = build()
    optimizer = optimizer_class(network.parameters(), lr=0.001)
    seconds = []
    for _ in range(epochs):
        begun = time.perf_counter()
        for batch in torch.randperm(len(x_train)).split(batch_size):
            optimizer.zero_grad()
            functional.cross_entropy(network(x_train[batch]), y_train[batch]).backward()
            optimizer.step()
        seconds.append(time.perf_counter() - begun)
    with torch.no_grad():
        right = sum(
            int((network(x).argmax(1) == y).sum())
            for x, y in zip(x_test.split(1000), y_test.split(1000), strict=True)
        )
    print(
        json.dumps(
            {
                "epoch_seconds": seconds,
                "seconds": time.perf_counter() - START,
                "test_accuracy": right / len(y_test),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
