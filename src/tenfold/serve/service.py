"""What the routes share: the current reader and its thread pool."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from starlette.exceptions import HTTPException

from tenfold.console import printable
from tenfold.cores import available_cores
from tenfold.errors import ImageError, ModelError
from tenfold.imaging.decode import bytes_to_read
from tenfold.imaging.memory import BYTES_PER_PIXEL
from tenfold.reader import Digit, Reader
from tenfold.reader.deadline import Deadline
from tenfold.reader.manifest import manifest_path
from tenfold.reader.opening import open_reader
from tenfold.reader.reader import PreparedDigit
from tenfold.serve.batcher import Batcher
from tenfold.serve.capacity import Capacity
from tenfold.serve.settings import ServiceSettings
from tenfold.serve.threads import Threads

_LOOK_EVERY_S = 0.5
_MEMORY_BYTES = 512 * 2**20  # per two cores
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_SMALL_PX, _SMALL_BYTES = 100 * 100, 50_000

Result = TypeVar("Result")
_log = logging.getLogger("tenfold.serve")


class Service:
    """Reads for the routes, on one thread per core.

    If the settings name a model, its files are checked twice a second; once they have changed, are complete
    and pass a trial, new requests use them.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        self._files_seen = self._look_at_files()
        self.reader = self._open_reader()
        self.at_work = Capacity(settings.capacity)
        self.memory = Capacity(_memory_bytes(settings))
        self._reading = Threads(available_cores(), "reading")
        self._opening = Threads(1, "opening")
        self._batcher: Batcher[bytes, Digit | ImageError] = Batcher(self._read_digits)

    @property
    def is_stuck(self) -> bool:
        """Whether no reading thread has been free for longer than a request may take."""
        return self._reading.none_free_for_s > self.settings.timeout_s

    async def read_digit(self, picture: bytes) -> Digit:
        """The digit in a picture of one digit. Raises ImageError for other data, and what `run` raises."""
        # A custom network may take any time, so it must not run in the event loop.
        if self.settings.model is not None or not is_small(picture):
            return await self.read(picture, _read_digit)
        with self.at_work.take():
            answer = await self._batcher(picture)
        if isinstance(answer, ImageError):
            raise answer
        return answer

    async def read(self, picture: bytes, work: Callable[..., Result], *arguments: object) -> Result:
        """`work(reader, picture, *arguments, deadline)` by `run`, with memory reserved for the picture."""
        reader = self.reader

        def with_memory(picture: bytes, deadline: Deadline) -> Result:
            with self.memory.take(bytes_to_read(picture, self.settings.max_pixels)):
                return work(reader, picture, *arguments, deadline)

        return await self.run(with_memory, picture)

    async def run(self, work: Callable[..., Result], body: bytes, *arguments: object) -> Result:
        """`work(body, *arguments, deadline)` on one of the reading threads.

        The deadline is the request's, including the wait for a thread; nothing starts after it. Raises
        HTTPException: 503 if too many requests are in progress, 504 if it is not done in time.
        """
        deadline = Deadline(self.settings.timeout_s)

        def work_in_time() -> Result:
            deadline.check("waiting for others")
            return work(body, *arguments, deadline)

        # A thread cannot be stopped: it stays occupied until it is done, even if the client has given up.
        done = asyncio.create_task(self._run(work_in_time, len(body)))
        done.add_done_callback(_take_note)
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                return await asyncio.shield(done)
        except TimeoutError:
            raise HTTPException(504, "this takes longer than the service may take for it") from None

    async def _run(self, work: Callable[[], Result], n_bytes: int) -> Result:
        with self.at_work.take(), self.memory.take(n_bytes):
            return await asyncio.wrap_future(self._reading.submit(work))

    async def watch_model(self) -> None:
        """Switch to new model files as soon as they appear; runs forever."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            files = self._look_at_files()
            if files == self._files_seen:
                continue
            # If one of the two files is still missing, its arrival is the next change.
            self._files_seen = files
            try:
                self.reader = await asyncio.wrap_future(self._opening.submit(self._open_reader))
            except ModelError as error:
                _log.warning("still reading with the former model: %s", printable(str(error)))
            else:
                _log.info("reading with the model %s from now on", self.reader.manifest.sha256[:12])

    def close(self) -> None:
        """End the threads; those still busy end with the process."""
        self._reading.close()
        self._opening.close()

    def _open_reader(self) -> Reader:
        settings = self.settings
        return open_reader(settings.model, max_pixels=settings.max_pixels, patience_s=settings.timeout_s)

    def _look_at_files(self) -> list[tuple[int, int, int] | None]:
        """Signatures that change if a model file is replaced."""
        model = self.settings.model
        return [] if model is None else [_signature(path) for path in (model, manifest_path(model))]

    def _read_digits(self, pictures: list[bytes]) -> list[Digit | ImageError]:
        """The digit in each picture, or the error."""
        reader = self.reader
        prepared = [_prepare(reader, picture) for picture in pictures]
        digits = iter(reader.classify([one for one in prepared if not isinstance(one, ImageError)]))
        return [one if isinstance(one, ImageError) else next(digits) for one in prepared]


def _memory_bytes(settings: ServiceSettings) -> int:
    """The memory limit for bodies and pictures in progress, enough for at least one of the largest."""
    largest = settings.max_body_bytes + BYTES_PER_PIXEL * settings.max_pixels
    return max(_MEMORY_BYTES * max(1, available_cores() // 2), largest)


def _read_digit(reader: Reader, picture: bytes, deadline: Deadline) -> Digit:
    (digit,) = reader.read_digits([picture], timeout_s=deadline.left_s)
    return digit


def _take_note(done: asyncio.Task[Any]) -> None:
    """Ignore errors of a request that has already been answered."""
    if not done.cancelled():
        done.exception()


def is_small(picture: bytes) -> bool:
    """Whether a picture is a PNG so small that reading it is as fast as passing it to a thread."""
    width, height = picture[16:20], picture[20:24]  # the header always comes first
    return (
        picture.startswith(_PNG)
        and int.from_bytes(width) * int.from_bytes(height) <= _SMALL_PX
        and len(picture) <= _SMALL_BYTES
    )


def _prepare(reader: Reader, picture: bytes) -> PreparedDigit | ImageError:
    try:
        return reader.prepare(picture)
    except ImageError as error:
        return error


def _signature(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
