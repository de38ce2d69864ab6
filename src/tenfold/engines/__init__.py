"""Train many runs, each in a separate process, on this machine or on a cluster.

engine    the interface of every engine
local     a pool of processes on this machine
worker    one of these processes
gpus      this machine's GPUs
live      progress in a terminal or a notebook
handover  images that only the parent has, in a file for its workers
on_ray    tasks of a Ray cluster, which survive dying processes and machines
"""

from typing import Literal

from tenfold.cluster import require_ray
from tenfold.engines.engine import NO_CALLBACKS, Engine, Listener, Task, Usage
from tenfold.engines.local import LocalEngine
from tenfold.errors import InputError

__all__ = ["NO_CALLBACKS", "Engine", "Listener", "LocalEngine", "Task", "Usage", "open_engine"]


def open_engine(
    name: Literal["local", "ray"],
    address: str | None = None,
    checkpoints: str | None = None,
    jobs: int | None = None,
    threads: int | None = None,
) -> Engine:
    """The engine called `name`; `address` and `checkpoints` are for a Ray cluster only.

    `jobs` is the number of concurrent runs on this machine, `threads` the cores of each; a cluster chooses
    both itself.

    Raises InputError if an option is given for the other engine, or cannot be used.
    """
    require_ray(name, address=address, checkpoints=checkpoints)
    if name == "local":
        return LocalEngine(jobs, threads=threads)
    for option, given in (("--jobs", jobs), ("--threads", threads)):
        if given is not None:
            raise InputError(f"{option} is for local training: leave it out with --engine ray")
    from tenfold.engines.on_ray import RayEngine

    return RayEngine(address, checkpoints)
