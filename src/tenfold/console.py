"""What a console may be shown: no more signs than it has, and none that steer it."""

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

# Control characters, bytes that are no text, line breaks, and what is invisible or turns text round.
_HARMFUL = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))

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


def printable(text: str) -> str:
    r"""`text`, such as a file's name, in which what could steer a terminal or break a line in two is escaped.

    ESC becomes \x1b.
    """
    if text.isprintable():
        return text
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in _HARMFUL else sign
        for sign in text
    )


def print_whatever_the_console_can() -> None:
    """From now on a sign that standard output or error lacks becomes one that it has.

    Consoles with the code page of one language lack some. What has no substitute, such as a letter in a
    file's name, is escaped: `\\xe9`.
    """
    codecs.register_error(_HANDLER, _substitute)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


@contextmanager
def without_stderr() -> Iterator[None]:
    """Drop what native code writes to standard error meanwhile; exceptions come through."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def substitute(text: str) -> str:
    """`text` in which signs that few typefaces have are others that look like them."""
    return "".join(_SUBSTITUTES.get(sign, sign) for sign in text)


def _substitute(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    escaped = (
        _SUBSTITUTES.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in lacking
    )
    return "".join(escaped), error.end
