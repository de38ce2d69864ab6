"""Unpack .Z files of Unix' old `compress`: LZW with codes of 9 to 16 bits.

Python's library cannot read them; gzip can, but not every machine has it.
Source: T. Welch, "A technique for high-performance data compression", Computer 17(6), 1984.
"""

from tenfold.errors import DataError

MAGIC = b"\x1f\x9d"

_FIRST_WIDTH, _LAST_WIDTH = 9, 16  # of a code, in bits
_CLEAR = 256  # the code that resets the table, if the file uses one
_CODES_A_GROUP = 8


def decompress(content: bytes, limit_bytes: int, origin: str) -> bytes:
    """The unpacked `content`. Raises DataError if it is damaged or unpacks to more than `limit_bytes`."""
    last_width = content[2] & 0x1F if len(content) > 2 else 0
    if content[:2] != MAGIC or not _FIRST_WIDTH <= last_width <= _LAST_WIDTH:
        raise DataError(f"{origin} is damaged: it does not begin like a file of compress")
    may_clear = bool(content[2] & 0x80)
    first_table = [bytes([value]) for value in range(256)] + [b""] * may_clear
    table, width, previous = first_table.copy(), _FIRST_WIDTH, b""
    place = start = 8 * 3  # in bits; codes of the current width begin at `start`
    unpacked = bytearray()
    while True:
        if len(table) >= 1 << width and width < last_width:
            place = start = _end_of_group(place, start, width)
            width += 1
        if place + width > 8 * len(content):
            return bytes(unpacked)
        around = int.from_bytes(content[place // 8 : place // 8 + 3], "little")
        code = around >> place % 8 & (1 << width) - 1
        place += width
        if code == _CLEAR and may_clear:
            place = start = _end_of_group(place, start, width)
            table, width, previous = first_table.copy(), _FIRST_WIDTH, b""
            continue
        if code < len(table):
            text = table[code]
        elif code == len(table) and previous:
            text = previous + previous[:1]
        else:
            raise DataError(f"{origin} is damaged: it has an undefined code")
        if previous and len(table) < 1 << last_width:
            table.append(previous + text[:1])
        unpacked += text
        previous = text
        if len(unpacked) > limit_bytes:
            raise DataError(f"{origin} is larger than the {limit_bytes:,} bytes the true file can have")


def _end_of_group(place: int, start: int, width: int) -> int:
    """Codes are written in groups of eight; when the width changes, the rest of a group is padding."""
    group = _CODES_A_GROUP * width
    return start + -(-(place - start) // group) * group
