"""What is printed, whatever is in it."""

import pytest
from rich.table import Table
from rich.text import Text

from tenfold.cli.printing import out


def test_names_that_would_steer_the_terminal_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("\x1b[2Jclass")
    table.add_row("\x9b31mred")
    out.print(Text("\x1b]0;title", "bold"), "[7] in brackets\nand a second line")
    out.print(table)
    shown = capsys.readouterr().out

    assert all(line.isprintable() for line in shown.splitlines())
    for escaped in (r"\x1b]0;title", "[7] in brackets", r"\x1b[2Jclass", r"\x9b31mred"):
        assert escaped in shown
