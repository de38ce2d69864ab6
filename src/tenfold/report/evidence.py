"""What the sentences of the conclusion are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from tenfold.data.dataset import DIGIT_NAMES
from tenfold.evaluation import Comparison
from tenfold.report import wording
from tenfold.report.measures import Measures, PermutationEffect
from tenfold.runs.run import Run


@dataclass(frozen=True)
class Evidence:
    """All that sentences are made of; `systems`, at least one, are those whose pixels are not permuted."""

    systems: Sequence[Measures]
    comparisons: Sequence[Comparison]
    effects: Sequence[PermutationEffect]
    class_names: Sequence[str] = DIGIT_NAMES
    diverged: Sequence[Run] = ()

    @property
    def things(self) -> str:
        """What the images show, as a plural."""
        return things_of(self.class_names)

    @property
    def ranked(self) -> list[Measures]:
        """The systems by mean test accuracy, the best first."""
        return sorted(self.systems, key=lambda system: -system.test_accuracy)

    def between(self, a: Measures, b: Measures) -> Comparison:
        """The comparison of two systems."""
        wanted = {a.label, b.label}
        return next(each for each in self.comparisons if {each.name_a, each.name_b} == wanted)

    @property
    def rivals(self) -> list[Measures]:
        """The systems that are not established to be worse than the one with the highest accuracy."""
        leader, *others = self.ranked
        return [other for other in others if self.between(leader, other).better != leader.label]


def things_of(class_names: Sequence[str]) -> str:
    """What the images of these classes show, as a plural."""
    return "digits" if tuple(class_names) == DIGIT_NAMES else "images"


def labels_of(systems: Sequence[Measures]) -> str:
    """The systems' names as one phrase."""
    return wording.listing([system.label for system in systems])
