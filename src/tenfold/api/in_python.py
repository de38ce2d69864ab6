"""Errors in the words of Python: the rest of tenfold speaks of the command line's options."""

import functools
import re
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from tenfold.errors import TenfoldError

P = ParamSpec("P")
T = TypeVar("T")
_SWITCHES = ("--again", "--as-written", "--skip-damaged")


def in_python(function: Callable[P, T]) -> Callable[P, T]:
    """`function`, whose errors name arguments of Python instead of options of the command line."""

    @functools.wraps(function)
    def speaking_python(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except TenfoldError as error:
            error.args = tuple(re.sub(r"--[a-z][a-z-]+", _as_argument, str(each)) for each in error.args)
            raise

    return speaking_python


def _as_argument(option: re.Match[str]) -> str:
    name = option[0].removeprefix("--").replace("-", "_")
    return f"{name}=True" if option[0] in _SWITCHES else f"{name}="
