"""The engine that was asked for."""

from typing import Literal

from tenfold.cluster import require_ray
from tenfold.engines.engine import Engine
from tenfold.engines.local import LocalEngine


def open_engine(
    name: Literal["local", "ray"], address: str | None = None, checkpoints: str | None = None
) -> Engine:
    """The engine called `name`; a cluster's `address` and the place for its `checkpoints` are for Ray alone.

    Raises InputError where they are given for another, or cannot be used.
    """
    require_ray(name, address=address, checkpoints=checkpoints)
    if name == "local":
        return LocalEngine()
    from tenfold.engines.on_ray import RayEngine

    return RayEngine(address, checkpoints)
