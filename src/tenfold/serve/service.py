"""What the routes share: the reader of the moment, and who reads with it."""

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
from tenfold.reader.reader import Prepared
from tenfold.serve.batcher import Batcher
from tenfold.serve.capacity import Capacity
from tenfold.serve.settings import ServiceSettings
from tenfold.serve.threads import Threads

_LOOK_EVERY_S = 0.5
_MEMORY_BYTES = 512 * 2**20  # for every two cores
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_SMALL_PX, _SMALL_BYTES = 100 * 100, 50_000

Result = TypeVar("Result")
_log = logging.getLogger("tenfold.serve")


class Service:
    """Reads for the routes, on as many threads as there are cores.

    Where the settings name a model, its files are looked at twice a second; once they are others, whole, and
    tried, what is asked from then on is read with these.
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
        """The digit in a picture that holds one. Raises ImageError for what is no picture, and as `run`."""
        # Another network than the bundled one may take any time: it does not hold up who receives requests.
        if self.settings.model is not None or not is_small(picture):
            return await self.read(picture, _read_digit)
        with self.at_work.take():
            answer = await self._batcher(picture)
        if isinstance(answer, ImageError):
            raise answer
        return answer

    async def read(self, picture: bytes, work: Callable[..., Result], *arguments: object) -> Result:
        """`work(reader, picture, *arguments, deadline)` as by `run`, with memory for the picture."""
        reader = self.reader

        def with_memory(picture: bytes, deadline: Deadline) -> Result:
            with self.memory.take(bytes_to_read(picture, self.settings.max_pixels)):
                return work(reader, picture, *arguments, deadline)

        return await self.run(with_memory, picture)

    async def run(self, work: Callable[..., Result], body: bytes, *arguments: object) -> Result:
        """`work(body, *arguments, deadline)` on one of the reading threads.

        The deadline is that of the request, which may wait for a thread: then nothing is done after it.
        Raises HTTPException: 503 if too much is at work already, 504 if it is not done in time.
        """
        deadline = Deadline(self.settings.timeout_s)

        def work_in_time() -> Result:
            deadline.check("waiting for others")
            return work(body, *arguments, deadline)

        # Nobody can stop a thread: its place is taken until it is done, whoever has given up waiting.
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
        """Go over to other model files as soon as they are there; for ever."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            files = self._look_at_files()
            if files == self._files_seen:
                continue
            # Where one of the two files is still on its way, its coming is the next change.
            self._files_seen = files
            try:
                self.reader = await asyncio.wrap_future(self._opening.submit(self._open_reader))
            except ModelError as error:
                _log.warning("still reading with the former model: %s", printable(str(error)))
            else:
                _log.info("reading with the model %s from now on", self.reader.manifest.sha256[:12])

    def close(self) -> None:
        """End the threads; those that have not come to an end by now go with the process."""
        self._reading.close()
        self._opening.close()

    def _open_reader(self) -> Reader:
        settings = self.settings
        return open_reader(settings.model, max_pixels=settings.max_pixels, patience_s=settings.timeout_s)

    def _look_at_files(self) -> list[tuple[int, int, int] | None]:
        """What changes when one of the model files is replaced."""
        model = self.settings.model
        return [] if model is None else [_signature(path) for path in (model, manifest_path(model))]

    def _read_digits(self, pictures: list[bytes]) -> list[Digit | ImageError]:
        """Of each picture the digit, or what is wrong with it."""
        reader = self.reader
        prepared = [_prepare(reader, picture) for picture in pictures]
        digits = iter(reader.classify([one for one in prepared if not isinstance(one, ImageError)]))
        return [one if isinstance(one, ImageError) else next(digits) for one in prepared]


def _memory_bytes(settings: ServiceSettings) -> int:
    """What bodies and pictures at work may have together: enough for one of the largest, at least."""
    largest = settings.max_body_bytes + BYTES_PER_PIXEL * settings.max_pixels
    return max(_MEMORY_BYTES * max(1, available_cores() // 2), largest)


def _read_digit(reader: Reader, picture: bytes, deadline: Deadline) -> Digit:
    (digit,) = reader.read_digits([picture], timeout_s=deadline.left_s)
    return digit


def _take_note(done: asyncio.Task[Any]) -> None:
    """What goes wrong with a request that has been answered already is of interest to nobody."""
    if not done.cancelled():
        done.exception()


def is_small(picture: bytes) -> bool:
    """Whether a picture is a PNG of so few pixels that it is read as fast as handed to a thread."""
    width, height = picture[16:20], picture[20:24]  # the header comes first, always
    return (
        picture.startswith(_PNG)
        and int.from_bytes(width) * int.from_bytes(height) <= _SMALL_PX
        and len(picture) <= _SMALL_BYTES
    )


def _prepare(reader: Reader, picture: bytes) -> Prepared | ImageError:
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
