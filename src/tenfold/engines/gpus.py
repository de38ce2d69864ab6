"""Graphics processors of this machine, looked up without TensorFlow, which would take seconds to say it."""

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_OF_DRIVER = Path("/proc/driver/nvidia/gpus")  # a folder for each, where NVIDIA's driver is loaded
_OF_WSL = Path("/dev/dxg")  # Windows' subsystem for Linux has Windows' driver, which names none


def present_gpus() -> list[str]:
    """Their numbers, as CUDA_VISIBLE_DEVICES has them, whether or not it hides some."""
    if _OF_DRIVER.is_dir():
        return [str(number) for number, _ in enumerate(_OF_DRIVER.iterdir())]
    return ["0"] if _OF_WSL.exists() else []


def hidden_by_user() -> bool:
    """Whether CUDA_VISIBLE_DEVICES hides all of them."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    return chosen is not None and not _visible(chosen)


def usable_gpus() -> list[str]:
    """The names that CUDA_VISIBLE_DEVICES leaves; none where TensorFlow is the build for processors only."""
    try:
        distribution("tensorflow")
    except PackageNotFoundError:
        return []
    present, chosen = present_gpus(), os.environ.get("CUDA_VISIBLE_DEVICES")
    return present if chosen is None or not present else _visible(chosen)


def _visible(chosen: str) -> list[str]:
    """CUDA reads the list up to the first entry that names none, such as -1."""
    names = []
    for name in chosen.split(","):
        if not name.strip() or name.strip().startswith("-"):
            break
        names.append(name.strip())
    return names
