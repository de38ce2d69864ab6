"""The graphics processors of this machine that TensorFlow can train on."""

import os
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_OF_DRIVER = Path("/proc/driver/nvidia/gpus")  # a folder per processor, where NVIDIA's driver is loaded


def usable_gpus() -> list[str]:
    """Their names as CUDA_VISIBLE_DEVICES has them; none where TensorFlow is the build for processors only.

    Looked up without TensorFlow, which would take seconds to say it.
    """
    try:
        distribution("tensorflow")
    except PackageNotFoundError:
        return []
    present = sorted(_OF_DRIVER.iterdir()) if _OF_DRIVER.is_dir() else []
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None:
        return [str(number) for number in range(len(present))]
    return [name for name in chosen.split(",") if name.strip()] if present else []
