"""Consoles that lack some of the signs that are printed, as those with a code page of one language do."""

import codecs
import io
import sys

_HANDLER = "tenfold.substitute"
_SUBSTITUTES = {
    "\N{NO-BREAK SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
    "×": "x",
    "·": ".",
    "±": "+-",
    "µ": "u",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "’": "'",
    "“": '"',
    "”": '"',
    "≤": "<=",
    "≥": ">=",
    "→": "->",
    "✓": "+",
    "✗": "-",
    **{chr(code): "*" for code in range(0x2800, 0x2900)},  # Braille, of which spinners are made
}


def print_whatever_the_console_can() -> None:
    """From now on a sign that standard output or error lacks becomes one that it has.

    What has no substitute, such as a letter in a file's name, is escaped: `\\xe9`.
    """
    codecs.register_error(_HANDLER, _substitute)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _substitute(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    escaped = (
        _SUBSTITUTES.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in lacking
    )
    return "".join(escaped), error.end
