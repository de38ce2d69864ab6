"""TensorBoard's event file, to which only new values are added. Does not need TensorFlow.

A record is its length, the length's checksum, its content and the content's checksum, as written by
tensorboard.summary.writer.record_writer.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

_LENGTH = struct.Struct("<Q")
_CHECKSUM_BYTES = 4


class EventFile:
    """The events of the run `identity`, which began at `began` (seconds since 1970), in `folder`.

    Another run's events there are deleted. A partial record, left by a killed process, is cut off.
    """

    def __init__(self, folder: Path, identity: str, began: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"events.out.tfevents.{began:.0f}.tenfold.{identity}"
        for other in folder.glob("events.out.tfevents.*.tenfold.*"):
            if other != path:
                other.unlink()
        self._file = path.open("r+b" if path.exists() else "x+b")
        self._there: set[tuple[str, int]] = set()
        whole_bytes = 0
        for content, end in _records(self._file):
            event = Event.FromString(content)
            self._there |= {(value.tag, event.step) for value in event.summary.value}
            if event.graph_def:
                self._there.add(("graph", event.step))
            whole_bytes = end
        self._file.truncate(whole_bytes)
        self._file.seek(whole_bytes)
        self._writer = RecordWriter(self._file)
        if not whole_bytes:
            self._write(Event(wall_time=began, file_version="brain.Event:2"))

    def __enter__(self) -> "EventFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, summary: Summary, step: int, at: float) -> None:
        """Add the values of `summary` that are missing; `at` is in seconds since 1970."""
        new = [value for value in summary.value if (value.tag, step) not in self._there]
        if new:
            self._there |= {(value.tag, step) for value in new}
            self._write(Event(wall_time=at, step=step, summary=Summary(value=new)))

    def add_graph(self, graph: bytes, at: float) -> None:
        """Add the network, a serialized GraphDef, if there is none yet."""
        if ("graph", 0) not in self._there:
            self._there.add(("graph", 0))
            self._write(Event(wall_time=at, graph_def=graph))

    def _write(self, event: Event) -> None:
        self._writer.write(event.SerializeToString())


def _records(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Each complete record's content, and its end position."""
    while len(head := file.read(_LENGTH.size + _CHECKSUM_BYTES)) == _LENGTH.size + _CHECKSUM_BYTES:
        (length,) = _LENGTH.unpack_from(head)
        body = file.read(length + _CHECKSUM_BYTES)
        if len(body) < length + _CHECKSUM_BYTES:
            return
        yield body[:length], file.tell()
