"""Where runs are trained: each of many in a process of its own, on this machine or on a cluster.

engine   what every engine does
choose   the one that was asked for
local    a pool of processes on this machine
gpus     the graphics processors they may use
worker   one of these processes
on_ray   tasks of a Ray cluster, which end well though processes and machines die
"""

from tenfold.engines.choose import open_engine
from tenfold.engines.engine import NOBODY, Engine, Listener, Task, Usage
from tenfold.engines.local import LocalEngine

__all__ = ["NOBODY", "Engine", "Listener", "LocalEngine", "Task", "Usage", "open_engine"]
