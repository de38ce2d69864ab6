"""Shards read by a Ray cluster: Ray Data hands them out, and again where a worker or a machine is lost."""

import json
import logging
from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from tenfold.bulk.inputs import Shard
from tenfold.bulk.job import Job, open_reader
from tenfold.bulk.shard import Done, read_shard
from tenfold.cluster import connect, disconnect
from tenfold.errors import TenfoldError
from tenfold.reader import Reader

if TYPE_CHECKING:
    import ray.data

# A core waits for some hundredths of a second between two tasks: few of them cost little, and enough are left
# for the last ones to end at about the same time, or for a cluster to grow. About a hundred a second can be
# handed out (docs/scale.md), so that a large cluster has fewer for each core.
_TASKS_PER_CORE, _FEW_PER_CORE, _MANY = 16, 2, 2000


def read_on_ray(shards: Sequence[Shard], job: Job, address: str | None) -> Iterator[Done]:
    """Read `shards` into files on the cluster at `address`, and tell of each as it is done, in any order.

    Ray gives the shards of a worker or a machine that dies to others, any number of times. A shard is always
    read into the same file, so that being read twice changes nothing. Raises TenfoldError if the cluster
    cannot be reached, its machines lack tenfold, or a shard cannot be read.
    """
    import ray
    import ray.data

    ours = not ray.is_initialized()
    connect(address)
    try:
        for row in _plan(shards, job).iter_rows():
            if row["failure"]:
                raise TenfoldError(row["failure"])
            yield Done(row["number"], row["images"], row["errors"])
    except ray.exceptions.RayError as error:
        raise TenfoldError(_explain(error)) from error
    finally:
        if ours:
            disconnect()


def _plan(shards: Sequence[Shard], job: Job) -> "ray.data.Dataset":
    """A row per shard; a task reads some, one after the other, on one core.

    Tasks rather than actors: one whose machine is lost for good is given to another machine, where an actor
    would wait for a core of its own. Ray keeps the processes, and they keep their readers.
    """
    import ray
    from ray.data import DataContext, from_items

    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # what fails is raised
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    rows = from_items(
        [{"shard": json.dumps(shard.to_dict())} for shard in shards],
        override_num_blocks=min(len(shards), _TASKS_PER_CORE * cores, max(_FEW_PER_CORE * cores, _MANY)),
    )
    return rows.map(partial(_read, job), num_cpus=1)


def _read(job: Job, row: dict[str, Any]) -> dict[str, Any]:
    """A row with a shard in; how many images and errors it holds out, or why it cannot be read."""
    shard = Shard(**json.loads(row["shard"]))
    try:
        done = read_shard(shard, job, _keep_reader(job))
    except (TenfoldError, OSError) as error:
        return {"number": shard.number, "images": 0, "errors": 0, "failure": str(error)}
    return {**done._asdict(), "failure": ""}


@cache
def _keep_reader(job: Job) -> Reader:
    return open_reader(job)


def _explain(error: Exception) -> str:
    """Ray's messages are pages long; the last line says what happened."""
    told = str(error)
    if "No module named" in told:
        return "the cluster's machines cannot import tenfold: install the same 'tenfold[cluster]' on all"
    last = [line.strip() for line in told.splitlines() if line.strip()][-1:]
    return f"the cluster failed: {' '.join(last)} Finished parts are kept; the same command continues."
