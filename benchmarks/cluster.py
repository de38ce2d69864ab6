"""Ray's overhead in a study: 16 short runs as local processes, and as tasks of a cluster on this machine.

usage: python benchmarks/cluster.py [--seeds S] [--rounds R]

Trains S seeds, eight by default, of mlp-128-64 and cnn-32 for one epoch on both engines in turn, each as a
whole process, including the cluster's start and end. Prints the ratio Ray / local and saves it in
benchmarks/results/.
"""

import tempfile
import time
from pathlib import Path
from typing import Literal

from measuring import in_new_process, keep, parser, summarize


def train_all(folder: str, engine: Literal["local", "ray"], seeds: str) -> None:
    from tenfold.engines import open_engine
    from tenfold.studies import run_study

    recipes = ["mlp-128-64", "cnn-32"]
    run_study(recipes, folder=folder, seeds=int(seeds), epochs=1, as_written=True, engine=open_engine(engine))


def measure(engine: Literal["local", "ray"], seeds: int) -> tuple[float, dict[str, bytes]]:
    """The study's time in seconds, and its weights by run."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        in_new_process(train_all, folder, engine, str(seeds))
        took = time.perf_counter() - start
        return took, {path.parent.name: path.read_bytes() for path in Path(folder).glob("*/weights.npz")}


def main() -> None:
    arguments = parser(__doc__, seeds=8, rounds=3).parse_args()
    runs = 2 * arguments.seeds
    ratios, local_seconds = [], []
    for _ in range(arguments.rounds):
        (local, weights), (ray, weights_on_ray) = (measure(way, arguments.seeds) for way in ("local", "ray"))
        if len(weights) != runs or weights != weights_on_ray:
            raise SystemExit("the engines' weights differ")
        ratios.append(ray / local)
        local_seconds.append(local)
        print(f"{local:.1f} s on this machine's processes, {ray:.1f} s on Ray: {ratios[-1]:.2f}", flush=True)
    keep(
        "cluster",
        {"runs": runs, "ray_over_local": summarize(ratios), "local_seconds": summarize(local_seconds)},
    )


if __name__ == "__main__":
    main()
