"""A time limit for reading, checked between its steps."""

import math
from time import monotonic

from tenfold.errors import InputError, ReadingTimeoutError


class Deadline:
    """The moment `timeout_s` seconds from now; None means no limit, 0 or less that it has passed already.

    Raises InputError if `timeout_s` is NaN.
    """

    def __init__(self, timeout_s: float | None) -> None:
        if timeout_s is not None and math.isnan(timeout_s):
            raise InputError("expected timeout_s in seconds, received nan")
        self._timeout_s = math.inf if timeout_s is None else max(timeout_s, 0.0)
        self._end = monotonic() + self._timeout_s

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; negative once it has passed."""
        return self._end - monotonic()

    def check(self, step: str) -> None:
        """Raise ReadingTimeoutError, which names the `step` just done, once the deadline has passed."""
        if monotonic() >= self._end:
            raise ReadingTimeoutError(
                f"{step} took longer than the {self._timeout_s:.3g} s allowed; "
                "give a smaller picture or allow more time"
            )
