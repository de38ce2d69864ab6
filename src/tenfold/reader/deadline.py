"""The time that reading may take, looked at between its steps."""

import math
from time import monotonic

from tenfold.errors import InputError, ReadingTimeoutError


class Deadline:
    """The moment `timeout_s` seconds from now; None is no limit, 0 or less is over already.

    Raises InputError where `timeout_s` is not a number.
    """

    def __init__(self, timeout_s: float | None) -> None:
        if timeout_s is not None and math.isnan(timeout_s):
            raise InputError("expected timeout_s in seconds, received nan")
        self._timeout_s = math.inf if timeout_s is None else max(timeout_s, 0.0)
        self._end = monotonic() + self._timeout_s

    @property
    def left_s(self) -> float:
        """Seconds until the moment, negative once it is over."""
        return self._end - monotonic()

    def check(self, doing: str) -> None:
        """Raise ReadingTimeoutError, which says what was being done, once the moment has come."""
        if monotonic() >= self._end:
            raise ReadingTimeoutError(
                f"{doing} was not done within the {self._timeout_s:.3g} s allowed; "
                "give a smaller picture or allow more time"
            )
