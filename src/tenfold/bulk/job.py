"""The settings shared by all shards of a job, stored with the output, so that only the same job resumes."""

import io
import json
import platform
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import tenfold
from tenfold.bulk.inputs import FILES_PER_SHARD, Listing
from tenfold.errors import InputError, ModelError
from tenfold.places import as_text, list_names, open_filesystem, write_place
from tenfold.reader import Reader
from tenfold.reader.manifest import load_manifest
from tenfold.reader.reader import BUNDLED

# The underscore makes Parquet readers ignore it.
FILE_NAME = "_reading.json"


@dataclass(frozen=True, slots=True)
class Job:
    """Output, options and networks of a job. With `single`, each picture holds one digit."""

    output: str
    single: bool
    max_pixels: int
    networks_sha256: str


def plan_job(output: str, *, single: bool, max_pixels: int) -> Job:
    """A job for the bundled networks."""
    return Job(output, single, max_pixels, _checksum())


def open_reader(job: Job) -> Reader:
    """A reader for one process, on one core. Raises ModelError if this machine has other networks."""
    import cv2

    if job.networks_sha256 != _checksum():
        raise ModelError(
            f"expected the networks of the tenfold version that began this, received those of "
            f"{tenfold.__version__} on {platform.node()}; install the same tenfold on all machines"
        )
    # There is one process per core; OpenCV's own threads would only compete with them.
    cv2.setNumThreads(1)
    return Reader(max_pixels=job.max_pixels, cores=1)


def claim_output(job: Job, listing: Listing) -> set[str]:
    """Record the job in the output folder; return the names of the parts already there.

    Raises InputError if the folder holds something else: the results of another input or another network.
    """
    described = _describe(job, listing)
    found = list_names(job.output)
    parts = {name for name in found if name.startswith("part-") and name.endswith(".parquet")}
    if FILE_NAME in found:
        _check_same(described, _load(job.output), job.output)
    elif parts:
        raise InputError(
            f"expected an empty folder, received {job.output}, which has parts of another reading"
        )
    else:
        filesystem, path = open_filesystem(job.output)
        filesystem.makedirs(path, exist_ok=True)
        text = json.dumps(described, indent=2) + "\n"
        write_place(f"{job.output}/{FILE_NAME}", lambda file: file.write(text.encode()))
    return parts


def _checksum() -> str:
    """One checksum for all networks."""
    return sha256("".join(load_manifest(path).sha256 for path in BUNDLED).encode()).hexdigest()


def _describe(job: Job, listing: Listing) -> dict[str, Any]:
    facts = asdict(job)
    del facts["output"]  # the folder may be renamed
    return {
        "input": as_text(listing.place),
        "files": listing.files,
        "shards": len(listing.shards),
        "listing_sha256": listing.sha256,
        "files_per_shard": FILES_PER_SHARD,
        **facts,
        "tenfold": tenfold.__version__,
    }


def _check_same(described: dict[str, Any], found: Any, output: str) -> None:
    if not isinstance(found, dict):
        found = {}
    for name, value in described.items():
        if found.get(name) != value:
            raise InputError(
                f"{output} holds another reading, whose {name} is {found.get(name)!r} and not {value!r}; "
                "choose another folder"
            )


def _load(output: str) -> Any:
    filesystem, path = open_filesystem(f"{output}/{FILE_NAME}")
    try:
        return json.load(io.BytesIO(filesystem.cat_file(path)))
    except ValueError as error:
        raise InputError(f"{output}/{FILE_NAME} is damaged: it is not JSON; choose another folder") from error
