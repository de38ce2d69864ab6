"""This machine's GPUs, found without TensorFlow, which would take seconds."""

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_OF_DRIVER = Path("/proc/driver/nvidia/gpus")  # a folder per GPU if NVIDIA's driver is loaded
_OF_WSL = Path("/dev/dxg")  # Windows Subsystem for Linux uses Windows' driver, which lists none


def present_gpus() -> list[str]:
    """Their numbers, as in CUDA_VISIBLE_DEVICES, even those it hides."""
    if _OF_DRIVER.is_dir():
        return [str(number) for number, _ in enumerate(_OF_DRIVER.iterdir())]
    return ["0"] if _OF_WSL.exists() else []


def hidden_by_user() -> bool:
    """Whether CUDA_VISIBLE_DEVICES hides all GPUs."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    return chosen is not None and not _visible(chosen)


def usable_gpus() -> list[str]:
    """The names that CUDA_VISIBLE_DEVICES leaves; none if TensorFlow is a CPU-only build."""
    try:
        distribution("tensorflow")
    except PackageNotFoundError:
        return []
    present, chosen = present_gpus(), os.environ.get("CUDA_VISIBLE_DEVICES")
    return present if chosen is None or not present else _visible(chosen)


def _visible(chosen: str) -> list[str]:
    """CUDA reads the list up to the first invalid entry, such as -1."""
    names = []
    for name in chosen.split(","):
        if not name.strip() or name.strip().startswith("-"):
            break
        names.append(name.strip())
    return names
