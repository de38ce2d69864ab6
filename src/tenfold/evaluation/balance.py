"""Whether accuracy is misleading: the majority-class baseline, and the weakest class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenfold.errors import InputError
from tenfold.evaluation.checks import as_label_pair
from tenfold.evaluation.intervals import wilson_interval

_UNBALANCED = 2.0  # limit on the largest class over the smallest; 1.3 for MNIST
_WEAK = 0.1  # a class is weak if its interval ends this far below the accuracy


@dataclass(frozen=True)
class ClassBalance:
    """Class frequencies and recalls. Fractions, averaged over classifiers.

    Classes without samples are left out.
    """

    majority_class: int  # the most frequent one; ties go to the first
    majority_baseline: float  # the accuracy of always predicting it
    unbalanced: bool  # the largest class has more than twice the samples of the smallest
    accuracy: float
    balanced_accuracy: float  # the mean recall of the classes
    weakest_class: int  # with the lowest recall; ties go to the largest class, then the first
    weakest_recall: float
    weakest_support: int

    @property
    def has_weak_class(self) -> bool:
        """Whether the weakest class's recall is significantly 10 percentage points below the accuracy."""
        right = round(self.weakest_recall * self.weakest_support)
        return wilson_interval(right, self.weakest_support)[1] < self.accuracy - _WEAK

    @property
    def deceptive(self) -> bool:
        """Whether accuracy alone is misleading."""
        return self.unbalanced or self.has_weak_class


def class_balance(y_true: ArrayLike, predictions: Sequence[ArrayLike]) -> ClassBalance:
    """The balance of one or more classifiers' `predictions` of the same samples, such as one per seed.

    Balanced accuracy is scikit-learn's `balanced_accuracy_score`. Labels and each prediction are integers of
    shape (N,), N >= 1, at least 0. Raises InputError for anything else.
    """
    if not predictions:
        raise InputError("predictions: expected those of at least one classifier, received none")
    pairs = [as_label_pair(y_true, y_pred) for y_pred in predictions]
    true = pairs[0][0]
    support = np.bincount(true)
    right = sum(np.bincount(true[true == predicted], minlength=len(support)) for _, predicted in pairs)
    recall = right / np.maximum(support, 1) / len(pairs)
    present = np.flatnonzero(support)
    majority = int(support.argmax())
    weakest = int(min(present, key=lambda label: (recall[label], -support[label])))
    return ClassBalance(
        majority_class=majority,
        majority_baseline=float(support[majority] / len(true)),
        unbalanced=bool(support.max() > _UNBALANCED * support[present].min()),
        accuracy=float(np.mean([true == predicted for _, predicted in pairs])),
        balanced_accuracy=float(recall[present].mean()),
        weakest_class=weakest,
        weakest_recall=float(recall[weakest]),
        weakest_support=int(support[weakest]),
    )
