"""Limits on what one picture may contain, so that reading takes seconds whatever it shows.

A full page stays below a tenth of each. A picture beyond a limit is refused rather than read in part: the
user could not tell what is missing.
"""

from tenfold.errors import ImageError

MAX_PIXELS = 50_000_000  # by default; enough for a photograph of 48 megapixels
MAX_COMPONENTS = 5_000  # connected components of ink, not counting specks
MAX_LINES = 500
MAX_DIGITS = 4_000
MAX_OVERLAP = 8  # total area of the lines' boxes, which may overlap, divided by the picture's area


def check_bound(count: int, limit: int, things: str, name: str) -> None:
    """Raise ImageError if the picture `name` has more than `limit` `things`, a format such as "{:,}
    lines"."""
    if count > limit:
        raise ImageError(
            f"{name} has {things.format(count)}, more than the {limit:,} allowed in one picture; "
            "crop it into parts, or remove noise and patterns"
        )
