"""Seven-segment digits, as people write them along the guide dots of a form."""

import numpy as np
from numpy.typing import NDArray

from tenfold.data.pens import USUAL_HEIGHT

# The corners of each stroke: a to f clockwise from the upper left, with c and f halfway down.
_WAYS = {
    0: ("abdea",),
    1: ("bd",),
    2: ("abcfed",),
    3: ("abde", "fc"),
    4: ("afc", "bd"),
    5: ("bafcde",),
    6: ("baedcf",),
    7: ("abd",),
    8: ("abdea", "fc"),
    9: ("cfabd",),
}
_CORNERS = {"a": (0, 0), "b": (1, 0), "c": (1, 0.5), "d": (1, 1), "e": (0, 1), "f": (0, 0.5)}
_UNSTEADY = 0.04  # standard deviation of a corner, in heights


def write_segments(value: int, rng: np.random.Generator) -> list[NDArray[np.int16]]:
    """The strokes of a digit, each int16 (n, 2), as in `Characters`."""
    width = rng.uniform(0.4, 0.8)
    places = {name: (x * width, y) for name, (x, y) in _CORNERS.items()}
    strokes = [
        np.array([places[corner] for corner in way]) + rng.normal(0, _UNSTEADY, (len(way), 2))
        for way in _WAYS[value]
    ]
    corner = np.min([stroke.min(axis=0) for stroke in strokes], axis=0)
    return [np.rint(USUAL_HEIGHT * (stroke - corner)).astype(np.int16) for stroke in strokes]
