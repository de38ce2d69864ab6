"""The searched fields, in Optuna's form and in the recipe's."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tenfold.recipes import Range

if TYPE_CHECKING:
    import optuna


def distributions(space: Mapping[str, Range]) -> "dict[str, optuna.distributions.BaseDistribution]":
    """The distributions Optuna samples from."""
    from optuna.distributions import FloatDistribution, IntDistribution

    return {
        name: IntDistribution(int(range_.low), int(range_.high), log=range_.log)
        if _is_whole(range_)
        else FloatDistribution(range_.low, range_.high, log=range_.log)
        for name, range_ in space.items()
    }


def rounded(value: float, range_: Range) -> float:
    """`value` rounded to three significant digits, or three decimals if the range is not logarithmic."""
    if _is_whole(range_):
        return int(value)
    return float(f"{value:.3g}") if range_.log else round(value, 3)


def _is_whole(range_: Range) -> bool:
    return isinstance(range_.low, int) and isinstance(range_.high, int)
