"""Reading many pictures: files, folders of them, and standard input; and drawing what came of each."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tenfold.errors import ImageError, InputError
from tenfold.imaging.decode import SUFFIXES
from tenfold.reader.reader import Reader, Trace

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Source:
    """One picture to read: its path or "-", and what to call that which is made from it."""

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

    Hidden files are passed over. A folder without pictures comes back itself; reading it fails.
    """
    labels: Counter[Path] = Counter()
    sources = []
    for given in inputs:
        for name, label in _expand(given):
            labels[label] += 1
            number = labels[label]
            sources.append(Source(name, label if number == 1 else label.with_name(f"{label.name}-{number}")))
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


@dataclass(frozen=True, slots=True)
class Drawings:
    """Where to draw what was read: on the picture itself, and every stage; either may be left out.

    Of one picture `annotate` is a PNG file and `explain` a folder; of `several` both are folders, in which
    each picture has a name of its own. Raises InputError for a path of the other kind.
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
                f"expected a folder for what is drawn on several pictures, received the file {path}"
            )
        if not self.several and (not is_png or path.is_dir()):
            raise InputError(f"expected a file .png for what is drawn on the picture, received {path}")

    def draw(self, outcome: Outcome) -> None:
        """Write the drawings of one picture; nothing where it could not be read. Raises OSError."""
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


def _expand(given: str) -> list[tuple[str, Path]]:
    """The names and labels of what one argument stands for."""
    path = Path(given)
    if given == STANDARD_INPUT:
        return [(given, Path("stdin"))]
    if not path.is_dir():
        return [(given, Path(path.name))]
    found = sorted(
        inner
        for inner in path.rglob("*")
        if inner.suffix.lower() in SUFFIXES and not inner.name.startswith(".") and inner.is_file()
    )
    return [(str(inner), inner.relative_to(path)) for inner in found] or [(given, Path(path.name))]


def _picture(source: Source) -> Path | bytes:
    if source.name == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    path = Path(source.name)
    if path.is_dir():
        raise ImageError(f"expected pictures in the folder {path}, received none")
    return path
