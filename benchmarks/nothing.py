"""How often a digit is accepted on pages without digits.

    python benchmarks/nothing.py [--pages 200] [FOLDER ...]

Pages with print, letters by writers held out of every training, doodles, flow charts, and textures, drawn
and photographed (tenfold.data.synthesis), and the photographs that scikit-learn ships; with folders of
pictures without digits, these, too, except for files that are not pictures. Needs `tenfold fetch unipen` and
`tenfold fetch pendigits`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

import tenfold
from measuring import keep, mean_percent, parser
from tenfold.data import load_mnist
from tenfold.data.pens import load_characters
from tenfold.data.synthesis.doodles import doodle
from tenfold.data.synthesis.pages import Pages, show_surroundings
from tenfold.data.synthesis.photograph import photograph
from tenfold.data.synthesis.sheet import Sheet
from tenfold.data.synthesis.style import Style, type_text, write
from tenfold.errors import ImageError
from tenfold.imaging.decode import decode

Rng = np.random.Generator
Picture = NDArray[np.uint8]
SIDE = 800
WORDS = "the sheet was found on desk by people who write with pens and never count what they see".split()  # noqa: SIM905


def words(rng: Rng, n: int) -> str:
    return " ".join(rng.choice(WORDS, n).tolist())


def printed(sheet: Sheet, style: Style, rng: Rng) -> None:
    height = rng.uniform(14, 40)
    for foot in np.arange(2 * height, SIDE - height, height * rng.uniform(1.5, 2.5)):
        type_text(sheet, words(rng, 6), 30, float(foot), height, style)


def written(sheet: Sheet, style: Style, rng: Rng) -> None:
    height = rng.uniform(25, 60)
    for foot in np.arange(2 * height, SIDE - height, height * rng.uniform(1.6, 2.6)):
        write(sheet, words(rng, 3), 40, float(foot), height, style, rng)


def doodled(sheet: Sheet, style: Style, rng: Rng) -> None:
    for top in np.arange(40, SIDE - 200, 180):
        doodle(sheet, 60, float(top), rng.uniform(40, 80), style, rng)


def charted(sheet: Sheet, style: Style, rng: Rng) -> None:
    """Boxes with a word each, and lines from one to the next."""
    middles = [(rng.uniform(150, 650), y) for y in range(100, 700, 150)]
    for (x, y), after in zip(middles, [*middles[1:], None], strict=True):
        sheet.box(x - 90, y - 35, x + 90, y + 35, 3, style.of_hand)
        write(sheet, str(rng.choice(WORDS))[:6], x - 70, y + 14, 28, style, rng)
        if after:
            sheet.line((x, y + 35), (after[0], after[1] - 35), 3, style.of_hand)


def textured(rng: Rng) -> Picture:
    grain = rng.normal(0, 1, (int(rng.integers(4, 200)), int(rng.integers(4, 200)))).astype(np.float32)
    large = cv2.resize(grain, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    levels = np.clip(rng.uniform(80, 200) + rng.uniform(5, 40) * large, 0, 255)
    return np.asarray(levels, dtype=np.uint8)


FILLS: tuple[Callable[[Sheet, Style, Rng], None], ...] = (printed, written, doodled, charted)


def photographs() -> list[Picture]:
    folder = resources.files("sklearn.datasets.images")
    names = ("china.jpg", "flower.jpg")
    return [decode((folder / name).read_bytes()) for name in names]


def draw_without_numbers(pages: Pages, number: int, rng: Rng) -> tuple[str, Picture]:
    """The kind of the picture with this number, and its grey levels."""
    if number % 5 == 0:
        return "textures", textured(rng)
    fill, sheet = FILLS[number % len(FILLS)], Sheet(SIDE, SIDE)
    fill(sheet, pages.choose_style(40, rng), rng)
    return fill.__name__, photograph(sheet, SIDE, rng)[0]


def main() -> None:
    options = parser(__doc__, pages=200)
    options.add_argument("folders", type=Path, nargs="*", metavar="FOLDER")
    arguments = options.parse_args()
    mnist = load_mnist()
    pages = Pages(mnist.x_test, mnist.y_test, load_characters(held_out=True), show_surroundings)
    reader, rng = tenfold.Reader(), np.random.default_rng(11)
    invented: dict[str, list[bool]] = {}
    values: Counter[int] = Counter()

    def judge(kind: str, picture: Picture) -> None:
        lines: Sequence[tenfold.Line] = ()
        with suppress(ImageError):  # refused pages have no invented digits
            lines = reader.read(picture).lines
        accepted = [digit for line in lines for digit in line if digit.accepted]
        invented.setdefault(kind, []).append(bool(accepted))
        values.update(digit.value for digit in accepted)

    for picture in photographs():
        judge("photographs", picture)
    for number in range(arguments.pages - 2):
        judge(*draw_without_numbers(pages, number, rng))
    drawn = [one for some in invented.values() for one in some]
    for folder in arguments.folders:
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            with suppress(ImageError):
                judge(folder.name, decode(path))
    results: dict[str, Any] = {
        kind: {"pages": len(some), "with an accepted digit": mean_percent(some)}
        for kind, some in invented.items()
    }
    results["all"] = {"pages": len(drawn), "with an accepted digit": mean_percent(drawn)}
    for kind, figures in results.items():
        print(kind, figures)
    print("most often", values.most_common(3))
    keep("nothing", results)


if __name__ == "__main__":
    main()
