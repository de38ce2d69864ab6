"""How time and memory grow with the number of training images, and with the number of seeds.

usage: python benchmarks/growth.py [--recipe RECIPE] [--rounds R]

Trains two epochs on MNIST's training images once, twice, four and eight times over, each in a process of its
own with all cores, and prints the seconds of the second epoch and the process's peak of memory. Then studies
of 1, 2, 4, 8 and 16 seeds, of the recipe's own epochs, and prints the seconds in all and the peak of the
largest process. Results are kept in benchmarks/results/.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import tenfold
from ratios import describe, keep
from tenfold.training.run import Run

TIMES = (1, 2, 4, 8)
SEEDS = (1, 2, 4, 8, 16)


def train_on(recipe: str, times: int, folder: str) -> None:
    """What one process does: train on the images so many times over."""
    data = tenfold.load_mnist()
    many = replace(data, x_train=np.tile(data.x_train, (times, 1, 1)), y_train=np.tile(data.y_train, times))
    tenfold.train(recipe, many, epochs=2, out=folder)


def run(command: list[str]) -> tuple[float, int]:
    """Seconds and, in bytes, the largest resident memory of `command` or a process that it started."""
    script = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, capture_output=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    output = subprocess.run([sys.executable, "-c", script, *command], check=True, capture_output=True)
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, unit * int(output.stdout)


def grow(ways: dict[int, list[str]], rounds: int, of_epoch: bool) -> dict[str, Any]:
    seconds: dict[int, list[float]] = {size: [] for size in ways}
    megabytes: dict[int, list[float]] = {size: [] for size in ways}
    for number in range(rounds):
        for size, command in ways.items():
            with tempfile.TemporaryDirectory() as folder:
                took, peak_bytes = run([*command, folder])
                if of_epoch:
                    took = Run(Path(folder)).history[-1]["seconds"]
            seconds[size].append(took)
            megabytes[size].append(peak_bytes / 1e6)
            print(f"round {number + 1}: {size} times, {took:.1f} s, {peak_bytes / 1e6:.0f} MB", flush=True)
    return {
        str(size): {"seconds": describe(seconds[size]), "megabytes": describe(megabytes[size])}
        for size in ways
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--recipe", default="fast")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--train-on", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.train_on:
        times, folder = arguments.train_on
        train_on(arguments.recipe, int(times), folder)
        return
    recipe, rounds = arguments.recipe, arguments.rounds
    here = [sys.executable, __file__, "--recipe", recipe, "--train-on"]
    study = [sys.executable, "-m", "tenfold", "study", recipe, "--as-written"]
    results = {
        "recipe": recipe,
        "images_times": grow({times: [*here, str(times)] for times in TIMES}, rounds, of_epoch=True),
        "seeds": grow({n: [*study, "--seeds", str(n), "--out"] for n in SEEDS}, rounds, of_epoch=False),
    }
    keep("growth", results)


if __name__ == "__main__":
    main()
