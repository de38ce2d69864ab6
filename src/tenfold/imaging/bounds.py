"""How much one picture may hold, so that reading takes seconds whatever is in it.

A page written full has a tenth of it. What is more is refused rather than read in part: nobody would know
what is missing.
"""

from tenfold.errors import ImageError

MAX_PIXELS = 50_000_000  # by default; a photograph of 48 megapixels passes
MAX_PIECES = 5_000  # of connected ink, specks not counted
MAX_LINES = 500
MAX_DIGITS = 4_000
MAX_OVERLAP = 8  # the area of all lines' boxes, which may lie over each other, over that of the picture


def check_bound(received: int, most: int, what: str, name: str) -> None:
    """Raise ImageError where the picture called `name` has more than `most`: "{:,} lines" of `what`."""
    if received > most:
        raise ImageError(
            f"{name} has {what.format(received)}, more than the {most:,} that one picture may have; "
            "cut it into parts, or rid it of noise and patterns"
        )
