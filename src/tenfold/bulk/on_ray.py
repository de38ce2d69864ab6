"""Read shards on a Ray cluster: Ray Data assigns them, again if a worker or a machine is lost."""

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

# A core waits a few hundredths of a second between tasks. Few tasks per core keep this overhead small, but
# there must be enough for all cores to end at about the same time, and for a cluster to grow. Ray assigns
# about a hundred tasks per second (docs/scale.md), so a large cluster gets fewer per core.
_TASKS_PER_CORE, _FEW_PER_CORE, _MANY = 16, 2, 2000


def read_on_ray(shards: Sequence[Shard], job: Job, address: str | None) -> Iterator[Done]:
    """Read `shards` into files on the cluster at `address`, and yield each as it is done, in any order.

    Ray reassigns the shards of a worker or machine that dies, any number of times. A shard always has the
    same output file, so reading it twice does no harm. Raises TenfoldError if the cluster cannot be reached,
    its machines lack tenfold, or a shard cannot be read.
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
    """A row per shard; a task reads several, one after the other, on one core.

    Tasks rather than actors: if a machine is lost, a task moves to another machine, where an actor would wait
    for its own core. Ray reuses processes, and they reuse their readers.
    """
    import ray
    from ray.data import DataContext, from_items

    context = DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # failures are raised
    cores = max(1, int(ray.cluster_resources().get("CPU", 1)))
    rows = from_items(
        [{"shard": json.dumps(shard.to_dict())} for shard in shards],
        override_num_blocks=min(len(shards), _TASKS_PER_CORE * cores, max(_FEW_PER_CORE * cores, _MANY)),
    )
    return rows.map(partial(_read, job), num_cpus=1)


def _read(job: Job, row: dict[str, Any]) -> dict[str, Any]:
    """From a row with a shard to one with its numbers of images and errors, or the reason it failed."""
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
    """The last line of Ray's pages-long message, which says what happened."""
    text = str(error)
    if "No module named" in text:
        return "the cluster's machines cannot import tenfold: install the same 'tenfold[cluster]' on all"
    last = [line.strip() for line in text.splitlines() if line.strip()][-1:]
    return f"the cluster failed: {' '.join(last)} Finished parts are kept; the same command continues."
