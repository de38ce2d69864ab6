"""Which classifier is better, by how much, and how certain that is."""

import itertools
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenfold.errors import InputError
from tenfold.evaluation.checks import as_labels, require_same_length
from tenfold.evaluation.intervals import welch_interval
from tenfold.evaluation.significance import McNemar, combine_p_values, exact_mcnemar, holm

SIGNIFICANCE_LEVEL = 0.05


@dataclass(frozen=True)
class Comparison:
    """Two classifiers a and b on the same test samples, each trained with one or more seeds.

    The i-th seed of a is paired with the i-th of b as long as both have one, which makes `pairs` pairs.
    Counts and overlap are means over the pairs, accuracies means over all seeds. Accuracies and overlap are
    in [0, 1].
    """

    name_a: str
    name_b: str
    pairs: int
    accuracy_a: float
    accuracy_b: float
    difference: float  # accuracy_b - accuracy_a
    difference_low: float | None  # Welch's 95 % interval of the difference over seeds;
    difference_high: float | None  # None if either has a single seed
    only_a_right: float
    only_b_right: float
    both_wrong: float
    error_overlap: float  # share of samples both get wrong among those either gets wrong; 1 if none
    p_values: tuple[float, ...]  # exact McNemar test of each pair
    p_value: float  # over all pairs: the only one, or twice the median
    p_holm: float  # adjusted for the number of comparisons
    better: str | None  # the name of the better one; None if there is no significant difference


def compare(y_true: ArrayLike, predictions: Mapping[str, Sequence[ArrayLike]]) -> list[Comparison]:
    """Compare every pair of classifiers, in the order of the mapping.

    `predictions[name]` holds one array (N,) of predicted labels per seed; `y_true` is (N,); all are integers
    of at least 0. A single classifier gives an empty list. Raises InputError for anything else.

    There are two sources of chance, and `better` takes both into account. Test samples: the p-value of the
    exact McNemar tests, combined over the pairs and adjusted by Holm's method over all comparisons, must be
    below 0.05, and the pairs must favour the same classifier as the mean accuracies. Seeds: if both have at
    least two, Welch's interval of the difference must exclude zero. With a single seed, the verdict holds for
    these trained models, not for the way they were trained.
    """
    true = as_labels(y_true, "y_true")
    checked = {name: _checked(true, name, seeds) for name, seeds in predictions.items()}
    if not checked:
        raise InputError(
            "predictions: expected at least one classifier, received none; pass {name: [y_pred]}"
        )
    name_pairs = list(itertools.combinations(checked, 2))
    if not name_pairs:
        return []
    tests = [_mcnemar_per_pair(true, checked[a], checked[b]) for a, b in name_pairs]
    p_values = [combine_p_values(test.p_value for test in per_pair) for per_pair in tests]
    return [
        _comparison(true, names, (checked[names[0]], checked[names[1]]), per_pair, (p_value, float(p_holm)))
        for names, per_pair, p_value, p_holm in zip(name_pairs, tests, p_values, holm(p_values), strict=True)
    ]


def _checked(true: NDArray[np.int64], name: str, seeds: Sequence[ArrayLike]) -> list[NDArray[np.int64]]:
    labels = [as_labels(seed, f"predictions[{name!r}][{i}]") for i, seed in enumerate(seeds)]
    if not labels:
        raise InputError(
            f"predictions[{name!r}]: expected at least one seed, received none; leave out what is untrained"
        )
    for i, seed in enumerate(labels):
        require_same_length(true, seed, f"predictions[{name!r}][{i}]")
    return labels


def _mcnemar_per_pair(
    true: NDArray[np.int64], seeds_a: list[NDArray[np.int64]], seeds_b: list[NDArray[np.int64]]
) -> list[McNemar]:
    return [exact_mcnemar(true, a, b) for a, b in zip(seeds_a, seeds_b, strict=False)]


def _comparison(
    true: NDArray[np.int64],
    names: tuple[str, str],
    seeds: tuple[list[NDArray[np.int64]], list[NDArray[np.int64]]],
    tests: list[McNemar],
    p_values: tuple[float, float],
) -> Comparison:
    wrong_a, wrong_b = ([labels != true for labels in of_model] for of_model in seeds)
    accuracies_a, accuracies_b = _accuracies(wrong_a), _accuracies(wrong_b)
    accuracy_a, accuracy_b = statistics.mean(accuracies_a), statistics.mean(accuracies_b)
    difference = accuracy_b - accuracy_a
    low, high = welch_interval(accuracies_a, accuracies_b) or (None, None)
    wrong_pairs = list(zip(wrong_a, wrong_b, strict=False))
    only_a_right = statistics.fmean(test.only_a_right for test in tests)
    only_b_right = statistics.fmean(test.only_b_right for test in tests)
    p_value, p_holm = p_values

    better = None
    if p_holm < SIGNIFICANCE_LEVEL:
        if difference > 0 and only_b_right > only_a_right and (low is None or low > 0):
            better = names[1]
        elif difference < 0 and only_a_right > only_b_right and (high is None or high < 0):
            better = names[0]
    return Comparison(
        name_a=names[0],
        name_b=names[1],
        pairs=len(tests),
        accuracy_a=accuracy_a,
        accuracy_b=accuracy_b,
        difference=difference,
        difference_low=low,
        difference_high=high,
        only_a_right=only_a_right,
        only_b_right=only_b_right,
        both_wrong=statistics.fmean(int((a & b).sum()) for a, b in wrong_pairs),
        error_overlap=statistics.fmean(_jaccard(a, b) for a, b in wrong_pairs),
        p_values=tuple(test.p_value for test in tests),
        p_value=p_value,
        p_holm=p_holm,
        better=better,
    )


def _accuracies(wrong: list[NDArray[np.bool_]]) -> list[float]:
    return [float(np.mean(~seed)) for seed in wrong]


def _jaccard(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """Intersection over union of two sets; 1 if both are empty, since they are equal."""
    union = int((a | b).sum())
    return 1.0 if union == 0 else int((a & b).sum()) / union
