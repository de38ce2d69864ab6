"""The command line: one function per command, each of which parses, calls one function and prints.

console   signs that a console lacks
program   what is around the commands: errors, interruptions, JSON
options   arguments and options that several commands have

The commands are listed in the order in which their modules are imported here.
"""

from tenfold.cli.program import app, main  # isort: skip
from tenfold.cli import training, recipes, runs, digits, reading, serving  # isort: skip  # noqa: F401

__all__ = ["app", "main"]
