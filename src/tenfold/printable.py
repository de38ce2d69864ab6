"""Names of files as a terminal may show them."""

import unicodedata

# Control characters, bytes that are no text, line breaks, and what is invisible or turns text round.
_HARMFUL = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def printable(text: str) -> str:
    r"""`text` in which what could steer a terminal, or break a line in two, is escaped: ESC becomes \x1b."""
    if text.isprintable():
        return text
    return "".join(
        sign.encode("unicode_escape").decode() if unicodedata.category(sign) in _HARMFUL else sign
        for sign in text
    )
