"""Many names in one line that people still read."""

from collections.abc import Sequence

_NAMES, _LONGEST = 2, 40


def listed(names: Sequence[str]) -> str:
    """The first names, and how many there are besides: "a.png, b.png and 37 more"."""
    shown = ", ".join(shortened(name) for name in names[:_NAMES])
    others = len(names) - _NAMES
    return f"{shown} and {others:,} more" if others > 0 else shown


def shortened(text: str, longest: int = _LONGEST) -> str:
    """The end of `text`, which tells names apart, where all of it is longer than `longest`."""
    return text if len(text) <= longest else f"…{text[1 - longest :]}"
