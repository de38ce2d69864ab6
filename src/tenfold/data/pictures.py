"""Read many pictures of one digit each, on all cores, and report all unreadable ones together."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.cores import available_cores
from tenfold.data.events import OnEvent
from tenfold.errors import InputError
from tenfold.imaging.decode import decode
from tenfold.imaging.digit_image import digit_image
from tenfold.imaging.normalize import SIDE_PX

_AT_ONCE = 1024  # pictures submitted together; each core unpacks one at a time
_LONGEST_REASON = 100
_NAMES, _LONGEST_NAME = 2, 40  # names in a message, characters in a name

OnPictures = Callable[[int, int], object]  # pictures read so far, and the total


def read_pictures(
    folder: Path,
    names: Sequence[str],
    *,
    skip_damaged: bool = False,
    on_event: OnEvent | None = None,
    on_pictures: OnPictures | None = None,
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The digits in the pictures `names`, relative to `folder`, and a mask (N,) of the readable ones.

    The images, uint8 (n, 28, 28), are those of the readable pictures. Raises InputError, with the number and
    names of the unreadable ones, if there are any; with `skip_damaged`, passes them to `on_event` and raises
    only if none is readable.
    """
    images = np.zeros((len(names), SIDE_PX, SIDE_PX), dtype=np.uint8)
    reasons: dict[int, str] = {}
    cores = ThreadPoolExecutor(available_cores())
    try:
        for start in range(0, len(names), _AT_ONCE):
            paths = [folder / name for name in names[start : start + _AT_ONCE]]
            for index, digit in enumerate(cores.map(_try, paths), start):
                if isinstance(digit, InputError):
                    reasons[index] = str(digit).replace(str(folder / names[index]), names[index])
                else:
                    images[index] = digit
                if on_pictures is not None:
                    on_pictures(index + 1, len(names))
    finally:
        cores.shutdown(cancel_futures=True)  # on Ctrl-C, skip pictures not begun
    readable = np.ones(len(names), dtype=bool)
    readable[list(reasons)] = False
    if reasons:
        _report(names, reasons, skip_damaged, on_event)
    return images[readable], readable


def _try(path: Path) -> NDArray[np.uint8] | InputError:
    try:
        image = digit_image(decode(path))
    except InputError as error:
        return error
    if not image.any():
        return InputError(f"expected a digit in {path}, received a picture without contrast")
    return image


def _report(
    names: Sequence[str],
    reasons: dict[int, str],
    skip_damaged: bool,
    on_event: OnEvent | None,
) -> None:
    of_all = f"{len(reasons):,} of {len(names):,} pictures"
    which = listed([names[index] for index in reasons])
    if skip_damaged and len(reasons) < len(names):
        if on_event is not None:
            on_event(f"{of_all} cannot be read and are left out: {which}")
        return
    first = _beginning(next(iter(reasons.values())))
    remedy = "" if skip_damaged else ", or leave them out with --skip-damaged"
    raise InputError(f"{of_all} cannot be read: {which} ({first}); replace or remove them{remedy}")


def _beginning(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…"


def listed(names: Sequence[str]) -> str:
    """The first names and the number of others: "a.png, b.png and 37 more"."""
    shown = ", ".join(shortened(name) for name in names[:_NAMES])
    others = len(names) - _NAMES
    return f"{shown} and {others:,} more" if others > 0 else shown


def shortened(text: str, longest: int = _LONGEST_NAME) -> str:
    """`text`, cut to its last `longest` characters, in which names differ most."""
    return text if len(text) <= longest else f"…{text[1 - longest :]}"
