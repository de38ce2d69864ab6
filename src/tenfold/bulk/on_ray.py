"""Shards read by a Ray cluster: Ray Data hands them out, and again where a worker or a machine is lost."""

import json
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from tenfold.bulk.inputs import Shard
from tenfold.bulk.job import Job, open_reader
from tenfold.bulk.shard import Done, read_shard
from tenfold.cluster import connect
from tenfold.errors import TenfoldError

# What a Ray task costs is nothing beside a few shards; more blocks than this only take time to be made.
_MAX_BLOCKS = 2000


def read_on_ray(shards: Sequence[Shard], job: Job, address: str | None) -> Iterator[Done]:
    """Read `shards` into files on the cluster at `address`, and tell of each as it is done, in any order.

    Ray restarts workers that die and gives their shards to others, any number of times. A shard is always
    read into the same file, so that being read twice changes nothing. Raises TenfoldError where the cluster
    cannot be reached, its machines lack tenfold, or a shard cannot be read.
    """
    connect(address)
    import ray
    import ray.data

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    workers = max(1, min(int(ray.cluster_resources().get("CPU", 1)), len(shards)))
    dataset = ray.data.from_items(
        [{"shard": json.dumps(shard.to_dict())} for shard in shards],
        override_num_blocks=min(len(shards), _MAX_BLOCKS),
    ).map(
        ShardReader,
        fn_constructor_args=[job],
        num_cpus=1,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers, initial_size=workers),
    )
    try:
        for row in dataset.iter_rows():
            if row["failure"]:
                raise TenfoldError(row["failure"])
            yield Done(row["number"], row["images"], row["errors"])
    except ray.exceptions.RayError as error:
        raise TenfoldError(_explain(error)) from error


class ShardReader:
    """A worker: keeps a reader, and reads one shard after the other."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._reader = open_reader(job)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row with a shard in; how many images and errors it holds out, or why it cannot be read."""
        shard = Shard(**json.loads(row["shard"]))
        try:
            done = read_shard(shard, self._job, self._reader)
        except (TenfoldError, OSError) as error:
            return {"number": shard.number, "images": 0, "errors": 0, "failure": str(error)}
        return {**done._asdict(), "failure": ""}


def _explain(error: Exception) -> str:
    told = str(error)
    if "No module named" in told:
        return (
            "the cluster's machines cannot import tenfold: install the same tenfold[cluster] on all of them"
        )
    last = [line for line in told.splitlines() if line.strip()][-1:]
    return f"the cluster failed: {' '.join(last).strip()}. What was read is kept; the same command goes on there."
