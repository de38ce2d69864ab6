"""The networks' classes: digits and "none", and for those that read lines, signs and other writing."""

from itertools import groupby

DIGITS = "0123456789"
N_DIGITS = len(DIGITS)
NONE = N_DIGITS
N_CLASSES = N_DIGITS + 1  # of a network for single digits
SIGNS = ".,-/:+=()%"
OTHER = NONE + 1 + len(SIGNS)  # a run of letters and other signs
N_SYMBOLS = OTHER + 1


def character_of(symbol: int) -> str:
    """The digit or sign of a class; "" for none and for other writing."""
    return "" if symbol in (NONE, OTHER) else (DIGITS + " " + SIGNS)[symbol]


def symbols_of(text: str) -> list[int]:
    """The classes that spell `text`, from left to right; a space has none, a word one."""
    answers = [_symbol_of(character) for character in text if character != " "]
    return [
        symbol
        for value, run in groupby(answers)
        for symbol in ([value] if value == OTHER else [value] * len(list(run)))
    ]


def _symbol_of(character: str) -> int:
    if character in DIGITS:
        return int(character)
    return NONE + 1 + SIGNS.index(character) if character in SIGNS else OTHER
