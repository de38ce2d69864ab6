"""The value range of numbers used as grey levels: which value is white."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenfold.errors import ImageError

# Interpolation overshoots 0 and 1 by up to this much; clipping it loses no writing.
_OVERSHOOT = 0.25


@dataclass(frozen=True, slots=True)
class Depth:
    """Numbers from 0 to `white`: 1 (bool, floats), 255, or 65535 (integers only)."""

    white: int

    @classmethod
    def of(cls, parts: Iterable[NDArray[Any]], name: str) -> "Depth":
        """The depth of a picture, or of pictures that belong together, given as all their `parts`.

        Floats range from 0 to 1, with up to 0.25 of overshoot clipped on either side; if any is larger, from
        0 to 255. Integers range from 0 to 255; if any is larger, from 0 to 65535. Raises ImageError, which
        includes `name`, for other values, NaN and infinity.
        """
        extremes = [(part.min(), part.max(), part.dtype.kind) for part in parts]
        kind = extremes[0][2]
        if kind == "b":
            return cls(1)
        lowest, highest = min(low for low, *_ in extremes), max(high for _, high, _ in extremes)
        # Any comparison with NaN is false.
        if not all(-np.inf < low <= high < np.inf for low, high, _ in extremes):
            raise ImageError(f"{name} contains NaN or infinity; replace them")
        if kind == "f" and lowest >= -_OVERSHOOT and highest <= 1 + _OVERSHOOT:
            return cls(1)
        if lowest >= 0 and highest <= 255:
            return cls(255)
        if kind != "f" and lowest >= 0 and highest <= 65535:
            return cls(65535)
        expected = "from 0 to 1, or from 0 to 255" if kind == "f" else "from 0 to 255, or from 0 to 65535"
        raise ImageError(
            f"{name}: expected values {expected}, received {lowest:g} to {highest:g}; rescale them"
        )

    def to_8_bits(self, numbers: NDArray[Any]) -> NDArray[np.uint8]:
        """The numbers as grey levels uint8 from 0 to 255, rounded."""
        if self.white == 255:
            return np.asarray(np.rint(numbers) if numbers.dtype.kind == "f" else numbers).astype(np.uint8)
        if self.white == 1 and numbers.dtype.kind == "b":
            return numbers.astype(np.uint8) * np.uint8(255)
        if self.white == 1:
            dtype = np.result_type(numbers.dtype, np.float32)
            numbers = np.rint(np.clip(np.multiply(numbers, 65535, dtype=dtype), 0, 65535))
        # 65535 / 255 = 257 steps of 16 bits are one of 8.
        rounded: NDArray[np.uint8] = ((numbers.astype(np.uint32) + 128) // 257).astype(np.uint8)
        return rounded
