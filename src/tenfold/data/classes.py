"""Class names of a user's own pictures."""

from collections.abc import Iterable

from tenfold.data.dataset import DIGIT_NAMES
from tenfold.errors import InputError

MIN_CLASSES, MAX_CLASSES = 3, 100


def class_names_of(labels: Iterable[str], where: str) -> tuple[str, ...]:
    """The class names in order: all ten digits if every label is a digit, else the labels.

    Numbers come before words and are sorted by their value. Raises InputError, about `if`, for fewer than
    3 or more than 100 classes.
    """
    names = set(labels)
    if names <= set(DIGIT_NAMES):
        return DIGIT_NAMES
    if not MIN_CLASSES <= len(names) <= MAX_CLASSES:
        raise InputError(f"expected {MIN_CLASSES} to {MAX_CLASSES} classes in {where}, received {len(names)}")
    return tuple(sorted(names, key=_order))


def _order(name: str) -> tuple[bool, int, str]:
    is_number = name.isascii() and name.isdigit()
    return not is_number, int(name) if is_number else 0, name
