"""A user's own labelled pictures in a CSV.

file,label                      pictures relative to the CSV; columns split and writer are optional
label,pixel0,...,pixel783       28 x 28 grey levels per line, as in Kaggle's MNIST; the header is optional
"""

import csv
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from tenfold.data.dataset import Dataset
from tenfold.data.events import OnEvent
from tenfold.data.pictures import OnPictures, read_pictures, shortened
from tenfold.data.samples import PARTS, Sample, dataset_of_samples, require_several_per_class
from tenfold.errors import InputError
from tenfold.files import expand_home
from tenfold.imaging.normalize import SIDE_PX

_PIXELS = SIDE_PX * SIDE_PX
_LINES_AT_ONCE = 4096


def load_csv(
    path: str | Path,
    *,
    skip_damaged: bool = False,
    on_event: OnEvent | None = None,
    on_pictures: OnPictures | None = None,
) -> Dataset:
    """The digits in a CSV: pictures in the columns `file` and `label`, or a label and 784 pixels per line.

    Files are relative to the CSV's folder, or absolute. The optional column `split` (train, val, test) gives
    each one's part, `writer` its writer; without them a stratified fifth is the test part. Pixels are grey
    levels 0 to 255, used unchanged, or inverted if most of them are light.

    Raises InputError, with the line number, if a column, a file or a label is missing; otherwise like
    `load_folder`.
    """
    table = expand_home(path)
    try:
        # utf-8-sig, because spreadsheets write a byte order mark.
        with table.open(encoding="utf-8-sig", newline="") as stream:
            heading = next(csv.reader([stream.readline()], skipinitialspace=True), [])
            stream.seek(0)
            if len(heading) in (_PIXELS, _PIXELS + 1):
                images, samples = _read_pixels(stream, table, heading, on_event)
                names = []
            else:
                samples = _read_rows(stream, table)
                names = [sample.name for sample in samples]
    except OSError as error:
        raise InputError(f"{table} cannot be opened: {error.strerror or error}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"expected {table} to be a CSV in UTF-8: {error}") from error
    if not samples:
        raise InputError(f"expected one line per picture below the header of {table}, received none")
    if names:
        images, readable = read_pictures(
            table.parent, names, skip_damaged=skip_damaged, on_event=on_event, on_pictures=on_pictures
        )
        samples = [sample for sample, kept in zip(samples, readable, strict=True) if kept]
    require_several_per_class(samples, shortened(str(path), 80))
    return dataset_of_samples(table.stem, str(path), images, samples, on_event)


def _read_rows(stream: TextIO, table: Path) -> list[Sample]:
    """The files and labels of a CSV, in its order."""
    rows = csv.DictReader(stream, skipinitialspace=True)
    if not {"file", "label"} <= set(rows.fieldnames or ()):
        received = shortened(",".join(rows.fieldnames or ()), 60)
        raise InputError(
            f"expected the columns file,label in {table}, received {received!r}, or a label and 784 pixels"
        )
    return [_read_row(row, table, rows.line_num) for row in rows]


def _read_row(row: dict[str, str | None], table: Path, line: int) -> Sample:
    file, label = (row["file"] or "").strip(), (row["label"] or "").strip()
    if not label:
        raise InputError(f"{table}, line {line}: expected a label, received none")
    if not file or not (table.parent / file).is_file():
        raise InputError(
            f"{table}, line {line}: expected a picture, received {shortened(file)!r}, which is not a file"
        )
    part = None
    if "split" in row:
        received = (row["split"] or "").strip()
        part = PARTS.get(received.lower())
        if part is None:
            raise InputError(
                f"{table}, line {line}: expected train, val or test in the column split, "
                f"received {shortened(received)!r}"
            )
    return Sample(file, label, (row.get("writer") or "").strip() or None, part)


def _read_pixels(
    stream: TextIO, table: Path, heading: list[str], on_event: OnEvent | None
) -> tuple[NDArray[np.uint8], list[Sample]]:
    """The images, uint8 (N, 28, 28), 0 paper .. 255 ink, of a CSV of pixels, and their samples."""
    names = [name.strip().lower() for name in heading]
    has_heading = not names[0].isdigit()
    if len(names) == _PIXELS or (has_heading and "label" not in names):
        raise InputError(
            f"expected a column label and 784 pixels in {table}, received no labels, which are needed to "
            "train and test; Kaggle's test.csv has none, use train.csv"
        )
    label_column = names.index("label") if has_heading else 0
    if has_heading:
        stream.readline()
    blocks = []
    n_read = int(has_heading)
    while lines := list(islice(stream, _LINES_AT_ONCE)):
        blocks.append(_read_block(lines, table, n_read, len(names)))
        n_read += len(lines)
    if not blocks:
        return np.zeros((0, SIDE_PX, SIDE_PX), dtype=np.uint8), []
    values = np.concatenate(blocks)
    labels = values[:, label_column]
    images = np.delete(values, label_column, axis=1).reshape(-1, SIDE_PX, SIDE_PX)
    if np.median(images) > 127:
        images = ~images
        if on_event is not None:
            on_event(f"{table.name}: its digits are dark on light, and are inverted")
    first = 1 + int(has_heading)
    return images, [Sample(f"line {first + row}", str(label)) for row, label in enumerate(labels)]


def _read_block(lines: list[str], table: Path, n_before: int, n_columns: int) -> NDArray[np.uint8]:
    """Lines of whole numbers from 0 to 255 as uint8 (N, columns); they follow `n_before` other lines."""
    try:
        values = np.loadtxt(lines, dtype=np.float32, delimiter=",", quotechar='"', ndmin=2, comments=None)
    except ValueError as error:
        raise InputError(
            f"expected whole numbers in {table}, lines {n_before + 1:,} to {n_before + len(lines):,}: "
            f"{shortened(' '.join(str(error).split()), 100)}"
        ) from error
    if values.shape[1] != n_columns or not ((values >= 0) & (values <= 255) & (values % 1 == 0)).all():
        raise InputError(
            f"expected a label and 784 whole numbers from 0 to 255 a line in {table}, lines "
            f"{n_before + 1:,} to {n_before + len(lines):,}, received others"
        )
    return values.astype(np.uint8)
