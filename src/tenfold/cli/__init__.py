"""The command line: one function per command, each of which parses, calls one function and prints.

program   shared behaviour: errors, interruptions, JSON
options   arguments and options that several commands have
printing  consoles and tables
bars      progress bars for reading pictures and training runs

The others are named after their commands, which help lists in the order of the imports here.
"""

from tenfold.cli.program import app, main  # isort: skip
from tenfold.cli import (  # isort: skip
    study, train, tune, recipes, runs, data, read, read_many, serve, doctor,  # noqa: F401
)  # fmt: skip

__all__ = ["app", "main"]
