"""Read shards with one process per core of this machine."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection

from tenfold.bulk.inputs import Shard
from tenfold.bulk.job import Job, open_reader
from tenfold.bulk.shard import Done, read_shard
from tenfold.cores import available_cores
from tenfold.errors import TenfoldError
from tenfold.reader import Reader

# In a worker: its job and reader, created once.
_work: tuple[Job, Reader]


def read_on_cores(shards: Sequence[Shard], job: Job) -> Iterator[Done]:
    """Read `shards` into files, and yield each as it is done, in any order.

    Raises what `read_shard` raises, and TenfoldError if a worker is killed. Workers end with the caller,
    however it ends.
    """
    context = multiprocessing.get_context("spawn")  # a fork would copy other threads' locks in any state
    stays_open, held = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(
        min(available_cores(), len(shards)), context, initializer=_start, initargs=(job, stays_open)
    )
    try:
        for done in as_completed([pool.submit(_read, shard) for shard in shards]):
            yield done.result()
    except BrokenProcessPool as error:
        raise TenfoldError(
            "a process that read was killed, perhaps for lack of memory. "
            "Finished parts are kept; the same command continues."
        ) from error
    finally:
        held.close()
        pool.shutdown(cancel_futures=True)
        stays_open.close()


def _start(job: Job, stays_open: Connection) -> None:
    global _work  # noqa: PLW0603 - the only place where a pool's worker can store something
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C the caller ends, and the worker with it
    threading.Thread(target=_end_with_the_caller, args=(stays_open,), daemon=True).start()
    _work = job, open_reader(job)


def _end_with_the_caller(stays_open: Connection) -> None:
    """The caller closes the other end, or the system does when the caller is killed."""
    with suppress(EOFError, OSError):
        stays_open.recv_bytes()
    os._exit(1)


def _read(shard: Shard) -> Done:
    job, reader = _work
    return read_shard(shard, job, reader)
