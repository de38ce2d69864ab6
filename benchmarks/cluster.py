"""What Ray costs a study: 16 short runs on this machine's processes, and as tasks of a cluster on it.

usage: python benchmarks/cluster.py [--rounds R]

Trains eight seeds of mlp-128-64 and of cnn-32 for an epoch on both engines in turn, each as a whole process,
the cluster's start and end included. Prints the ratio Ray / local and keeps it in benchmarks/results/.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ratios import describe, keep

_STUDY = """
import sys
from tenfold.study import run_study
from tenfold.engines import open_engine

run_study(["mlp-128-64", "cnn-32"], folder=sys.argv[1], seeds=8, epochs=1, as_written=True,
          engine=open_engine(sys.argv[2]))
"""


def seconds(engine: str) -> tuple[float, dict[str, bytes]]:
    """How long the study took, and its weights by run."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", _STUDY, folder, engine], check=True)
        took = time.perf_counter() - start
        return took, {path.parent.name: path.read_bytes() for path in Path(folder).glob("*/weights.npz")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    ratios, local_seconds = [], []
    for _ in range(arguments.rounds):
        (local, weights), (ray, weights_on_ray) = seconds("local"), seconds("ray")
        if len(weights) != 16 or weights != weights_on_ray:
            raise SystemExit("the engines' weights differ")
        ratios.append(ray / local)
        local_seconds.append(local)
        print(f"{local:.1f} s on this machine's processes, {ray:.1f} s on Ray: {ratios[-1]:.2f}", flush=True)
    keep(
        "cluster", {"runs": 16, "ray_over_local": describe(ratios), "local_seconds": describe(local_seconds)}
    )


if __name__ == "__main__":
    main()
