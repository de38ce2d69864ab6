"""What networks answer: digits, none, and those that read lines signs of numbers and any other writing."""

from itertools import groupby

DIGITS = "0123456789"
N_DIGITS = len(DIGITS)
NONE = N_DIGITS
N_CLASSES = N_DIGITS + 1  # of a network for single digits
SIGNS = ".,-/:+=()%"
OTHER = NONE + 1 + len(SIGNS)  # letters and all other signs, as many as stand beside each other
N_SYMBOLS = OTHER + 1


def character_of(symbol: int) -> str:
    """The digit or sign that an answer stands for; "" for none and for any other writing."""
    return "" if symbol in (NONE, OTHER) else (DIGITS + " " + SIGNS)[symbol]


def symbols_of(text: str) -> list[int]:
    """The answers that spell `text`, from left to right; spaces are none, a word is one."""
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
