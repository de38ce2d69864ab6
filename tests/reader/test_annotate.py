"""Drawings of readings, compared pixel by pixel."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tenfold.imaging.segment import Box
from tenfold.imaging.strip import HEIGHT_PX
from tenfold.reader import Reader
from tenfold.reader.annotate import ACCEPTED, NOT_ACCEPTED, PRINTED, SIGN, Color, annotate, percent
from tenfold.reader.explain import explain
from tenfold.reader.reading import Digit, Line, Reading, Sign


def reading_of(*boxes: Box, accepted: bool = True, printed: bool = False) -> Reading:
    digits = [Digit(7, 0.999, accepted, box, (0.0,) * 7 + (0.999, 0.0, 0.0), printed) for box in boxes]
    return Reading((Line(tuple(digits)),))


def places(picture: Image.Image, color: Color) -> NDArray[np.intp]:
    """Row and column of every pixel of exactly this colour."""
    return np.argwhere((np.asarray(picture) == color).all(axis=2))


def test_the_frame_surrounds_the_box_and_hides_nothing_inside() -> None:
    grey = np.full((400, 600), 200, np.uint8)
    drawn = annotate(grey, reading_of(Box(200, 150, 60, 100)))

    assert drawn.size == (600, 400)
    inside = np.asarray(drawn)[150:250, 200:260]
    assert (inside == 200).all()
    green = places(drawn, ACCEPTED)
    for row, column in ((148, 230), (251, 230), (200, 198), (200, 261)):
        assert [row, column] in green.tolist()


@pytest.mark.parametrize(("accepted", "color"), [(True, ACCEPTED), (False, NOT_ACCEPTED)])
def test_the_colour_shows_whether_a_digit_is_accepted(accepted: bool, color: Color) -> None:
    drawn = annotate(np.full((300, 300), 255, np.uint8), reading_of(Box(100, 100, 60, 90), accepted=accepted))

    assert len(places(drawn, color)) > 100
    assert len(places(drawn, NOT_ACCEPTED if accepted else ACCEPTED)) == 0


def test_printed_digits_have_their_own_colour() -> None:
    drawn = annotate(np.full((300, 300), 255, np.uint8), reading_of(Box(100, 100, 60, 90), printed=True))

    assert len(places(drawn, PRINTED)) > 100
    assert len(places(drawn, ACCEPTED)) == 0


def test_the_value_stands_above_the_box_and_the_confidence_below() -> None:
    drawn = annotate(np.full((400, 400), 255, np.uint8), reading_of(Box(150, 150, 60, 100)))

    rows = places(drawn, ACCEPTED)[:, 0]
    assert rows.min() < 130
    assert rows.max() > 260


def test_signs_have_their_own_colour() -> None:
    (line,) = reading_of(Box(100, 150, 60, 100)).lines
    reading = Reading((Line(line.digits, (Sign(".", 0.9, Box(180, 240, 10, 10), after=1),)),))

    drawn = places(annotate(np.full((400, 400), 255, np.uint8), reading), SIGN)

    assert drawn[:, 0].min() > 190  # only around and next to the dot
    assert 160 < drawn[:, 1].min() < drawn[:, 1].max() < 220


def test_a_small_picture_is_enlarged_and_gets_a_margin_if_digits_are_at_its_edge() -> None:
    drawn = annotate(np.full((28, 28), 255, np.uint8), reading_of(Box(0, 0, 28, 28)))

    assert min(drawn.size) > 84 + 40
    rows, columns = places(drawn, ACCEPTED).T
    assert rows.min() > 0
    assert columns.min() > 0


def test_an_empty_reading_leaves_the_picture_unchanged() -> None:
    grey = np.arange(200 * 300, dtype=np.uint8).reshape(200, 300)

    assert np.array_equal(np.asarray(annotate(grey, Reading(())).convert("L")), grey)


@pytest.mark.parametrize(("confidence", "text"), [(0.0, "0"), (0.456, "45"), (0.99999, "99"), (1.0, "100")])
def test_only_certainty_shows_as_100_percent(confidence: float, text: str) -> None:
    assert percent(confidence) == text


def test_explain_writes_every_stage_of_a_page(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    trace = small_reader.trace(page)
    explain(trace, tmp_path / "new" / "folder")

    folder = tmp_path / "new" / "folder"
    written = {str(path.relative_to(folder)) for path in folder.rglob("*.png")}
    digits = {
        f"digits/line-{row:02}-digit-{column:02}.png"
        for row, line in enumerate(trace.reading.lines, 1)
        for column in range(1, len(line.digits) + 1)
    }
    stages = {"1-grey.png", "2-ink.png", "3-strips.png", "4-cuts.png", "5-reading.png", "overview.png"}
    assert written == stages | digits
    with Image.open(folder / "1-grey.png") as grey:
        assert np.array_equal(np.asarray(grey), page)
    with Image.open(folder / "2-ink.png") as ink:
        assert np.array_equal(np.asarray(ink) < 255, trace.pages[0].page.ink > 0.002)
    with Image.open(folder / "3-strips.png") as strips:
        first = np.asarray(strips)[: 4 * HEIGHT_PX : 4, ::4, 0]
        assert trace.lines[0].strip is not None
        assert np.array_equal(first[:, : trace.lines[0].strip.shape[1]], 255 - trace.lines[0].strip)
        caption = np.asarray(strips.convert("L"))[4 * HEIGHT_PX :][:20]
    for peak in trace.lines[0].peaks:  # the symbol stands below its column
        middle = round(4 * peak.middle_px)
        assert caption[:, middle - 8 : middle + 9].min() < 128
    with Image.open(folder / "4-cuts.png") as cuts:
        hues = {tuple(color) for color in np.asarray(cuts).reshape(-1, 3) if np.ptp(color) > 100}
        assert len(hues) > 1


def test_the_overview_shows_the_first_cards_and_the_folder_has_all(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = small_reader.trace(page)
    explain(trace, tmp_path / "all")
    monkeypatch.setattr("tenfold.reader.explain._MAX_CARDS", 1)
    explain(trace, tmp_path / "first")

    of_all, of_first = (sorted((tmp_path / name / "digits").iterdir()) for name in ("all", "first"))
    assert [path.name for path in of_all] == [path.name for path in of_first]
    with (
        Image.open(tmp_path / "all" / "overview.png") as all_cards,
        Image.open(tmp_path / "first" / "overview.png") as first_card,
    ):
        assert first_card.height < all_cards.height


def test_a_card_shows_the_exact_input_of_the_network(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    trace = small_reader.trace(page)
    explain(trace, tmp_path)

    with Image.open(tmp_path / "digits" / "line-01-digit-01.png") as card:
        enlarged = np.asarray(card.convert("L"))[:224, :224]
    assert np.array_equal(enlarged[4::8, 4::8], 255 - trace.lines[0].cuts[0].image)


def test_explain_also_works_for_a_single_digit_and_a_blank_page(
    small_reader: Reader, page: NDArray[np.uint8], tmp_path: Path
) -> None:
    explain(small_reader.trace_digit(page), tmp_path / "single")
    explain(small_reader.trace(np.full((50, 60), 255, np.uint8)), tmp_path / "blank")

    assert not (tmp_path / "single" / "3-strips.png").exists()
    assert (tmp_path / "single" / "digits" / "line-01-digit-01.png").exists()
    assert (tmp_path / "blank" / "overview.png").exists()
    assert not list((tmp_path / "blank" / "digits").iterdir())
