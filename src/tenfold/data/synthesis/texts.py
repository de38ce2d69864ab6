"""The text of a line: numbers, amounts, sums, dates, and words next to them."""

import numpy as np

Rng = np.random.Generator

# About as frequent as in English; below, letters that alone are not mistaken for a digit.
_LETTERS = "eeeeeetttttaaaaaooooniiiinnnnsssshhhhrrrrddddlllluuuccccmmmwwffgyypbvkxjqz"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_APART = "ACEFHKMNPRTUVWXadeknuvwxy"
_OTHER_SIGNS = "#*&@?<>[]{}$"
_CURRENCIES = ("$", "EUR", "Fr", "kr", "USD", "Rs", "TL", "DM", "Pts")
_MAX_DIGITS = 12
BAR = "—"  # a long stroke before or after an amount, so that nothing can be added


def choose_text(rng: Rng) -> str:
    """The text of a line, possibly empty."""
    makers, shares = list(_KINDS), list(_KINDS.values())
    return makers[int(rng.choice(len(makers), p=shares))](rng)


def choose_values(rng: Rng) -> list[int]:
    """The digits of a line: random, ending in zeros, or with one digit repeated."""
    n = int(np.clip(rng.geometric(0.22) + rng.integers(0, 3), 1, _MAX_DIGITS))
    values = rng.integers(0, 10, n)
    if rng.random() < 0.25:
        values[rng.integers(0, n) :] = 0
    if rng.random() < 0.1:
        start = int(rng.integers(0, n))
        values[start : start + int(rng.integers(2, 5))] = rng.integers(0, 10)
    return [int(value) for value in values]


def _number(rng: Rng) -> str:
    return "".join(map(str, choose_values(rng)))


def _numbers(rng: Rng) -> str:
    """Several numbers, set apart."""
    return "  ".join(_digits(rng, int(rng.integers(1, 4))) for _ in range(rng.integers(2, 5)))


def _amount(rng: Rng) -> str:
    separator = str(rng.choice(["", "", ".", ",", " ", "'"]))
    groups = [_digits(rng, int(rng.integers(1, 4)))]
    groups += [_digits(rng, 3) for _ in range(int(rng.choice([0, 1, 2], p=[0.5, 0.4, 0.1])))]
    text = separator.join(groups)
    if rng.random() < 0.6:
        cents = "00" if rng.random() < 0.3 else _digits(rng, 2)
        text += str(rng.choice([".", ",", ".", ",", " ", "-"])) + cents
    elif rng.random() < 0.3:
        text += str(rng.choice([",-", ".-", "-", "=", ",=", "--"]))
    if rng.random() < 0.3:
        currency, space = str(rng.choice(_CURRENCIES)), " " * int(rng.integers(0, 2))
        text = currency + space + text if rng.random() < 0.5 else text + space + currency
    if rng.random() < 0.15:
        around = str(rng.choice(["*", "#", "-", "=", "**", "--"]))
        text = around + text + (around if rng.random() < 0.7 else "")
    return text


def _sum(rng: Rng) -> str:
    """An operation with or without its result, or a number with a sign before it."""
    space = " " * int(rng.integers(0, 2))
    if rng.random() < 0.3:
        return str(rng.choice(list("+-+-=x:"))) + space + _operand(rng)
    text = _operand(rng)
    for _ in range(1 if rng.random() < 0.7 else 2):
        text += space + str(rng.choice(list("++--:/x*"))) + space + _operand(rng)
    if rng.random() < 0.5:
        text += space + "=" + space + (_operand(rng) if rng.random() < 0.8 else "")
    return text


def _operand(rng: Rng) -> str:
    text = _digits(rng, int(rng.integers(1, 4)))
    kind = rng.random()
    if kind < 0.1:
        return f"({text})"
    if kind < 0.16:
        return f"({text}{rng.choice(list('+-'))}{_digits(rng, 1)})"
    return text + str(rng.choice(list(".,"))) + _digits(rng, 1) if kind < 0.25 else text


def _measure(rng: Rng) -> str:
    """A date, time, fraction, percentage, telephone number, item or page number."""
    one, two, three = (_digits(rng, n) for n in (1, 2, 2))
    kind = int(rng.integers(8))
    separator = str(rng.choice(list("./-")))
    return (
        f"{two}{separator}{three}{separator}{_digits(rng, 4 if rng.random() < 0.5 else 2)}",
        f"{two}:{three}",
        f"{one}/{_digits(rng, 1)}" if rng.random() < 0.5 else f"{two}/{three}",
        f"{two}{'.' + one if rng.random() < 0.3 else ''}%",
        f"({_digits(rng, 3)}) {_digits(rng, 3)}-{_digits(rng, 4)}",
        f"{one}) {two}" if rng.random() < 0.5 else f"{one}.",
        f"-{two}{'.' + one if rng.random() < 0.5 else ''}",
        f"{two}-{three}",
    )[kind]


def _beside_words(rng: Rng) -> str:
    parts = [_words(rng), _number(rng) if rng.random() < 0.6 else _amount(rng)]
    if rng.random() < 0.4:
        parts.reverse()
    elif rng.random() < 0.3:
        parts.append(_words(rng))
    return (" " if rng.random() < 0.8 else "").join(parts)


def _words(rng: Rng) -> str:
    """Words, or a single letter or sign that looks like no digit."""
    if rng.random() < 0.3:
        return str(rng.choice(list(_APART if rng.random() < 0.7 else _OTHER_SIGNS)))
    words = " ".join(choose_word(rng) for _ in range(rng.integers(1, 4)))
    return words + (str(rng.choice(list(".:,"))) if rng.random() < 0.15 else "")


def choose_word(rng: Rng) -> str:
    """A word of two to eight letters, at least one of which looks like no digit: "lo" may be 10."""
    letters = rng.choice(list(_LETTERS), int(rng.integers(2, 9)))
    if rng.random() < 0.2:
        letters = rng.choice(list(_CAPITALS), len(letters))
    elif rng.random() < 0.4:
        letters[0] = rng.choice(list(_CAPITALS))
    if not set(letters.tolist()) & set(_APART):
        letters[rng.integers(len(letters))] = rng.choice(list(_APART))
    return "".join(letters.tolist())


def _nothing(rng: Rng) -> str:  # noqa: ARG001
    return ""


def _dashes(rng: Rng) -> str:
    return str(rng.choice(["-", "--", "=", "---", "+"]))


def _digits(rng: Rng, n: int) -> str:
    return "".join(map(str, rng.integers(0, 10, n).tolist()))


_KINDS = {  # with their probabilities
    _number: 0.50,
    _numbers: 0.06,
    _amount: 0.14,
    _sum: 0.09,
    _measure: 0.07,
    _beside_words: 0.06,
    _words: 0.06,
    _dashes: 0.01,
    _nothing: 0.01,
}
