"""Compare Ray with local processes on 100,000 digits in tars, and both per core.

usage: python benchmarks/bulk.py [--images N] [--rounds R]

In each round `tenfold read-many --single` reads the same tars with --engine local and with --engine ray, each
in a separate process, start-up and shutdown included; the order alternates between rounds. For comparison,
one process on one core reads some of the same pictures with `read_digits`. Saves in benchmarks/results/ the
ratio of the times, and of the CPU seconds, which other load on the machine affects less; images per second
and per core; and the peak memory of all processes of a job together.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from measuring import keep, memory_bytes, parser, summarize
from tenfold.cores import available_cores
from tenfold.data import load_mnist
from tenfold.reader import Reader

PER_TAR = 1000
_BATCH = 100
_EVERY_S = 0.5


@dataclass(frozen=True)
class Measured:
    """One job: seconds from the command to its end, and CPU seconds and memory of all its processes."""

    seconds: float
    cpu_s: float
    peak_mb: float


def draw_pictures(n: int) -> list[bytes]:
    """MNIST's 70,000 images, dark on light, as PNG; repeated if `n` is larger."""
    data = load_mnist()
    images = np.concatenate([data.x_train, data.x_test])
    pictures = [cv2.imencode(".png", 255 - image)[1].tobytes() for image in images[:n]]
    return [pictures[index % len(pictures)] for index in range(n)]


def write_tars(pictures: list[bytes], folder: Path) -> None:
    for start in range(0, len(pictures), PER_TAR):
        with tarfile.open(folder / f"{start:07d}.tar", "w") as archive:
            for index, picture in enumerate(pictures[start : start + PER_TAR], start=start):
                member = tarfile.TarInfo(f"{index:07d}.png")
                member.size = len(picture)
                archive.addfile(member, io.BytesIO(picture))


def measure(engine: str, given: Path) -> Measured:
    """Read all of `given` in new processes."""
    with tempfile.TemporaryDirectory() as output:
        start = time.perf_counter()
        command = [sys.executable, "-m", "tenfold", "read-many", "--engine", engine, "--single", "--json"]
        process = subprocess.Popen([*command, given, output], stdout=subprocess.PIPE, text=True)
        watch = Watch(process.pid)
        watch.start()
        printed, _ = process.communicate()
        seconds = time.perf_counter() - start
        watch.stop()
        summary = json.loads(printed)
        if summary["errors"] or process.returncode:
            raise SystemExit(f"{engine} failed: {summary}")
        return Measured(seconds, watch.cpu_s, watch.peak_mb)


class Watch(threading.Thread):
    """Samples the resources of a process and its descendants; shared memory is counted proportionally."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_mb = 0.0
        self._cpu_s: dict[int, float] = {}
        self._pids = {pid}
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_EVERY_S):
            self._find_children()
            self._cpu_s |= {pid: used for pid in self._pids if (used := cpu_s(pid))}
            self.peak_mb = max(self.peak_mb, sum(map(memory_mb, self._pids)))

    @property
    def cpu_s(self) -> float:
        """CPU seconds, without those after the last sample of each process."""
        return sum(self._cpu_s.values())

    def stop(self) -> None:
        self._over.set()
        self.join()

    def _find_children(self) -> None:
        """Children are remembered even after their parents have ended."""
        parents = {int(path.name): parent_of(path) for path in Path("/proc").glob("[0-9]*")}
        more = True
        while more:
            found = {pid for pid, parent in parents.items() if parent in self._pids} - self._pids
            self._pids |= found
            more = bool(found)
        self._pids &= parents.keys()


def parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0


def cpu_s(pid: int) -> float:
    """User and system seconds, without children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """A process's proportional memory; 0 if it has ended."""
    try:
        return memory_bytes("Pss", pid, "smaps_rollup") / 2**20
    except OSError:
        return 0.0


def one_core(pictures: list[bytes]) -> float:
    """Images per second with `read_digits` on one core."""
    cv2.setNumThreads(1)
    reader = Reader(cores=1)
    reader.read_digits(pictures[:_BATCH])
    start = time.perf_counter()
    for index in range(0, len(pictures), _BATCH):
        reader.read_digits(pictures[index : index + _BATCH])
    return len(pictures) / (time.perf_counter() - start)


def main() -> None:
    arguments = parser(__doc__, images=100_000, rounds=3).parse_args()
    measured: dict[str, list[Measured]] = {"local": [], "ray": []}
    alone: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        pictures = draw_pictures(arguments.images)
        write_tars(pictures, Path(folder))
        for number in range(arguments.rounds):
            for engine in ("local", "ray") if number % 2 == 0 else ("ray", "local"):
                measured[engine].append(measure(engine, Path(folder)))
                print(f"{engine}: {measured[engine][-1]}", flush=True)
            alone.append(one_core(pictures[: arguments.images // 10]))
            print(f"read_digits on one core: {alone[-1]:.0f} images/s", flush=True)
    pairs = list(zip(measured["ray"], measured["local"], strict=True))
    results = {
        "images": arguments.images,
        "ray_takes_times_as_long": summarize([ray.seconds / local.seconds for ray, local in pairs]),
        "ray_takes_times_as_many_cpu_s": summarize([ray.cpu_s / local.cpu_s for ray, local in pairs]),
        "read_digits_images_per_s_on_one_core": summarize(alone),
    }
    for engine, readings in measured.items():
        rates = [arguments.images / reading.seconds for reading in readings]
        results[engine] = {
            "seconds": summarize([reading.seconds for reading in readings]),
            "cpu_s": summarize([reading.cpu_s for reading in readings]),
            "images_per_s": summarize(rates),
            "images_per_s_per_core": summarize([rate / available_cores() for rate in rates]),
            "peak_mb": summarize([reading.peak_mb for reading in readings]),
        }
    keep("bulk", results)


if __name__ == "__main__":
    main()
