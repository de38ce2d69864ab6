"""Numbers formatted for people. Fractions come in, percent goes out."""

from collections.abc import Sequence

NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def percent(fraction: float, decimals: int = 2) -> str:
    """0.9783 as "97.83 %"."""
    return f"{100 * fraction:.{decimals}f}{NO_BREAK}%"


def percent_range(low: float, high: float, decimals: int = 2) -> str:
    """0.975 and 0.9812 as "97.50–98.12 %"."""
    return f"{100 * low:.{decimals}f}–{percent(high, decimals)}"


def points(difference: float, *, sign: bool = False) -> str:
    """A difference of fractions in percentage points: 0.0141 as "1.41", with `sign` as "+1.41"."""
    number = f"{100 * abs(difference):.2f}"
    if not sign or float(number) == 0:
        return number
    return (MINUS if difference < 0 else "+") + number


def p_value(p: float) -> str:
    """Three decimals, and "< 0.001" below: "p = 0.032", "p < 0.001"."""
    return f"p{NO_BREAK}<{NO_BREAK}0.001" if p < 0.001 else f"p{NO_BREAK}={NO_BREAK}{p:.3f}"


def p_bare(p: float) -> str:
    """A p-value without "p", for table columns: "0.032", "< 0.001"."""
    return f"<{NO_BREAK}0.001" if p < 0.001 else f"{p:.3f}"


def count(number: float) -> str:
    """Integers with commas, means with one decimal: "109,386", "97.5"."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def compact(number: float) -> str:
    """At most three digits and a unit: 109386 as "109k", 4738826 as "4.74M"."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= 0.9995 * size:
            return f"{_three_digits(number / size)}{unit}"
    return _three_digits(number)


def duration(seconds: float) -> str:
    """ "4.2 s", "48 s", "3 min 12 s", "1 h 4 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f}{NO_BREAK}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}{NO_BREAK}s"
    if whole < 3600:
        return f"{whole // 60}{NO_BREAK}min {whole % 60}{NO_BREAK}s"
    return f"{whole // 3600}{NO_BREAK}h {whole % 3600 // 60}{NO_BREAK}min"


def microseconds(value: float) -> str:
    """ "8.4 µs", "212 µs"."""
    return f"{_three_digits(value)}{NO_BREAK}µs"


def bytes_(number: float) -> str:
    """ "431 kB", "18.9 MB"; a kilobyte has 1,000 bytes."""
    unit, size = ("MB", 1e6) if number >= 999_500 else ("kB", 1e3)
    return f"{_three_digits(number / size)}{NO_BREAK}{unit}"


def times(ratio: float) -> str:
    """2.44 as "2.4 times", 31.2 as "31 times"."""
    return f"{ratio:.1f} times" if ratio < 9.95 else f"{ratio:,.0f} times"


def plural(number: float, noun: str) -> str:
    """1 and "seed" as "1 seed", 3 as "3 seeds"."""
    return f"{count(number)}{NO_BREAK}{noun}" + ("" if number == 1 else "s")


def listing(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _three_digits(number: float) -> str:
    if number >= 99.95:
        return f"{number:.0f}"
    return f"{number:.1f}" if number >= 9.995 else f"{number:.2f}"


def tick(number: float) -> str:
    """A round number on an axis: 30000 as "30k", 0.5 as "0.5"."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:g}{unit}"
    return f"{number:g}"
