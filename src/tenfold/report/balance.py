"""Sentences on data whose classes are unbalanced, and on classes that are read badly."""

from collections.abc import Mapping, Sequence

from tenfold.evaluation import ClassBalance
from tenfold.report import wording


def render_balance(balances: Mapping[str, ClassBalance], class_names: Sequence[str]) -> str | None:
    """What accuracy alone would hide about each label's predictions, which are of the same images.

    A single classifier may have the label "". None where accuracy hides nothing.
    """
    weak = {label: each for label, each in balances.items() if each.deceptive}
    if not weak:
        return None
    return f"{_say_baseline(balances, class_names)}{_say_weakest(weak, class_names)}."


def _say_baseline(balances: Mapping[str, ClassBalance], class_names: Sequence[str]) -> str:
    first = next(iter(balances.values()))
    if not first.unbalanced:
        return ""
    each = [f"{label} {wording.percent(of.balanced_accuracy)}".strip() for label, of in balances.items()]
    return (
        f"The classes are unbalanced: always answering {class_names[first.majority_class]} would get "
        f"{wording.percent(first.majority_baseline)} of the images right. "
        f"Balanced accuracy, the mean over the classes: {wording.listing(each)}. "
    )


def _say_weakest(balances: Mapping[str, ClassBalance], class_names: Sequence[str]) -> str:
    parts = [
        f"{class_names[of.weakest_class]}{f' for {label}' if label else ''} "
        f"({wording.percent(of.weakest_recall, 1)} of {wording.plural(of.weakest_support, 'image')} right)"
        for label, of in balances.items()
    ]
    return f"Weakest class: {wording.listing(parts)}"
