"""A whole job, from listing the input to the last part of the output."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tenfold.bulk.inputs import Listing, Shard, find_shards
from tenfold.bulk.job import Job, claim_output, plan_job
from tenfold.bulk.shard import Done
from tenfold.cluster import require_ray
from tenfold.errors import InputError, TenfoldError
from tenfold.files import remove_partial_files
from tenfold.imaging.bounds import MAX_PIXELS
from tenfold.places import absolute, is_local, list_names

Engine = Literal["local", "ray"]


@dataclass(frozen=True, slots=True)
class BulkProgress:
    """Progress of a job: shards done, now or before, and in total; images and errors of those done now."""

    shards: int
    of: int
    images: int
    errors: int


@dataclass(frozen=True, slots=True)
class BulkSummary:
    """Result of a call: its `images` and `errors`, and the number of parts `kept` from before."""

    output: str
    engine: Engine
    parts: int
    kept: int
    images: int
    errors: int
    seconds: float

    @property
    def images_per_s(self) -> float:
        """Over the whole job, including listing the input and starting the processes."""
        return self.images / self.seconds


def read_many(
    given: str,
    output: str,
    *,
    engine: Engine = "local",
    address: str | None = None,
    single: bool = False,
    max_pixels: int = MAX_PIXELS,
    on_progress: Callable[[BulkProgress], object] = lambda _: None,
) -> BulkSummary:
    """Read all pictures in `given` into Parquet files in the folder `output`.

    `given` is as in `bulk.inputs.find_shards`, the files' columns as in `bulk.shard`. A picture that cannot
    be read becomes a row with its error. Existing parts are kept, so the same call resumes an interrupted
    one. `engine` is "local", all cores of this machine, or "ray": the cluster at `address` (HOST:PORT, or
    auto), by default a temporary one on this machine. With `single`, each picture holds one digit; pictures
    with more than `max_pixels` are errors.

    Raises InputError if there is nothing to read, the output holds something else, or a table has no column
    of pictures; TenfoldError if a process or a cluster is lost; OSError from the file system.
    """
    start = time.perf_counter()
    if engine not in ("local", "ray"):
        raise InputError(f"expected the engine local or ray, received {engine}")
    require_ray(engine, address=address)
    output = absolute(output)
    listing = find_shards(given, output=output)
    _check_first_table(listing)
    job = plan_job(output, single=single, max_pixels=max_pixels)
    kept = claim_output(job, listing) & {shard.part for shard in listing.shards}
    outstanding = [shard for shard in listing.shards if shard.part not in kept]
    images = errors = 0
    if outstanding:
        on_progress(BulkProgress(len(kept), len(listing.shards), 0, 0))
        for number, done in enumerate(_begin(engine, address, outstanding, job), start=1):
            images, errors = images + done.images, errors + done.errors
            on_progress(BulkProgress(len(kept) + number, len(listing.shards), images, errors))
        _check_whole(listing, output)
    return BulkSummary(
        output, engine, len(listing.shards), len(kept), images, errors, time.perf_counter() - start
    )


def _begin(engine: Engine, address: str | None, shards: Sequence[Shard], job: Job) -> Iterator[Done]:
    if engine == "ray":
        from tenfold.bulk.on_ray import read_on_ray

        return read_on_ray(shards, job, address)
    from tenfold.bulk.local import read_on_cores

    return read_on_cores(shards, job)


def _check_first_table(listing: Listing) -> None:
    """Fail early with the error that every worker would raise."""
    first = next((shard for shard in listing.shards if shard.kind == "table"), None)
    if first:
        from tenfold.bulk.table import check_table

        check_table(*first.places)


def _check_whole(listing: Listing, output: str) -> None:
    """Raise TenfoldError unless all parts exist; remove temporary files of killed processes."""
    missing = {shard.part for shard in listing.shards} - list_names(output)
    if missing:
        raise TenfoldError(
            f"{len(missing)} of {len(listing.shards)} parts are not in {output}, as {min(missing)}; "
            "is it the same folder on all machines?"
        )
    if is_local(output):
        remove_partial_files(Path(output))
