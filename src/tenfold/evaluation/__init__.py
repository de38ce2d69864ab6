"""Pure functions on arrays: metrics, intervals, calibration, significance, comparison.

    metrics        how often, how badly and where a classifier errs
    intervals      confidence intervals
    balance        whether accuracy is misleading because classes are unbalanced
    calibration    whether confidence can be trusted
    significance   whether a difference could be chance
    comparison     all of these, for every pair of classifiers

`checks` is the one place where input is validated; `students_t` computes the t quantile. Needs NumPy only.
"""

from tenfold.evaluation.balance import ClassBalance, class_balance
from tenfold.evaluation.calibration import (
    ReliabilityCurve,
    expected_calibration_error,
    find_temperature,
    fit_temperature,
    reliability_curve,
    temper,
)
from tenfold.evaluation.comparison import Comparison, compare
from tenfold.evaluation.intervals import SeedSummary, summarize_seeds, welch_interval, wilson_interval
from tenfold.evaluation.metrics import (
    ClassificationReport,
    ClassScore,
    accuracy,
    classification_report,
    confusion_matrix,
    cross_entropy,
    render_classification_report,
    worst_mistakes,
)
from tenfold.evaluation.significance import McNemar, combine_p_values, exact_mcnemar, holm

__all__ = [
    "ClassBalance",
    "ClassScore",
    "ClassificationReport",
    "Comparison",
    "McNemar",
    "ReliabilityCurve",
    "SeedSummary",
    "accuracy",
    "class_balance",
    "classification_report",
    "combine_p_values",
    "compare",
    "confusion_matrix",
    "cross_entropy",
    "exact_mcnemar",
    "expected_calibration_error",
    "find_temperature",
    "fit_temperature",
    "holm",
    "reliability_curve",
    "render_classification_report",
    "summarize_seeds",
    "temper",
    "welch_interval",
    "wilson_interval",
    "worst_mistakes",
]
