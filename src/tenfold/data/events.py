"""Progress messages: `on_event` is called with one line of text per event."""

from collections.abc import Callable

OnEvent = Callable[[str], object]


def ignore_event(_: str) -> None:
    """For callers who pass no `on_event`."""
