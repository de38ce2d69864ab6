"""What numbers stand for as grey levels: which of them is white."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ImageError

# Interpolation leads so far beyond 0 and 1; what is cut off there is no writing.
_OVERSHOOT = 0.25


@dataclass(frozen=True, slots=True)
class Depth:
    """Numbers from 0 to `white`: 1 (bool, fractions), 255, or 65535 (whole numbers alone)."""

    white: int

    @classmethod
    def of(cls, parts: Iterable[NDArray[Any]], name: str) -> "Depth":
        """The depth of a picture, or of pictures that belong together, of which these are all `parts`.

        Fractions are 0 to 1, a quarter beyond on either side is cut off; where one is larger, they are 0 to
        255. Whole numbers are 0 to 255; where one is larger, 0 to 65535. Raises ImageError, with the
        `name` of the picture, for other numbers, NaN and infinity among them.
        """
        extremes = [(part.min(), part.max(), part.dtype.kind) for part in parts]
        kind = extremes[0][2]
        if kind == "b":
            return cls(1)
        lowest, highest = min(low for low, *_ in extremes), max(high for _, high, _ in extremes)
        # The minimum of NaN is NaN, which compares as false.
        if not all(-np.inf < low <= high < np.inf for low, high, _ in extremes):
            raise ImageError(f"{name} has levels that are no numbers (NaN or infinity); replace them")
        if kind == "f" and lowest >= -_OVERSHOOT and highest <= 1 + _OVERSHOOT:
            return cls(1)
        if lowest >= 0 and highest <= 255:
            return cls(255)
        if kind != "f" and lowest >= 0 and highest <= 65535:
            return cls(65535)
        expected = "from 0 to 1, or from 0 to 255" if kind == "f" else "from 0 to 255, or from 0 to 65535"
        raise ImageError(
            f"{name}: expected levels {expected}, received {lowest:g} to {highest:g}; scale them"
        )

    def to_8_bits(self, numbers: NDArray[Any]) -> NDArray[np.uint8]:
        """The numbers as levels from 0 to 255, rounded."""
        if self.white == 255:
            return np.asarray(np.rint(numbers) if numbers.dtype.kind == "f" else numbers).astype(np.uint8)
        if self.white == 1 and numbers.dtype.kind == "b":
            return numbers.astype(np.uint8) * np.uint8(255)
        if self.white == 1:
            precise = np.result_type(numbers.dtype, np.float32)
            numbers = np.rint(np.clip(np.multiply(numbers, 65535, dtype=precise), 0, 65535))
        # 257 of these steps are one of 8 bits.
        rounded: NDArray[np.uint8] = ((numbers.astype(np.uint32) + 128) // 257).astype(np.uint8)
        return rounded
