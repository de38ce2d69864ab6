"""Where runs are trained: each of many in a process of its own, on this machine or on a cluster.

engine    what every engine does
local     a pool of processes on this machine
worker    one of these processes
gpus      the graphics processors they share out
live      how far they are, in a terminal or a notebook
handover  images that only the starter has, in a file for its workers
on_ray    tasks of a Ray cluster, which end well though processes and machines die
"""

from typing import Literal

from tenfold.cluster import require_ray
from tenfold.engines.engine import NOBODY, Engine, Listener, Task, Usage
from tenfold.engines.local import LocalEngine
from tenfold.errors import InputError

__all__ = ["NOBODY", "Engine", "Listener", "LocalEngine", "Task", "Usage", "open_engine"]


def open_engine(
    name: Literal["local", "ray"],
    address: str | None = None,
    checkpoints: str | None = None,
    jobs: int | None = None,
    threads: int | None = None,
) -> Engine:
    """The engine called `name`; a cluster's `address` and the place for its `checkpoints` are for Ray alone.

    `jobs` is how many runs this machine trains at a time, and `threads` on how many cores each; a cluster
    decides both itself.

    Raises InputError if they are given for another, or cannot be used.
    """
    require_ray(name, address=address, checkpoints=checkpoints)
    if name == "local":
        return LocalEngine(jobs, threads=threads)
    for option, given in (("--jobs", jobs), ("--threads", threads)):
        if given is not None:
            raise InputError(f"{option} is for local training: leave it out with --engine ray")
    from tenfold.engines.on_ray import RayEngine

    return RayEngine(address, checkpoints)
