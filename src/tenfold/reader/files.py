"""Read many pictures: files, folders and standard input; and draw the readings."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from tenfold.errors import ImageError, InputError
from tenfold.imaging.bounds import MAX_PIXELS
from tenfold.imaging.decode import decode
from tenfold.imaging.formats import SUFFIXES
from tenfold.imaging.pages import count_pages, has_more_pages
from tenfold.imaging.pdf import PDF_SUFFIX
from tenfold.reader.reader import Reader
from tenfold.reader.table import Table
from tenfold.reader.trace import Trace

STANDARD_INPUT = "-"
_READ_SUFFIXES = SUFFIXES | {PDF_SUFFIX}


@dataclass(frozen=True, slots=True)
class Source:
    """One picture to read.

    `name` is its path, or "-" for standard input; `label` is what drawings of it are called; `page`, from 1,
    is set if a file has several.
    """

    name: str
    label: Path
    page: int | None = None

    @property
    def title(self) -> str:
        """The name shown to users."""
        return self.name if self.page is None else f"{self.name}, page {self.page}"


class Found(NamedTuple):
    """The pictures to read, and the files in folders that are skipped because they are not pictures."""

    sources: list[Source]
    passed_over: list[Path]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one picture: its trace, or an error message.

    `has_more_pages` is true if the file has further pages that were not requested.
    """

    source: Source
    trace: Trace | None
    error: str | None
    has_more_pages: bool = False

    @property
    def table(self) -> Table | None:
        """The picture as rows of cells; None if it could not be read."""
        return None if self.trace is None else self.trace.table


def find_sources(inputs: Sequence[str]) -> Found:
    """The pictures that `inputs` name, in order; a folder stands for all pictures in it, recursively.

    Hidden files are ignored. A folder without pictures, or one that cannot be opened, is itself a source, and
    reading it fails.
    """
    labels: Counter[Path] = Counter()
    sources, passed_over = [], []
    for argument in inputs:
        expanded, others = _expand(argument)
        passed_over += others
        for name, label in expanded:
            labels[label] += 1
            number = labels[label]
            sources.append(Source(name, label if number == 1 else label.with_name(f"{label.name}-{number}")))
    return Found(sources, passed_over)


def read_sources(
    sources: Iterable[Source],
    reader: Reader,
    *,
    single: bool,
    pages: bool = False,
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Outcome]:
    """Read one picture after the other; a failure does not affect the rest.

    With `single`, each picture contains one digit. With `pages`, all pages of a TIFF or PDF are read, each of
    at most `max_pixels`; otherwise the first.
    """
    trace = reader.trace_digit if single else reader.trace
    for source in sources:
        try:
            content = _content(source)
            parts = _pages_of(source, content) if pages else [source]
        except ImageError as error:
            yield Outcome(source, None, str(error))
            continue
        for part in parts:
            try:
                page = content if part.page is None else decode(content, max_pixels, page=part.page)
                outcome = Outcome(part, trace(page), None, not pages and has_more_pages(content))
            except ImageError as error:
                where = "" if part.page is None else f"page {part.page}: "
                outcome = Outcome(part, None, f"{where}{error}")
            yield outcome


def _pages_of(source: Source, content: Path | bytes) -> list[Source]:
    """The pages of a file, or just the source if it has one page. Raises ImageError if there are too many."""
    n_pages = count_pages(content)
    if n_pages == 1:
        return [source]
    label = source.label
    return [
        replace(source, page=page, label=label.with_name(f"{label.name}-page-{page}"))
        for page in range(1, n_pages + 1)
    ]


@dataclass(frozen=True, slots=True)
class Drawings:
    """Where to draw readings: on the picture itself (`annotate`), and stage by stage (`explain`); either may
    be None.

    For a single picture, `annotate` is a PNG file and `explain` a folder. For `several`, both are folders, in
    which each picture has its own name. Raises InputError for a path of the wrong kind.
    """

    annotate: Path | None
    explain: Path | None
    several: bool

    def __post_init__(self) -> None:
        path = self.annotate
        if path is None:
            return
        is_png = path.suffix.lower() == ".png"
        if self.several and (is_png or path.is_file()):
            raise InputError(
                f"expected a folder for the drawings of several pictures, received the file {path}"
            )
        if not self.several and (not is_png or path.is_dir()):
            raise InputError(f"expected a .png file for the drawing, received {path}")

    def draw(self, outcome: Outcome) -> None:
        """Write the drawings of one picture; nothing if it could not be read. Raises OSError."""
        from tenfold.reader.annotate import annotate
        from tenfold.reader.explain import explain, save_png

        if outcome.trace is None:
            return
        label = outcome.source.label
        if self.annotate:
            path = self.annotate / f"{label}.png" if self.several else self.annotate
            path.parent.mkdir(parents=True, exist_ok=True)
            save_png(annotate(outcome.trace.grey, outcome.trace.reading), path)
        if self.explain:
            explain(outcome.trace, self.explain / label if self.several else self.explain)


def _expand(argument: str) -> tuple[list[tuple[str, Path]], list[Path]]:
    """The names and labels of the pictures one argument stands for, and the files skipped."""
    path = Path(argument)
    if argument == STANDARD_INPUT:
        return [(argument, Path("stdin"))], []
    if not path.is_dir():
        return [(argument, Path(path.name))], []
    pictures: list[Path] = []
    others: list[Path] = []
    for inner in sorted(_walk(path)):
        is_picture = inner.is_dir() or (inner.suffix.lower() in _READ_SUFFIXES and inner.is_file())
        (pictures if is_picture else others).append(inner)
    found = [(str(inner), inner.relative_to(path)) for inner in pictures]
    return found or [(argument, Path(path.name))], others


def _walk(folder: Path) -> Iterator[Path]:
    """All files below a folder except hidden ones, and its subfolders that cannot be opened."""
    unreadable: list[OSError] = []
    for place, _, names in os.walk(folder, onerror=unreadable.append):
        yield from (Path(place, name) for name in names if not name.startswith("."))
    yield from (Path(error.filename) for error in unreadable if Path(error.filename) != folder)


def _content(source: Source) -> Path | bytes:
    if source.name == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    path = Path(source.name)
    if path.is_dir():
        try:
            next(path.iterdir(), None)
        except OSError as error:
            raise ImageError(f"the folder {path} cannot be opened: {error.strerror or error}") from error
        raise ImageError(f"expected pictures in the folder {path}, received none")
    return path
