"""CPU cores available to this process, and what they belong to."""

import math
import os
import platform
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_ROOT = Path("/")


def available_cores(root: Path = _ROOT) -> int:
    """The number of usable cores, or a container's quota if that is smaller.

    A quota is rounded to the nearest whole number, at least 1: with more threads, all wait until the quota is
    renewed, every tenth of a second. `root` is the root of the file system.
    """
    cores = _usable_cores()
    quota = min(_quotas(root), default=math.inf)
    return cores if quota >= cores else max(1, math.floor(quota + 0.5))


def describe_machine() -> str:
    """For example "2 cores, AMD EPYC, x86_64, Linux"; the processor's model on Linux only."""
    cores = available_cores()
    lines = _lines(_ROOT / "proc/cpuinfo")
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    parts = [f"{cores} core{'s' * (cores > 1)}", model, platform.machine(), platform.system()]
    return ", ".join(filter(None, parts))


def _usable_cores() -> int:
    if hasattr(os, "process_cpu_count"):  # from Python 3.13 on; PYTHON_CPU_COUNT may set it
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quotas(root: Path) -> Iterator[float]:
    """The quotas, in cores, of this process's control groups, versions 1 and 2, and their ancestors."""
    own = _own_groups(root)
    for line in _lines(root / "proc/self/mountinfo"):
        # 36 35 98:0 /root/in/the/hierarchy /mount/point rw,noatime master:1 - cgroup cgroup rw,cpu,cpuacct
        mount, _, kind = line.partition(" - ")
        _, _, _, mounted, point, *_ = mount.split()
        filesystem, _, options, *_ = kind.split()
        if filesystem == "cgroup2" and "" in own:
            groups, quota_of = own[""], _quota_v2
        elif filesystem == "cgroup" and "cpu" in options.split(",") and "cpu" in own:
            groups, quota_of = own["cpu"], _quota_v1
        else:
            continue
        for folder in _folders(root / point.lstrip("/"), groups, mounted):
            yield quota_of(folder)


def _own_groups(root: Path) -> dict[str, str]:
    """This process's group in each hierarchy, by controller; "" stands for version 2."""
    own = {}
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        own.update(dict.fromkeys(controllers.split(","), path))
    return own


def _folders(point: Path, group: str, mounted: str) -> list[Path]:
    """A group and its ancestors below `point`, where the hierarchy's subtree `mounted` is mounted."""
    path = PurePosixPath(group)
    # A container may see its group's path on the host, but only the files from its group on.
    below = path.relative_to(mounted) if path.is_relative_to(mounted) else PurePosixPath()
    return [point / below, *(point / outer for outer in below.parents)]


def _quota_v2(group: Path) -> float:
    quota, period = next(_lines(group / "cpu.max"), "max 100000").split()
    return math.inf if quota == "max" else int(quota) / int(period)


def _quota_v1(group: Path) -> float:
    quota, period = (int(next(_lines(group / f"cpu.cfs_{name}_us"), "-1")) for name in ("quota", "period"))
    return quota / period if quota > 0 and period > 0 else math.inf


def _lines(path: Path) -> Iterator[str]:
    try:
        yield from path.read_text().splitlines()
    except OSError:  # not Linux, or no such group
        return
