"""Text for consoles: only characters they can show, and no control sequences."""

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

# Control characters, undecodable bytes, line breaks, invisible characters, and those that reverse text.
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
    **{chr(code): "*" for code in range(0x2800, 0x2900)},  # Braille, used in spinners
}


def printable(text: str) -> str:
    r"""`text`, such as a file's name, with control characters and line breaks escaped: ESC becomes \x1b."""
    if text.isprintable():
        return text
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in _HARMFUL else sign
        for sign in text
    )


def make_output_printable() -> None:
    """Make standard output and error substitute characters that the console cannot show.

    Consoles with a single-language code page lack some. Characters without a substitute, such as a letter in
    a file's name, are escaped: `\\xe9`.
    """
    codecs.register_error(_HANDLER, _substitute)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


@contextmanager
def without_stderr() -> Iterator[None]:
    """Discard native code's output on standard error; exceptions pass through."""
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
    """`text` with characters that few typefaces have replaced by similar ones."""
    return "".join(_SUBSTITUTES.get(sign, sign) for sign in text)


def _substitute(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    escaped = (
        _SUBSTITUTES.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in lacking
    )
    return "".join(escaped), error.end
