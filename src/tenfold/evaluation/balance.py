"""Whether accuracy alone deceives: what always giving the same answer would get, and the weakest class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tenfold.errors import InputError
from tenfold.evaluation.checks import as_label_pair
from tenfold.evaluation.intervals import wilson_interval

# The largest class has more than so many times the samples of the smallest; MNIST's has 1.3 times as many.
_UNBALANCED = 2.0
# So far below the accuracy even the upper end of a class's interval lies.
_WEAK = 0.1


@dataclass(frozen=True)
class ClassBalance:
    """How samples are spread over the classes, and how each class fares. Fractions, means over classifiers.

    Classes without a sample are left out.
    """

    majority_class: int  # the most frequent one, the first of equals
    majority_baseline: float  # the accuracy of always answering it
    unbalanced: bool  # the largest class has more than twice the samples of the smallest
    accuracy: float
    balanced_accuracy: float  # the mean recall of the classes
    weakest_class: int  # with the lowest recall; of equals the largest, then the first
    weakest_recall: float
    weakest_support: int

    @property
    def has_weak_class(self) -> bool:
        """Whether the weakest class's recall is, beyond chance, 10 percentage points below the accuracy."""
        right = round(self.weakest_recall * self.weakest_support)
        return wilson_interval(right, self.weakest_support)[1] < self.accuracy - _WEAK

    @property
    def deceptive(self) -> bool:
        """Whether accuracy alone says too little."""
        return self.unbalanced or self.has_weak_class


def class_balance(y_true: ArrayLike, predictions: Sequence[ArrayLike]) -> ClassBalance:
    """The balance of the `predictions` of one classifier or more, such as one per seed, of the same samples.

    Balanced accuracy is scikit-learn's `balanced_accuracy_score`. Labels and each of the predictions are
    whole numbers of shape (N,), N >= 1, at least 0. Raises InputError for anything else.
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
