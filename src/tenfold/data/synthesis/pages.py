"""Photographed and scanned pages, with a map of what is where."""

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import Characters
from tenfold.data.synthesis.blocks import BLOCKS, comb, lines, single, sums
from tenfold.data.synthesis.pen import HEIGHT
from tenfold.data.synthesis.penman import Penman
from tenfold.data.synthesis.photograph import photograph
from tenfold.data.synthesis.sheet import Sheet, regions_of
from tenfold.data.synthesis.strokes import indices_by_value, trace
from tenfold.data.synthesis.style import Style
from tenfold.data.synthesis.written import Written
from tenfold.imaging.ink import find_ink
from tenfold.imaging.layout import PAGE_PX, Region, edge_level, pad_to_size

_IMAGES_PER_PAGE = 50
_HEIGHTS = 12.0, 100.0  # pixels, of the smallest and largest digits
_BLANK = 0.06  # of the pages
_CROPS = 0.3  # of the pictures
_ANGULAR = 0.1  # of the hands
_HAIRLINES = 0.1  # of the pens, as fine as in drawing programs
_FINEST_PX = 0.5  # the width of the finest of them on the page
_OF_CROPS = (single, comb, sums, lines)

Rng = np.random.Generator
Picture = NDArray[np.uint8]  # (h, w)
Show = Callable[[Picture, Picture, Rng], tuple[Picture, Picture, int]]


class Pages:
    """Pages filled by the writers of `characters`, some with the digits of MNIST images, uint8 (N, 28, 28)
    with labels (N,).

    `show` turns a photograph, uint8 (h, w), and the `Region` of each pixel into the network's input: a
    picture, regions of the same shape, and the level around the picture. An epoch has one page for every
    fifty images. Drawing them is slow, so each page is used in several epochs.
    """

    image_shape: tuple[int, ...] = (PAGE_PX, PAGE_PX)
    label_shape: tuple[int, ...] = (PAGE_PX // 2, PAGE_PX // 2)
    uses = 4

    def __init__(
        self, images: NDArray[np.uint8], labels: NDArray[np.int64], characters: Characters, show: Show
    ) -> None:
        self._strokes = trace(images)
        self._of_value = indices_by_value(self._strokes, labels)
        self._written = Written(characters)
        self._show = show
        self._n_pages = max(len(labels) // _IMAGES_PER_PAGE, 1)
        self._drawn: tuple[tuple[int, int], tuple[NDArray[np.uint8], NDArray[np.int64]]] | None = None

    def __len__(self) -> int:
        """The number of pages in an epoch."""
        return self._n_pages

    def draw(self, seed: int, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """The pages of one epoch, uint8 (N, 256, 256), and the `Region` of every second pixel, int64
        (N, 128, 128).

        They depend only on `seed` and `epoch`. The latest ones are cached; do not modify them.
        """
        which = seed, epoch // self.uses
        if self._drawn is None or self._drawn[0] != which:
            rng = np.random.default_rng([*which, 3])
            images = np.empty((self._n_pages, *self.image_shape), dtype=np.uint8)
            labels = np.empty((self._n_pages, *self.label_shape), dtype=np.int64)
            for index in range(self._n_pages):
                images[index], labels[index] = self.write(rng)
            self._drawn = which, (images, labels)
        return self._drawn[1]

    def write(self, rng: Rng) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """A page uint8 (256, 256), and the `Region` of every second pixel, int64 (128, 128)."""
        crop = rng.random() < _CROPS
        sheet = self.fill_with_one(rng) if crop else self.fill(rng)
        grey, codes = photograph(sheet, PAGE_PX, rng, crop=crop)
        shown, regions, beyond = self._show(grey, regions_of(codes), rng)
        return (
            pad_to_size(shown, PAGE_PX, PAGE_PX, beyond),
            _halve(pad_to_size(regions, PAGE_PX, PAGE_PX, Region.PAPER)),
        )

    def fill_with_one(self, rng: Rng) -> Sheet:
        """A sheet with a single number, row of fields or sum."""
        sheet = Sheet(PAGE_PX, PAGE_PX)
        height = _choose_height(_HEIGHTS, rng)
        block = _OF_CROPS[int(rng.choice(len(_OF_CROPS), p=(0.5, 0.2, 0.15, 0.15)))]
        block(sheet, 0.1 * PAGE_PX, 0.1 * PAGE_PX, height, self.choose_style(height, rng), rng)
        return sheet

    def fill(self, rng: Rng, side: int = PAGE_PX, heights: tuple[float, float] = _HEIGHTS) -> Sheet:
        """A sheet of about `side` x `side` pixels full of numbers, words and drawings, with digits whose
        height is in the range `heights`, in pixels."""
        width, height = side, round(side * math.exp(rng.normal(0, 0.15)))
        sheet = Sheet(height, width)
        if rng.random() < _BLANK:
            return sheet
        of_digits = _choose_height(heights, rng)
        style = self.choose_style(of_digits, rng)
        makers, shares = list(BLOCKS), list(BLOCKS.values())
        x, y = rng.uniform(-0.1, 0.15) * width, rng.uniform(-0.2, 0.2) * of_digits
        while y < height - 0.5 * of_digits:
            maker = makers[int(rng.choice(len(makers), p=shares))]
            at = x
            while at < width - of_digits:
                y_of_block = y + rng.uniform(0, 0.6) * of_digits
                took = maker(sheet, at, y_of_block, of_digits, style, rng)
                at += width if rng.random() < 0.6 else rng.uniform(3, 8) * of_digits
                if at < width and not sheet.free(at, y_of_block, 2.5 * of_digits, took):
                    break
            y += took + rng.uniform(0.3, 1.6) * of_digits
            if rng.random() < 0.25:
                of_digits *= math.exp(rng.normal(0, 0.35))
                style = self.choose_style(of_digits, rng)
        return sheet

    def choose_style(self, height: float, rng: Rng) -> Style:
        """A random style for a page with digits of a `height` in pixels."""
        hairline = _FINEST_PX * HEIGHT / height * math.exp(rng.uniform(0, 1))
        return Style(
            penman=Penman(
                self._strokes,
                self._of_value,
                self._written,
                rng,
                angular=rng.random() < _ANGULAR,
                width=hairline if rng.random() < _HAIRLINES else None,
            ),
            font=int(rng.integers(1000)),
            of_hand=float(rng.uniform(0.45, 1)),
            of_print=float(rng.uniform(0.4, 1)),
            of_rulings=float(rng.uniform(0.2, 1)),
            thickness=int(rng.integers(1, 2 + round(height / 25))),
            gap=float(rng.normal(0.12, 0.1)),
            marker=float(rng.uniform(0.05, 0.16)) if rng.random() < 0.12 else 0.0,
        )


def show_ink(grey: NDArray[np.uint8], regions: NDArray[np.uint8], rng: Rng) -> tuple[Picture, Picture, int]:
    """The ink on the paper of a photograph, as the reader finds it, with a maximum of 255, and its regions;
    all else is paper."""
    surroundings = (regions == Region.SURROUNDINGS).view(np.uint8)
    if surroundings.any():
        rim = 2 * int(rng.integers(0, 5)) + 1
        away = cv2.dilate(surroundings, np.ones((rim, rim), np.uint8)) > 0
        if away.all():
            return np.zeros_like(grey), np.zeros_like(regions), 0
        grey = np.where(away, np.uint8(np.median(grey[~away])), grey)
        regions = np.where(surroundings, np.uint8(Region.PAPER), regions)
    ink = find_ink(grey)
    # The soft edge of a stroke belongs to the stroke.
    grown = np.where(regions == Region.PAPER, cv2.dilate(regions, np.ones((3, 3), np.uint8)), regions)
    return np.rint(255 * ink).astype(np.uint8), np.where(ink > 0, grown, np.uint8(Region.PAPER)), 0


def show_surroundings(
    grey: NDArray[np.uint8],
    regions: NDArray[np.uint8],
    rng: Rng,  # noqa: ARG001
) -> tuple[Picture, Picture, int]:
    """The unchanged photograph; every region except the surroundings counts as paper."""
    surroundings = regions == Region.SURROUNDINGS
    return grey, np.where(surroundings, regions, np.uint8(Region.PAPER)), edge_level(grey)


def _choose_height(heights: tuple[float, float], rng: Rng) -> float:
    """A height between two, each scale as likely as any other."""
    smallest, largest = heights
    return math.exp(rng.uniform(math.log(smallest), math.log(largest)))


def _halve(regions: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The rarest region of each 2 x 2 pixels, which is the one with the highest number."""
    return np.asarray(
        cv2.dilate(regions, np.ones((2, 2), np.uint8), anchor=(0, 0))[::2, ::2].astype(np.int64)
    )
