"""Pages as people hand them over, and what is where on them."""

import numpy as np
import pytest

from tenfold.data import Dataset
from tenfold.data.pens import Characters
from tenfold.data.synthesis.blocks import BLOCKS, Block
from tenfold.data.synthesis.doodles import note
from tenfold.data.synthesis.pages import Pages, show_ink, show_surroundings
from tenfold.data.synthesis.photograph import photograph
from tenfold.data.synthesis.sheet import Sheet, regions_of, values_of
from tenfold.data.synthesis.style import type_text, write
from tenfold.imaging.layout import Region
from writers import characters_of


@pytest.fixture(scope="module")
def characters() -> Characters:
    return characters_of()


@pytest.fixture(scope="module")
def pages(few_digits: Dataset, characters: Characters) -> Pages:
    return Pages(few_digits.x_train[:1000], few_digits.y_train[:1000], characters, show_ink)


def test_an_epoch_has_pages_of_one_size_and_says_what_every_second_pixel_is(pages: Pages) -> None:
    images, regions = pages.draw(seed=0, epoch=0)

    assert images.shape == (20, 256, 256)
    assert images.dtype == np.uint8
    assert regions.shape == (20, 128, 128)
    assert regions.dtype == np.int64
    assert len(pages) == 20
    assert {Region.RULING, Region.TEXT, Region.DIGIT} <= {*np.unique(regions)}


def test_only_ink_is_of_something(pages: Pages) -> None:
    images, regions = pages.draw(seed=0, epoch=0)
    inked = images.reshape(20, 128, 2, 128, 2).max(axis=(2, 4)) > 0

    assert (regions[~inked] == Region.PAPER).mean() > 0.999  # what is fainter than a level is still ink
    assert (regions[inked] != Region.PAPER).mean() > 0.5  # the rest is noise and shadows


@pytest.mark.parametrize(("epoch", "same"), [(3, True), (4, False)])
def test_a_page_is_used_in_four_epochs(pages: Pages, epoch: int, same: bool) -> None:
    first = pages.draw(seed=0, epoch=0)[0].copy()

    assert np.array_equal(pages.draw(seed=0, epoch=epoch)[0], first) == same


def test_a_visible_desk_is_distinguished_from_the_paper(few_digits: Dataset, characters: Characters) -> None:
    pages = Pages(few_digits.x_train[:2000], few_digits.y_train[:2000], characters, show_surroundings)

    images, regions = pages.draw(seed=1, epoch=0)

    assert {*np.unique(regions)} == {Region.PAPER, Region.SURROUNDINGS}
    shares = (regions == Region.SURROUNDINGS).mean(axis=(1, 2))
    assert 0.1 < (shares > 0).mean() < 0.5
    some = images[shares > 0.2][:, ::2, ::2], regions[shares > 0.2]
    assert len({round(float(image[region == 0].mean())) for image, region in zip(*some, strict=True)}) > 1


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_each_block_takes_room_and_leaves_ink_that_is_of_something(block: Block, pages: Pages) -> None:
    rng = np.random.default_rng(0)
    marked = False  # of the five, a note of a single letter that nobody wrote leaves no ink
    for _ in range(5):
        sheet = Sheet(400, 500)
        took = block(sheet, 20, 20, 40, pages.choose_style(40, rng), rng)

        assert took > 20
        assert not ((sheet.codes > 0) & (sheet.ink < 0.05)).any()
        marked |= bool((sheet.codes > 0).any())
    assert marked


def test_words_by_hand_are_no_numbers(pages: Pages) -> None:
    rng = np.random.default_rng(0)
    sheet = Sheet(400, 500)

    note(sheet, 20, 20, 40, pages.choose_style(40, rng), rng)

    assert {*np.unique(sheet.codes)} == {Region.PAPER, Region.TEXT}


@pytest.mark.parametrize("region", [Region.DIGIT, Region.PRINT], ids=lambda region: region.name)
def test_a_sheet_knows_the_value_of_each_digit(pages: Pages, region: Region) -> None:
    rng = np.random.default_rng(0)
    sheet, style = Sheet(100, 500), pages.choose_style(40, rng)

    if region == Region.DIGIT:
        write(sheet, "305", 20, 70, 40, style, rng)
    else:
        type_text(sheet, "305", 20, 70, 40, style)

    is_digit = regions_of(sheet.codes) == region
    columns = [
        np.flatnonzero((is_digit & (values_of(sheet.codes) == value)).any(axis=0)) for value in (3, 0, 5)
    ]
    assert all(of_digit.size for of_digit in columns)
    assert np.median(columns[0]) < np.median(columns[1]) < np.median(columns[2])
    assert is_digit.sum() == (sheet.codes > 0).sum()


def test_a_photograph_keeps_dark_what_is_written(pages: Pages) -> None:
    """A digit's pixels are darker, or lighter, than the paper around them."""
    rng, differences = np.random.default_rng(0), []
    for _ in range(20):
        sheet = Sheet(256, 256)
        sheet.box(60, 60, 200, 200, 9)
        grey, regions = photograph(sheet, 256, rng, crop=True)
        ruling, paper = regions == Region.RULING, regions == Region.PAPER
        differences.append(abs(float(np.median(grey[ruling])) - float(np.median(grey[paper]))))

    assert np.median(differences) > 40


def test_what_is_put_beyond_the_edge_is_cut_off() -> None:
    sheet = Sheet(20, 30)
    for place in ((-5, -5), (25, 15), (-50, 3), (3, 50)):
        sheet.put(np.ones((8, 8), dtype=np.float32), *place, Region.DIGIT)

    assert (sheet.codes == Region.DIGIT).sum() == 3 * 3 + 5 * 5
    assert np.array_equal(sheet.ink > 0, sheet.codes == Region.DIGIT)
