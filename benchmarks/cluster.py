"""What Ray costs a study: 16 short runs on this machine's processes, and as tasks of a cluster on it.

usage: python benchmarks/cluster.py [--seeds S] [--rounds R]

Trains S seeds, eight by default, of mlp-128-64 and of cnn-32 for an epoch on both engines in turn, each as a
whole process, the cluster's start and end included. Prints the ratio Ray / local and keeps it in
benchmarks/results/.
"""

import tempfile
import time
from pathlib import Path
from typing import Literal

from measuring import describe, in_new_process, keep, parser


def train_all(folder: str, engine: Literal["local", "ray"], seeds: str) -> None:
    from tenfold.engines import open_engine
    from tenfold.studies import run_study

    recipes = ["mlp-128-64", "cnn-32"]
    run_study(recipes, folder=folder, seeds=int(seeds), epochs=1, as_written=True, engine=open_engine(engine))


def measure(engine: Literal["local", "ray"], seeds: int) -> tuple[float, dict[str, bytes]]:
    """How long the study took, and its weights by run."""
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
        {"runs": runs, "ray_over_local": describe(ratios), "local_seconds": describe(local_seconds)},
    )


if __name__ == "__main__":
    main()
