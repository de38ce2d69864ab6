"""The conclusion, in sentences computed from the figures.

Every `say_` function takes the `Evidence` and returns a sentence, or None if there is nothing to say: those
in `ranking` say which system is best, those in `disturbances` what makes the networks fail, and those in
`caveats` how far they, and their figures, can be trusted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tenfold.data.dataset import DIGIT_NAMES
from tenfold.evaluation import Comparison
from tenfold.reporting.caveats import (
    say_as_written,
    say_balance,
    say_classes,
    say_confidence,
    say_diverged,
    say_documents,
    say_loss,
    say_overfitting,
)
from tenfold.reporting.disturbances import say_disturbance, say_permutation
from tenfold.reporting.measures import Evidence, Measures, PermutationEffect
from tenfold.reporting.ranking import (
    say_accuracy,
    say_certainty,
    say_cost,
    say_headline,
    say_kinds,
    say_margin,
)
from tenfold.runs.run import Run

_WARNINGS = ("diverged", "balance", "models")


@dataclass(frozen=True)
class Sentence:
    """One sentence of the conclusion."""

    topic: str
    text: str

    @property
    def is_warning(self) -> bool:
        """Whether the figures are misleading without it."""
        return self.topic in _WARNINGS


def conclude(
    systems: Sequence[Measures],
    comparisons: Sequence[Comparison],
    effects: Sequence[PermutationEffect],
    class_names: Sequence[str] = DIGIT_NAMES,
    diverged: Sequence[Run] = (),
    models: Sequence[str] = (),
) -> list[Sentence]:
    """All sentences, the headline first."""
    evidence = Evidence(systems, comparisons, effects, class_names, diverged, models)
    topics: dict[str, Callable[[Evidence], str | None]] = {
        "headline": say_headline,
        "diverged": say_diverged,
        "balance": say_balance,
        "accuracy": say_accuracy,
        "kinds": say_kinds,
        "margin": say_margin,
        "certainty": say_certainty,
        "classes": say_classes,
        "cost": say_cost,
        "shift": lambda evidence: say_disturbance(evidence, "shift"),
        "rotation": lambda evidence: say_disturbance(evidence, "rotation"),
        "noise": lambda evidence: say_disturbance(evidence, "noise"),
        "permutation": say_permutation,
        "loss": say_loss,
        "overfitting": say_overfitting,
        "confidence": say_confidence,
        "documents": say_documents,
        "as written": say_as_written,
    }
    texts = [(topic, say(evidence)) for topic, say in topics.items()]
    return [Sentence(topic, text) for topic, text in texts if text]
