"""A picture of a data set: a row of samples per class, with its name and how many there are."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tenfold.data.dataset import Dataset
from tenfold.errors import InputError
from tenfold.files import expand_home, write_atomically

_SAMPLES_PER_CLASS = 16
_TILE_PX = 56  # two screen pixels per pixel of the digit
_GAP_PX = 4
_MARGIN_PX = 32
_HEADING_PX = 72

_PAPER = (255, 255, 255)
_TEXT = (31, 41, 55)
_FAINT_TEXT = (107, 114, 128)
_FRAME = (229, 231, 235)


def write_contact_sheet(dataset: Dataset, path: str | Path, seed: int = 0) -> None:
    """Write a PNG with up to 16 training images of each class, drawn at random by `seed`.

    `path` appears only when the file is complete. Raises InputError where it cannot be written.
    """
    target = expand_home(path)
    sheet = render_contact_sheet(dataset, seed)
    try:
        write_atomically(target, lambda file: sheet.save(file, format="PNG", optimize=True))
    except OSError as error:
        raise InputError(
            f"the contact sheet cannot be written to {target}: {error.strerror or error}"
        ) from error


def render_contact_sheet(dataset: Dataset, seed: int = 0) -> Image.Image:
    """The contact sheet as an RGB image, dark ink on white."""
    rng = np.random.default_rng(seed)
    name_font, small_font = ImageFont.load_default(20), ImageFont.load_default(13)
    label_px = 24 + max(round(name_font.getlength(name)) for name in dataset.class_names)
    label_px = max(label_px, round(small_font.getlength("60,000 + 10,000")) + 24)
    row_px = _TILE_PX + _GAP_PX
    width = 2 * _MARGIN_PX + label_px + _SAMPLES_PER_CLASS * row_px - _GAP_PX
    height = _HEADING_PX + _MARGIN_PX + len(dataset.class_names) * row_px
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    _draw_heading(draw, dataset)
    for label, name in enumerate(dataset.class_names):
        top = _HEADING_PX + label * row_px
        n_train, n_test = int((dataset.y_train == label).sum()), int((dataset.y_test == label).sum())
        middle = top + _TILE_PX // 2
        draw.text((_MARGIN_PX, middle - 2), name, fill=_TEXT, font=name_font, anchor="ls")
        draw.text(
            (_MARGIN_PX, middle + 4),
            f"{n_train:,} + {n_test:,}",
            fill=_FAINT_TEXT,
            font=small_font,
            anchor="lt",
        )
        for column, image in enumerate(_draw_samples(dataset, label, rng)):
            left = _MARGIN_PX + label_px + column * row_px
            sheet.paste(_tile(image), (left, top))
    return sheet


def _draw_heading(draw: ImageDraw.ImageDraw, dataset: Dataset) -> None:
    n_train, n_test = len(dataset.y_train), len(dataset.y_test)
    draw.text((_MARGIN_PX, 36), dataset.name, fill=_TEXT, font=ImageFont.load_default(26), anchor="ls")
    facts = f"{n_train:,} training + {n_test:,} test images, 28 x 28 pixels; training samples below"
    draw.text((_MARGIN_PX, 57), facts, fill=_FAINT_TEXT, font=ImageFont.load_default(14), anchor="ls")


def _draw_samples(dataset: Dataset, label: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    of_class = np.flatnonzero(dataset.y_train == label)
    chosen = rng.choice(of_class, size=min(_SAMPLES_PER_CLASS, of_class.size), replace=False)
    samples: NDArray[np.uint8] = dataset.x_train[np.sort(chosen)]
    return samples


def _tile(image: NDArray[np.uint8]) -> Image.Image:
    """One image twice as large, as ink on paper, in a thin frame."""
    tile = Image.fromarray(255 - image).resize((_TILE_PX, _TILE_PX), Image.Resampling.NEAREST).convert("RGB")
    ImageDraw.Draw(tile).rectangle((0, 0, _TILE_PX - 1, _TILE_PX - 1), outline=_FRAME)
    return tile
