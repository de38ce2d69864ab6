"""The program around the commands: error messages and exit codes."""

import errno
import json
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Annotated, Any

import typer

import tenfold
from tenfold.console import make_output_printable, printable
from tenfold.errors import InputError, TenfoldError

app = typer.Typer(
    help="Train handwritten-digit classifiers, compare them honestly, and read real handwriting.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich help takes as long to load as everything else
    context_settings={"help_option_names": ["-h", "--help"]},
)


# Errors of the path itself, rather than of the disk.
_UNUSABLE_PATH = (
    errno.EACCES, errno.EEXIST, errno.EISDIR, errno.ENOENT, errno.ENOTDIR, errno.EPERM, errno.EROFS,
)  # fmt: skip

_LONGEST_LINE = 298  # longer lines are shortened in the middle: the end says what to do
_OF_A_CLUSTER = ("fsspec", "pyarrow", "ray")

# Former options that changed the meaning of a command's arguments.
_COMMAND_FOR = {
    ("read", "--engine"): "read-many INPUT OUTPUT",
    ("read", "--address"): "read-many INPUT OUTPUT",
    ("train", "--from"): "fine-tune DIR",
}


def main() -> None:
    """Run the command line; errors are one line on stderr, with exit code 2 for bad input, else 1."""
    make_output_printable()
    warnings.formatwarning = lambda message, *_: f"tenfold: {printable(str(message))}\n"
    try:
        _check_options(sys.argv[1:])
        app(args=_each_with_set(sys.argv[1:]))
    except InputError as error:
        fail(str(error), 2)
    except TenfoldError as error:
        fail(str(error), 1)
    except OSError as error:
        if error.errno in _UNUSABLE_PATH:
            fail(f"{error.filename} cannot be used: {error.strerror}; choose another location", 2)
        where = f": {error.filename}" if error.filename else ""
        fail(f"{error.strerror or error}{where}. Finished work is kept; the same command continues.", 1)
    except ModuleNotFoundError as error:
        if (error.name or "tenfold").startswith("tenfold"):
            raise
        fail(f"this needs the package {error.name}: pip install 'tenfold[{_extras(error.name or '')}]'", 1)


def _check_options(arguments: list[str]) -> None:
    """Raise InputError for a former option that is now another command."""
    for argument in arguments[1:]:
        option = argument.partition("=")[0]
        if command := _COMMAND_FOR.get((arguments[0], option)):
            raise InputError(f"{arguments[0]} has no {option}; use tenfold {command}")


def _each_with_set(arguments: Sequence[str]) -> list[str]:
    """The arguments with --set repeated before each value: --set dropout=0.3 epochs=5."""
    repeated: list[str] = []
    for argument in arguments:
        follows_value = len(repeated) > 1 and repeated[-2] == "--set"
        if follows_value and "=" in argument and not argument.startswith("-"):
            repeated.append("--set")
        repeated.append(argument)
    return repeated


def _extras(module: str) -> str:
    """All extras that the command needs, so that one installation is enough."""
    command = "".join(sys.argv[1:2])
    if module.partition(".")[0] in _OF_A_CLUSTER:
        return "cluster" if command == "read-many" else "train,cluster"
    return "serve" if command == "serve" else "train"


def _print_version(asked: bool) -> None:
    if asked:
        print(f"tenfold {tenfold.__version__}")  # noqa: T201
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    pass


def fail(message: str, code: int) -> None:
    """Print `message` on stderr, as one line of less than 300 characters, and exit with `code`."""
    line = printable(" ".join(f"tenfold: {message}".split()))
    if len(line) > _LONGEST_LINE:
        half = _LONGEST_LINE // 2 - 1
        line = f"{line[:half]}…{line[-half:]}"
    print(line, file=sys.stderr)  # noqa: T201
    sys.exit(code)


def print_json(content: Any) -> None:
    """Print `content` for programs. Raises ValueError for NaN or infinity: JSON has none."""
    print(json.dumps(content, indent=2, allow_nan=False))  # noqa: T201


@contextmanager
def resumable(kept: str = "All finished epochs are kept") -> Iterator[None]:
    """On Ctrl-C or SIGTERM, say how to resume; keep standard output for the result."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with redirect_stdout(sys.stderr):  # Ray reports lost workers and machines there
            yield
    except KeyboardInterrupt:
        fail(f"interrupted. {kept}; the same command continues from there.", 130)
    finally:
        signal.signal(signal.SIGTERM, before)
