import os
from pathlib import Path

import pytest

from tenfold.cores import available_cores


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("process_cpu_count", "cpu_count"):
        monkeypatch.setattr(os, name, lambda: 8, raising=False)
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def version_2(root: Path, limits: dict[str, str], group: str = "/", mounted: str = "/") -> Path:
    """A machine whose process is in `group`, with a cpu.max for some groups."""
    write(root / "proc/self/cgroup", f"0::{group}\n")
    write(
        root / "proc/self/mountinfo",
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        f"29 22 0:26 {mounted} /sys/fs/cgroup ro,nosuid shared:4 - cgroup2 cgroup rw,nsdelegate\n",
    )
    for folder, limit in limits.items():
        write(root / "sys/fs/cgroup" / folder / "cpu.max", limit)
    return root


def version_1(root: Path, quota_us: int, period_us: int = 100_000) -> Path:
    """A machine whose container sees the path of its group from outside."""
    write(root / "proc/self/cgroup", "4:memory:/docker/7f\n3:cpu,cpuacct:/docker/7f\n0::/docker/7f\n")
    write(
        root / "proc/self/mountinfo",
        "31 22 0:27 /docker/7f /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory\n"
        "32 22 0:28 /docker/7f /sys/fs/cgroup/cpu,cpuacct ro,nosuid - cgroup cgroup rw,cpu,cpuacct\n",
    )
    group = root / "sys/fs/cgroup/cpu,cpuacct"
    write(group / "cpu.cfs_quota_us", f"{quota_us}\n")
    write(group / "cpu.cfs_period_us", f"{period_us}\n")
    return root


@pytest.mark.parametrize(
    ("limit", "cores"),
    [
        ("max 100000", 8),
        ("50000 100000", 1),
        ("120000 100000", 1),
        ("150000 100000", 2),
        ("400000 100000", 4),
        ("1000 2000000", 1),
        ("9900000 100000", 8),
    ],
)
def test_a_containers_quota_counts(tmp_path: Path, limit: str, cores: int) -> None:
    assert available_cores(version_2(tmp_path, {".": limit})) == cores


def test_the_tightest_quota_of_the_groups_around_counts(tmp_path: Path) -> None:
    limits = {"pod": "200000 100000", "pod/one": "max 100000", "pod/one/inner": "600000 100000"}

    assert available_cores(version_2(tmp_path, limits, group="/pod/one/inner")) == 2


def test_a_group_seen_from_outside_is_found_where_it_is_mounted(tmp_path: Path) -> None:
    root = version_2(tmp_path, {".": "300000 100000"}, group="/docker/7f", mounted="/docker/7f")

    assert available_cores(root) == 3


def test_a_group_outside_of_what_is_mounted_leaves_the_mounted_ones_quota(tmp_path: Path) -> None:
    assert available_cores(version_2(tmp_path, {".": "300000 100000"}, group="/../other")) == 3


@pytest.mark.parametrize(("quota_us", "cores"), [(-1, 8), (50_000, 1), (250_000, 3)])
def test_quotas_of_version_1_count(tmp_path: Path, quota_us: int, cores: int) -> None:
    assert available_cores(version_1(tmp_path, quota_us)) == cores


def test_without_control_groups_all_cores_count(tmp_path: Path) -> None:
    assert available_cores(tmp_path) == 8
