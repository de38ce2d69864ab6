"""What the figures say, in sentences. Each is computed: where the figures are others, so is the sentence.

A function here takes the measures of a study and returns its sentence, or None where nothing can be said.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tenfold.data.dataset import DIGIT_NAMES
from tenfold.evaluation import Comparison, wilson_interval
from tenfold.report import wording
from tenfold.report.measures import Disturbance, Measures, PermutationEffect

RISE_THAT_COUNTS = 0.05  # of the validation loss, from its lowest value


@dataclass(frozen=True)
class Sentence:
    """One thing the figures say."""

    topic: str
    text: str


@dataclass(frozen=True)
class Evidence:
    """All that sentences are made of; `systems`, at least one, are those whose pixels are not permuted."""

    systems: Sequence[Measures]
    comparisons: Sequence[Comparison]
    effects: Sequence[PermutationEffect]
    things: str = "digits"  # what the images show

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


def conclude(
    systems: Sequence[Measures],
    comparisons: Sequence[Comparison],
    effects: Sequence[PermutationEffect],
    class_names: Sequence[str] = DIGIT_NAMES,
) -> list[Sentence]:
    """All that can be said, the headline first."""
    things = "digits" if tuple(class_names) == DIGIT_NAMES else "images"
    evidence = Evidence(systems, comparisons, effects, things)
    topics: dict[str, Callable[[Evidence], str | None]] = {
        "headline": say_headline,
        "accuracy": say_accuracy,
        "kinds": say_kinds,
        "margin": say_margin,
        "certainty": say_certainty,
        "cost": say_cost,
        "shift": lambda evidence: say_disturbance(evidence, "shift"),
        "rotation": lambda evidence: say_disturbance(evidence, "rotation"),
        "noise": lambda evidence: say_disturbance(evidence, "noise"),
        "permutation": say_permutation,
        "overfitting": say_overfitting,
        "confidence": say_confidence,
        "documents": say_documents,
        "as written": say_as_written,
    }
    said = [(topic, say(evidence)) for topic, say in topics.items()]
    return [Sentence(topic, text) for topic, text in said if text]


def say_headline(evidence: Evidence) -> str:
    """The one thing to remember."""
    leader, *others = evidence.ranked
    right = f"{wording.percent(leader.test_accuracy)} of the {evidence.things} right"
    if not others:
        return f"{leader.label} reads {right}"
    rivals = evidence.rivals
    if not rivals:
        return f"{leader.label} reads best: {right}"
    if len(rivals) == len(others) == 1:
        return f"{leader.label} and {rivals[0].label} are not told apart"
    if len(rivals) == 1:
        return f"{leader.label} and {rivals[0].label} lead, and are not told apart"
    if len(rivals) == len(others):
        return f"No winner: none of the other {len(others)} systems is shown to be worse than {leader.label}"
    return f"No single winner: {leader.label} and {len(rivals)} others are not told apart"


def say_accuracy(evidence: Evidence) -> str:
    """Who is most often right, and against whom that is established."""
    leader, *others = evidence.ranked
    low_high = wording.percent_range(leader.test_low, leader.test_high)
    over = f", averaged over {wording.plural(len(leader.seeds), 'seed')}" if len(leader.seeds) > 1 else ""
    opening = (
        f"{leader.label} reads {wording.percent(leader.test_accuracy)} of "
        f"{wording.plural(leader.test_images, 'test image')} right{over} (95{wording.NO_BREAK}% "
        f"interval for so many images: {low_high})"
    )
    if not others:
        return f"{opening}. There is no other system to compare it with."
    rivals = evidence.rivals
    beaten = [other for other in others if other not in rivals]
    parts = [opening]
    if beaten:
        p = max(evidence.between(leader, other).p_holm for other in beaten)
        largest = "" if len(beaten) == 1 else "at most "
        parts.append(
            f"; that is more than {_labels(beaten)} ({largest}{wording.p_value(p)} after Holm’s correction)"
        )
    if rivals:
        p = min(evidence.between(leader, rival).p_holm for rival in rivals)
        smallest = "" if len(rivals) == 1 else "smallest "
        parts.append(
            f"; that it is better than {_labels(rivals)} is not established "
            f"({smallest}{wording.p_value(p)} after Holm’s correction)"
        )
    return "".join(parts) + "."


def say_kinds(evidence: Evidence) -> str | None:
    """Whether networks with convolutions beat those without; None where one kind is missing."""
    pairs = [
        evidence.between(cnn, mlp)
        for cnn in evidence.systems
        if cnn.kind == "CNN"
        for mlp in evidence.systems
        if mlp.kind == "MLP"
    ]
    if not pairs:
        return None
    kinds = {system.label: system.kind for system in evidence.systems}
    winners = [kinds[pair.better] for pair in pairs if pair.better]
    cnn, mlp, n = winners.count("CNN"), winners.count("MLP"), len(pairs)
    if n == 1:
        if not winners:
            return "Whether the network with or the one without convolutions is better is not established."
        return f"So the {'convolutional network' if cnn else 'network without convolutions'} wins."
    if n in (cnn, mlp):
        which = "with convolutions" if cnn else "without convolutions"
        return (
            f"In each of the {n} pairs of a network with and one without convolutions, the one {which} wins."
        )
    return (
        f"Of {n} pairs of a network with and one without convolutions, the one with them wins {cnn}, the one "
        f"without {mlp}; {n - cnn - mlp} {'is' if n - cnn - mlp == 1 else 'are'} undecided."
    )


def say_margin(evidence: Evidence) -> str | None:
    """By how much the leader is ahead of the best of the other kind or, if there is none, of the second."""
    leader, *others = evidence.ranked
    if not others:
        return None
    other = next((system for system in others if system.kind != leader.kind), others[0])
    pair = evidence.between(leader, other)
    difference = leader.test_accuracy - other.test_accuracy
    if difference == 0:
        return f"{leader.label} and {other.label} are right equally often."
    interval = ""
    if pair.difference_low is not None and pair.difference_high is not None:
        ends = sorted((pair.difference_low, pair.difference_high))
        if pair.name_a == leader.label:
            ends = [-ends[1], -ends[0]]
        interval = (
            f" (95{wording.NO_BREAK}% interval over seeds: {wording.points(ends[0], sign=True)} to "
            f"{wording.points(ends[1], sign=True)})"
        )
    fewer = 1 - leader.test_mistakes / other.test_mistakes
    return (
        f"{leader.label} is {wording.points(difference)} percentage points ahead of {other.label}{interval}: "
        f"{wording.plural(round(leader.test_mistakes, 1), 'mistake')} instead of "
        f"{wording.count(round(other.test_mistakes, 1))}, {wording.percent(fewer, 0)} fewer."
    )


def say_certainty(evidence: Evidence) -> str:
    """What the verdict holds for."""
    if len(evidence.systems) == 1:
        return _certainty_of_one(evidence.systems[0])
    once = [system for system in evidence.systems if system.n == 1]
    if len(once) == len(evidence.systems):
        return (
            "Each system was trained with one seed: the verdict is about these trained networks, and not about "
            "the recipes; another seed may turn a small difference round."
        )
    told_apart = sum(pair.better is not None for pair in evidence.comparisons)
    seeds = sorted({system.n for system in evidence.systems})
    each = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    verdict = (
        f"With {each} seeds per system, {told_apart} of {wording.plural(len(evidence.comparisons), 'pair')} "
        f"{'is' if told_apart == 1 else 'are'} told apart by the test images and, where both have two seeds "
        "or more, by the seeds as well."
    )
    if not once:
        return verdict
    were = "was" if len(once) == 1 else "were"
    return (
        f"{verdict} {_labels(once)} {were} trained with one seed; there the verdict is about the trained "
        "network and not about the recipe."
    )


def _certainty_of_one(system: Measures) -> str:
    if system.standard_deviation is None:
        return "It was trained with one seed: the figures are this trained network’s, not its recipe’s."
    spread = wording.points(system.standard_deviation)
    return f"From seed to seed its accuracy spreads by {spread} points (standard deviation)."


def say_cost(evidence: Evidence) -> str | None:
    """What the leader costs beside the system that computes least."""
    leader, *others = evidence.ranked
    if not others:
        return None
    cheapest = min(evidence.systems, key=lambda system: system.multiply_adds)
    if cheapest.label == leader.label:
        fewest = wording.count(leader.multiply_adds)
        return f"{leader.label} also needs the fewest multiply-adds per image, {fewest}."
    ratios = [
        ("the multiply-adds", leader.multiply_adds / cheapest.multiply_adds),
        ("the parameters", leader.parameters / cheapest.parameters),
        ("the training time", leader.seconds / cheapest.seconds),
        ("the time per image read", leader.microseconds_per_digit / cheapest.microseconds_per_digit),
    ]
    parts = [f"{wording.times(ratio)} {what}" for what, ratio in ratios]
    return f"Beside {cheapest.label}, which computes least, {leader.label} takes {wording.listing(parts)}."


_PHRASES = {
    "shift": ("Shifted by {}", "pixel"),
    "rotation": ("Turned by {}", "degree"),
    "noise": ("Under noise of {}", "grey level"),
}


def say_disturbance(evidence: Evidence, name: str) -> str | None:
    """What `name` ("shift", "rotation" or "noise") does, at the strength where the systems differ most."""
    curves: list[tuple[Measures, Disturbance]] = [
        (system, getattr(system, name)) for system in evidence.systems
    ]
    strengths = range(1, min(len(curve.levels) for _, curve in curves))
    if not strengths:
        return None

    def spread(index: int) -> float:
        accuracies = [curve.accuracy[index] for _, curve in curves]
        return max(accuracies) - min(accuracies)

    # Of one system alone: where it loses most from one strength to the next.
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
        return f"{text}, a difference that so few images do not establish."
    return f"{text}{_by_kind(ranked)}."


def _by_kind(ranked: Sequence[tuple[float, Measures]]) -> str:
    """A clause for the case that one kind of network bears a disturbance better than the other throughout."""
    kinds = [system.kind for _, system in ranked]
    if len(kinds) < 3 or len(set(kinds)) == 1 or sum(a != b for a, b in itertools.pairwise(kinds)) != 1:
        return ""
    return f"; every {kinds[0]} here bears it better than every {kinds[-1]}"


def say_permutation(evidence: Evidence) -> str | None:
    """What is left when pixels have lost their neighbours; None where no run was permuted."""
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
        f"{text} The best CNN’s lead over the best MLP goes from {wording.points(lead, sign=True)} to "
        f"{wording.points(left, sign=True)} points."
    )


def _one_permutation(effect: PermutationEffect) -> str:
    if not effect.established:
        return (
            f"{effect.label} is not shown to change ({wording.percent(effect.accuracy)} before, "
            f"{wording.percent(effect.permuted_accuracy)} after)"
        )
    verb = "loses" if effect.difference < 0 else "gains"
    return (
        f"{effect.label} {verb} {wording.points(effect.difference)} points "
        f"(to {wording.percent(effect.permuted_accuracy)})"
    )


def say_overfitting(evidence: Evidence) -> str | None:
    """Who does better on what was learned than on what was held out; None without validation curves."""
    drawn = [system for system in evidence.systems if system.validation_accuracy is not None]
    if not drawn:
        return None
    gaps = [(system, gap) for system in drawn if (gap := _generalization_gap(system)) is not None]
    texts = []
    if gaps:
        parts = [f"{system.label} (by {wording.points(gap)} points)" for system, gap in gaps]
        texts.append(
            "More accurate on the training images than on those held out, beyond what chance explains: "
            f"{wording.listing(parts)}."
        )
    else:
        texts.append(
            "No system is more accurate on the training images than chance explains on those held out."
        )
    turned = [system for system in drawn if (system.validation_loss_rise or 0) > RISE_THAT_COUNTS]
    parts = [
        f"{system.label} after epoch {system.best_epoch} (then "
        f"{wording.percent(system.validation_loss_rise or 0, 0)} up to the end)"
        for system in turned
    ]
    if parts:
        texts.append(f"The validation loss turned upward in {wording.listing(parts)}.")
    return " ".join(texts)


def _generalization_gap(system: Measures) -> float | None:
    """Training minus validation accuracy, where the one lies above the other's 95 % interval."""
    if system.validation_accuracy is None:
        return None
    n = system.test_images if system.validated_on_test else system.validation_images
    _, high = wilson_interval(round(system.validation_accuracy * n), n)
    return system.train_accuracy - system.validation_accuracy if system.train_accuracy > high else None


def say_confidence(evidence: Evidence) -> str:
    """Whether the probabilities promise too much or too little."""
    verdicts: dict[str, list[Measures]] = {
        "promise more than they keep": [],
        "promise too little": [],
        "keep": [],
    }
    for system in evidence.systems:
        if system.mean_confidence > system.test_high:
            verdicts["promise more than they keep"].append(system)
        elif system.mean_confidence < system.test_low:
            verdicts["promise too little"].append(system)
        else:
            verdicts["keep"].append(system)
    parts = []
    for verdict, of_verdict in verdicts.items():
        names = [
            f"{system.label} ({wording.percent(system.mean_confidence)} sure, "
            f"{wording.percent(system.test_accuracy)} right)"
            for system in of_verdict
        ]
        if names:
            what = "fit the share that is right" if verdict == "keep" else verdict
            parts.append(f"on average the probabilities of {wording.listing(names)} {what}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def say_documents(evidence: Evidence) -> str | None:
    """Whether each recipe reaches the accuracy its document states; None where none states one."""
    parts = []
    for system in evidence.systems:
        if system.documented_accuracy is None:
            continue
        stated, reached = system.documented_accuracy[0], system.test_accuracy
        result = f"{system.label} {wording.percent(reached)} after {wording.plural(system.epochs, 'epoch')}"
        if reached >= stated:
            parts.append(f"{result}, reaching the documented {wording.percent(stated)}")
        elif stated <= system.test_high:
            parts.append(
                f"{result}, {wording.points(stated - reached)} points short of the documented "
                f"{wording.percent(stated)} but within the interval"
            )
        else:
            parts.append(
                f"{result}, {wording.points(stated - reached)} points short of the documented "
                f"{wording.percent(stated)}"
            )
    return f"Beside the documents: {'; '.join(parts)}." if parts else None


def say_as_written(evidence: Evidence) -> str | None:
    """How runs that follow their document to the letter differ; None where there are none."""
    written = [system for system in evidence.systems if system.as_written]
    if not written:
        return None
    curve = ""
    if on_test := [system for system in written if system.validated_on_test]:
        curve = f"; the validation curve of {_labels(on_test)} is drawn on the test images"
    return f"Trained as written, on all training images with none held out: {_labels(written)}{curve}."


def _overlap(best: float, worst: float, images: int) -> bool:
    """Whether the 95 % intervals of two accuracies on `images` images overlap."""
    low, _ = wilson_interval(round(best * images), images)
    _, high = wilson_interval(round(worst * images), images)
    return low <= high


def _labels(systems: Sequence[Measures]) -> str:
    return wording.listing([system.label for system in systems])
