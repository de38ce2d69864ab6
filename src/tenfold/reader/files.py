"""Reading many pictures: files, folders of them, and standard input."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenfold.errors import ImageError
from tenfold.reader.reader import Reader, Trace

STANDARD_INPUT = "-"
_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"))


@dataclass(frozen=True, slots=True)
class Source:
    """One picture to read: its path or "-", and what to call files that are made from it."""

    name: str
    label: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one picture: its trace, or why there is none."""

    source: Source
    trace: Trace | None
    error: str | None


def find_sources(inputs: Sequence[str]) -> list[Source]:
    """The pictures that `inputs` name, in their order; a folder stands for those in it and in its folders.

    A folder without pictures comes back itself; reading it fails.
    """
    sources = []
    for given in inputs:
        path = Path(given)
        if given != STANDARD_INPUT and path.is_dir():
            sources += _pictures_in(path) or [Source(given, Path(path.name))]
        else:
            sources.append(Source(given, Path("stdin" if given == STANDARD_INPUT else path.name)))
    return sources


def read_sources(sources: Iterable[Source], reader: Reader, *, single: bool) -> Iterator[Outcome]:
    """Read one picture after the other; one that cannot be read does not keep the next from it.

    With `single`, each holds one digit.
    """
    trace = reader.trace_digit if single else reader.trace
    for source in sources:
        try:
            outcome = Outcome(source, trace(_picture(source)), None)
        except ImageError as error:
            outcome = Outcome(source, None, str(error))
        yield outcome


def _pictures_in(folder: Path) -> list[Source]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    return [Source(str(path), path.relative_to(folder)) for path in paths]


def _picture(source: Source) -> Path | bytes:
    if source.name == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    path = Path(source.name)
    if path.is_dir():
        raise ImageError(f"expected pictures in the folder {path}, received none")
    return path
