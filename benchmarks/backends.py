"""Keras' backends beside each other: a document's script on TensorFlow, JAX and PyTorch, on CPUs.

usage: python benchmarks/backends.py [--epochs E] [--images N] [--rounds R] [RECIPE ...]

Needs the packages jax and torch beside tenfold's own. The first epoch, which compiles, is left out. Prints
the median time per epoch of each backend as a multiple of TensorFlow's in the same round, and keeps it in
benchmarks/results/.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from ratios import describe, keep

HERE = Path(__file__).parent
BACKENDS = ("tensorflow", "jax", "torch")


def epoch_seconds(recipe: str, epochs: int, images: int, backend: str) -> float:
    command = [sys.executable, str(HERE / "document_script.py"), recipe, str(epochs), str(images)]
    environment = {**os.environ, "KERAS_BACKEND": backend}
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    told: dict[str, list[float]] = json.loads(output.splitlines()[-1])
    return statistics.median(told["epoch_seconds"][1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=["mlp-128-64", "cnn-same-32-64-64"])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--images", type=int, default=60_000, help="to train on")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    slower: dict[str, dict[str, list[float]]] = {
        recipe: {backend: [] for backend in BACKENDS[1:]} for recipe in arguments.recipes
    }
    for number in range(arguments.rounds):
        for recipe, ratios in slower.items():
            seconds = {
                backend: epoch_seconds(recipe, arguments.epochs, arguments.images, backend)
                for backend in BACKENDS
            }
            print(f"round {number + 1} {recipe} seconds per epoch: {seconds}", flush=True)
            for backend in ratios:
                ratios[backend].append(seconds[backend] / seconds["tensorflow"])
    keep(
        "backends",
        {
            recipe: {backend: describe(of) for backend, of in ratios.items()}
            for recipe, ratios in slower.items()
        },
    )


if __name__ == "__main__":
    main()
