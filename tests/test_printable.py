"""Names of files on a terminal."""

import pytest

from tenfold.printable import printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("scan 7.png", "scan 7.png"),
        ("größe×2 日本.png", "größe×2 日本.png"),
        ("C:\\scans\\7.png", "C:\\scans\\7.png"),
        ("narrow\u202fno-break\xa0space", "narrow\u202fno-break\xa0space"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("two\nlines\r\t", r"two\nlines\r\t"),
        ("gnp.\u202eexe", r"gnp.\u202eexe"),
        ("a\u2028b", r"a\u2028b"),
        ("\udcff.png", r"\udcff.png"),
        ("\x7f\x00", r"\x7f\x00"),
    ],
)
def test_what_could_steer_a_terminal_is_escaped_and_the_rest_left_alone(name: str, shown: str) -> None:
    assert printable(name) == shown
