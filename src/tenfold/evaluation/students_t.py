"""Quantiles of Student's t distribution, without SciPy.

The upper tail of t with f degrees of freedom is half the regularised incomplete beta function
I_x(f/2, 1/2) at x = f / (f + t^2) (Abramowitz & Stegun 1964, 26.7.1). It is evaluated by the continued
fraction 26.5.8 with Lentz's algorithm (Thompson & Barnett 1986), and inverted by bisection, which is slow
but always converges. The relative error stays below 1e-9 up to ten million degrees of freedom.
"""

import math

from tenfold.errors import InputError
from tenfold.evaluation.checks import as_open_fraction

_SMALLEST = 1e-300  # replaces a zero divisor in Lentz's algorithm
_PRECISION = 1e-15


def t_upper_tail(t: float, degrees_of_freedom: float) -> float:
    """P(T > t) for t >= 0, in [0, 0.5]."""
    half = degrees_of_freedom / 2
    ratio = t * t / degrees_of_freedom
    x, rest = 1 / (1 + ratio), ratio / (1 + ratio)  # rest = 1 - x, without cancellation near t = 0
    if rest == 0:
        return 0.5
    # x^a (1-x)^b / B(a, b) with a = f/2, b = 1/2
    log_front = -half * math.log1p(ratio) + 0.5 * math.log(rest / math.pi) + _log_gamma_step(half)
    front = math.exp(log_front)
    if x < (half + 1) / (half + 2.5):
        return 0.5 * front * _continued_fraction(x, half, 0.5) / half
    return 0.5 - front * _continued_fraction(rest, 0.5, half)


def t_quantile(probability: float, degrees_of_freedom: float) -> float:
    """The t below which Student's distribution has the given probability, strictly between 0 and 1.

    `degrees_of_freedom` is any finite number of at least 1, whole or not (Welch's are not).
    Raises InputError for anything else.
    """
    probability = as_open_fraction(probability, "probability")
    if not 1 <= degrees_of_freedom < math.inf:
        raise InputError(
            f"degrees_of_freedom: expected a finite number of at least 1, received {degrees_of_freedom}; "
            "pass n - 1 for n values"
        )
    if probability < 0.5:
        return -_t_with_upper_tail(probability, degrees_of_freedom)
    return _t_with_upper_tail(1 - probability, degrees_of_freedom)


def _t_with_upper_tail(tail: float, degrees_of_freedom: float) -> float:
    low, high = 0.0, 1.0
    while t_upper_tail(high, degrees_of_freedom) > tail:
        low, high = high, 2 * high
    while high - low > _PRECISION * max(high, 1):
        middle = (low + high) / 2
        if t_upper_tail(middle, degrees_of_freedom) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _log_gamma_step(a: float) -> float:
    """log(gamma(a + 1/2) / gamma(a)), which cancels badly as a difference of logarithms for large a."""
    if a < 30:
        return math.lgamma(a + 0.5) - math.lgamma(a)
    return 0.5 * math.log(a) - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5)


def _continued_fraction(x: float, a: float, b: float) -> float:
    """a B(a, b) I_x(a, b) / (x^a (1-x)^b), for x < (a + 1) / (a + b + 2), where it converges fast."""
    c, d = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value, change, m = d, 0.0, 0
    while abs(change - 1) > _PRECISION:
        m += 1
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _nonzero(1 + term * d)
            c = _nonzero(1 + term / c)
            change = c * d
            value *= change
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _SMALLEST else _SMALLEST
