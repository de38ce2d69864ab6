"""A run's mistakes on the test images, as pictures for trackers: dark on light, digits enlarged."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tenfold.evaluation import confusion_matrix
from tenfold.runs.figures import shade_errors
from tenfold.runs.run import Run

_PAPER, _TEXT, _FAINT, _WRONG = (255, 255, 255), (31, 41, 55), (107, 114, 128), (220, 38, 38)
_MARGIN_PX, _HEADING_PX = 24, 64
_CELL_PX, _NAME_PX = 52, 96
_TILE_PX, _CAPTION_PX, _GAP_PX, _COLUMNS = 84, 22, 12, 8


def draw_errors(run: Run) -> dict[str, Image.Image]:
    """RGB pictures by name: confusion_matrix and, if there are mistakes, worst_mistakes.

    Empty for a network that reads lines, which stores no predictions. Raises RunError if they are damaged.
    """
    if not run.predictions_path.exists():
        return {}
    drawn = {"confusion_matrix": draw_confusion(run)}
    if mistakes := draw_mistakes(run):
        drawn["worst_mistakes"] = mistakes
    return drawn


def draw_confusion(run: Run) -> Image.Image:
    """The confusion matrix: more errors are redder."""
    names = run.result["data"]["class_names"]
    said = run.predictions
    matrix = confusion_matrix(said.labels, said.y_pred, len(names))
    side = _NAME_PX + _CELL_PX * len(names)
    sheet, draw = _sheet(run, "Test images, true \\ predicted", side, side - _NAME_PX + _CELL_PX // 2)
    font, small = ImageFont.load_default(15), ImageFont.load_default(13)
    left, top = _MARGIN_PX + _NAME_PX, _HEADING_PX + _CELL_PX // 2
    for number, name in enumerate(names):
        middle = number * _CELL_PX + _CELL_PX // 2
        draw.text((left - 10, top + middle), name[:12], _TEXT, font, anchor="rm")
        draw.text((left + middle, top - 8), name[:6], _TEXT, font, anchor="ms")
    shades = shade_errors(matrix)
    for true, predicted in np.ndindex(matrix.shape):
        x, y = left + predicted * _CELL_PX, top + true * _CELL_PX
        cell = (x, y, x + _CELL_PX - 3, y + _CELL_PX - 3)
        draw.rectangle(
            cell, fill=(243, 244, 246) if true == predicted else _mix(float(shades[true, predicted]))
        )
        if count := int(matrix[true, predicted]):
            colour = _FAINT if true == predicted else _TEXT
            draw.text((x + _CELL_PX // 2 - 1, y + _CELL_PX // 2), f"{count:,}", colour, small, anchor="mm")
    return sheet


def draw_mistakes(run: Run) -> Image.Image | None:
    """The stored mistakes, the most confident first, with true class, predicted class and confidence."""
    said, names = run.predictions, run.result["data"]["class_names"]
    y_pred, sure = said.y_pred[said.shown], said.probabilities[said.shown].max(axis=1)
    labels = said.labels[said.shown]
    wrong = np.flatnonzero(y_pred != labels)
    if not len(wrong):
        return None
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
    step = _TILE_PX + _GAP_PX
    rows = -(-len(wrong) // _COLUMNS)
    sheet, draw = _sheet(
        run,
        "Worst mistakes: the digit, as what it was read, how surely",
        _COLUMNS * step - _GAP_PX,
        rows * (step + _CAPTION_PX),
    )
    font = ImageFont.load_default(13)
    for place, index in enumerate(wrong.tolist()):
        x = _MARGIN_PX + place % _COLUMNS * step
        y = _HEADING_PX + place // _COLUMNS * (step + _CAPTION_PX)
        sheet.paste(_tile(said.images[index]), (x, y))
        caption = f"{names[labels[index]][:4]} as {names[y_pred[index]][:4]}"
        draw.text((x, y + _TILE_PX + 4), caption, _WRONG, font)
        draw.text((x + _TILE_PX, y + _TILE_PX + 4), f"{100 * sure[index]:.0f} %", _FAINT, font, anchor="ra")
    return sheet


def _sheet(run: Run, title: str, width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    sheet = Image.new("RGB", (width + 2 * _MARGIN_PX, height + _HEADING_PX + _MARGIN_PX), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN_PX, 30), title, _TEXT, ImageFont.load_default(20), anchor="ls")
    draw.text(
        (_MARGIN_PX, 50), f"{run.label}, seed {run.settings.seed}", _FAINT, ImageFont.load_default(13), "ls"
    )
    return sheet, draw


def _tile(image: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(255 - image).resize((_TILE_PX, _TILE_PX), Image.Resampling.NEAREST).convert("RGB")


def _mix(shade: float) -> tuple[int, int, int]:
    """From paper at 0 to a light red at 1, on which dark text is legible."""
    red = (248, 113, 113)
    return tuple(round(p + (r - p) * shade) for p, r in zip(_PAPER, red, strict=True))  # type: ignore[return-value]
