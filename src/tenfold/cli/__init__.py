"""The command line: one function per command, each of which parses, calls one function and prints.

program   what is around the commands: errors, interruptions, JSON
options   arguments and options that several commands have
printing  consoles, tables and percent for what commands print
bars      the bars while pictures are read and runs trained

The others are called as their commands, which are listed in the order in which they are imported here.
"""

from tenfold.cli.program import app, main  # isort: skip
from tenfold.cli import (  # isort: skip
    study, train, tune, recipes, runs, data, read, read_many, serve, doctor,  # noqa: F401
)  # fmt: skip

__all__ = ["app", "main"]
