"""Sentences on the effects of disturbed images and permuted pixels."""

import itertools
from collections.abc import Sequence

from tenfold import wording
from tenfold.evaluation import wilson_interval
from tenfold.reporting.measures import Disturbance, Evidence, Measures, PermutationEffect

_PHRASES = {
    "shift": ("Shifted by {}", "pixel"),
    "rotation": ("Rotated by {}", "degree"),
    "noise": ("With noise of {}", "grey level"),
}


def say_disturbance(evidence: Evidence, name: str) -> str | None:
    """The effect of `name` ("shift", "rotation" or "noise") at the strength where the systems differ most."""
    curves: list[tuple[Measures, Disturbance]] = [
        (system, getattr(system, name)) for system in evidence.systems
    ]
    strengths = range(1, min(len(curve.levels) for _, curve in curves))
    if not strengths:
        return None

    def spread(index: int) -> float:
        accuracies = [curve.accuracy[index] for _, curve in curves]
        return max(accuracies) - min(accuracies)

    # A single system: at the largest loss from one strength to the next.
    def step(index: int) -> float:
        return curves[0][1].accuracy[index - 1] - curves[0][1].accuracy[index]

    at = max(strengths, key=spread if len(curves) > 1 else step)
    phrase, unit = _PHRASES[name]
    opening = phrase.format(wording.plural(curves[0][1].levels[at], unit))
    ranked = sorted(((curve.accuracy[at], system) for system, curve in curves), key=lambda pair: -pair[0])
    (best, first), (worst, last) = ranked[0], ranked[-1]
    if len(curves) == 1:
        return (
            f"{opening}, {wording.percent(best, 1)} of the {evidence.things} are still read right by "
            f"{first.label}, instead of {wording.percent(curves[0][1].accuracy[0], 1)}."
        )
    text = (
        f"{opening}, {wording.percent(best, 1)} of the {evidence.things} are still read right by "
        f"{first.label} and {wording.percent(worst, 1)} by {last.label}"
    )
    if _overlap(best, worst, curves[0][1].images):
        return f"{text}, no significant difference on {wording.count(curves[0][1].images)} images."
    return f"{text}{_by_kind(ranked)}."


def _by_kind(ranked: Sequence[tuple[float, Measures]]) -> str:
    """A clause for the case that every network of one kind is more robust than all of the other."""
    kinds = [system.kind for _, system in ranked]
    if len(kinds) < 3 or len(set(kinds)) == 1 or sum(a != b for a, b in itertools.pairwise(kinds)) != 1:
        return ""
    first, last = kinds[0], kinds[-1]
    winners = f"every {first} here is" if kinds.count(first) > 1 else f"the {first} is"
    losers = f"any {last}" if kinds.count(last) > 1 else f"the {last}"
    return f"; {winners} more robust than {losers}"


def say_permutation(evidence: Evidence) -> str | None:
    """The effect of permuting pixels; None if no run was permuted."""
    if not evidence.effects:
        return None
    parts = [_one_permutation(effect) for effect in evidence.effects]
    text = f"With the pixels of all images in one random order, {wording.listing(parts)}."
    cnn = [effect for effect in evidence.effects if effect.kind == "CNN"]
    mlp = [effect for effect in evidence.effects if effect.kind == "MLP"]
    if not cnn or not mlp:
        return text
    lead = max(effect.accuracy for effect in cnn) - max(effect.accuracy for effect in mlp)
    left = max(effect.permuted_accuracy for effect in cnn) - max(effect.permuted_accuracy for effect in mlp)
    return (
        f"{text} The best CNN’s lead over the best MLP changes from {wording.points(lead, sign=True)} to "
        f"{wording.points(left, sign=True)} points."
    )


def _one_permutation(effect: PermutationEffect) -> str:
    if not effect.established:
        return (
            f"{effect.label} shows no significant change ({wording.percent(effect.accuracy)} before, "
            f"{wording.percent(effect.permuted_accuracy)} after)"
        )
    verb = "loses" if effect.difference < 0 else "gains"
    return (
        f"{effect.label} {verb} {wording.points(effect.difference)} points "
        f"(to {wording.percent(effect.permuted_accuracy)})"
    )


def _overlap(best: float, worst: float, images: int) -> bool:
    """Whether the 95 % intervals of two accuracies on `images` images overlap."""
    low, _ = wilson_interval(round(best * images), images)
    _, high = wilson_interval(round(worst * images), images)
    return low <= high
