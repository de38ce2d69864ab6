"""Writes .Z files like Unix' `compress`: codes in groups of eight."""

import struct

CLEAR = 256


def compress(content: bytes, last_width: int = 16, *, clears: bool = True) -> bytes:
    """`content` as a .Z file; a full table is reset, or kept if `clears` is off."""
    packed = bytearray(struct.pack("BBB", 0x1F, 0x9D, last_width | 0x80 * clears))
    width = 9
    group: list[int] = []

    def flush(*, at_end: bool = False) -> None:
        if group:
            bits = sum(code << width * place for place, code in enumerate(group))
            packed.extend(bits.to_bytes(-(-width * len(group) // 8) if at_end else width, "little"))
            group.clear()

    def write(code: int) -> None:
        group.append(code)
        if len(group) == 8:
            flush()

    def new_table() -> dict[bytes, int]:
        return {bytes([value]): value for value in range(256)}

    table, free = new_table(), 256 + clears
    text = b""
    for value in content:
        longer = text + bytes([value])
        if longer in table:
            text = longer
            continue
        write(table[text])
        text = bytes([value])
        # Before the entry is added: the decoder learns of it one code later.
        if free >= 1 << width and width < last_width:
            flush()
            width += 1
        if free < 1 << last_width:
            table[longer] = free
            free += 1
        elif clears:
            write(CLEAR)
            flush()
            table, free, width = new_table(), 257, 9
    if text:
        write(table[text])
    flush(at_end=True)
    return bytes(packed)
