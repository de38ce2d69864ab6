"""Sentences on which system is best, by how much, how certain that is, and what it costs."""

from collections.abc import Sequence

from tenfold import wording
from tenfold.evaluation.comparison import SIGNIFICANCE_LEVEL
from tenfold.reporting.measures import Evidence, Measures, labels_of
from tenfold.reporting.systems import Kind

_NAMES: dict[Kind, str] = {"CNN": "convolutional", "MLP": "fully connected"}


def say_headline(evidence: Evidence) -> str:
    """The one thing to remember."""
    found = _say_first(evidence)
    return f"First look ({evidence.first_look}): {found}" if evidence.first_look else found


def _say_first(evidence: Evidence) -> str:
    leader = evidence.ranked[0]
    right = f"{wording.percent(leader.test_accuracy)} of the {evidence.things} right"
    always, baseline = leader.balance.majority_class, leader.balance.majority_baseline
    if leader.test_low <= baseline:
        would_get = f"always answering {evidence.class_names[always]} would get {wording.percent(baseline)}"
        return f"{leader.label} reads {right}; {would_get}"
    return _say_winner(evidence, right)


def _say_winner(evidence: Evidence, right: str) -> str:
    leader, *others = evidence.ranked
    if not others:
        return f"{leader.label} reads {right}"
    rivals = evidence.rivals
    if not rivals:
        return f"{leader.label} reads best: {right}"
    if len(rivals) == len(others) == 1:
        return f"{leader.label} and {rivals[0].label} show no significant difference"
    if len(rivals) == 1:
        return f"{leader.label} and {rivals[0].label} lead, with no significant difference"
    if len(rivals) == len(others):
        return (
            f"No winner: none of the other {len(others)} systems is significantly worse than {leader.label}"
        )
    return f"No single winner: {leader.label} and {len(rivals)} others show no significant difference"


def say_accuracy(evidence: Evidence) -> str:
    """Which system is most accurate, and which it beats significantly."""
    leader, *others = evidence.ranked
    low_high = wording.percent_range(leader.test_low, leader.test_high)
    over = f", averaged over {wording.plural(len(leader.seeds), 'seed')}" if len(leader.seeds) > 1 else ""
    opening = (
        f"{leader.label} reads {wording.percent(leader.test_accuracy)} of "
        f"{wording.plural(leader.test_images, 'test image')} right{over} (95{wording.NO_BREAK}% "
        f"confidence interval for {wording.plural(leader.test_images, 'image')}: {low_high})"
    )
    if not others:
        return f"{opening}. {_say_alone(evidence.models)}"
    rivals = evidence.rivals
    beaten = [other for other in others if other not in rivals]
    parts = [opening]
    if beaten:
        p = max(evidence.between(leader, other).p_holm for other in beaten)
        largest = "" if len(beaten) == 1 else "largest "
        parts.append(
            f"; that is significantly more than {labels_of(beaten)} "
            f"({largest}{wording.p_value(p)} after Holm’s correction)"
        )
    if rivals:
        p = min(evidence.between(leader, rival).p_holm for rival in rivals)
        smallest = "" if len(rivals) == 1 else "smallest "
        but = ", but the spread over seeds is too large" if p < SIGNIFICANCE_LEVEL else ""
        parts.append(
            f"; its lead over {labels_of(rivals)} is not established "
            f"({smallest}{wording.p_value(p)} after Holm’s correction{but})"
        )
    return "".join(parts) + "."


def _say_alone(models: Sequence[str]) -> str:
    match models:
        case []:
            return "There is no other system to compare it with."
        case [model]:
            return f"The only comparison is with {model}, a finished model, which is not ranked."
    return f"The only comparisons are with {wording.listing(models)}, finished models, which are not ranked."


def say_kinds(evidence: Evidence) -> str | None:
    """Whether networks with convolutions beat those without; None if one kind is missing."""
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
            return "Neither the convolutional nor the fully connected network is significantly better."
        return f"So the {_NAMES['CNN' if cnn else 'MLP']} network wins."
    if n in (cnn, mlp):
        winner: Kind
        loser: Kind
        winner, loser = ("CNN", "MLP") if cnn else ("MLP", "CNN")
        count = {kind: sum(system.kind == kind for system in evidence.systems) for kind in (winner, loser)}
        beat = "beats" if count[winner] == 1 else "beat"
        return f"{_every(winner, count[winner])} {beat} {_all(loser, count[loser])}."
    return (
        f"Of {n} pairs of a convolutional and a fully connected network, the convolutional one wins {cnn}, "
        f"the fully connected one {mlp}; {n - cnn - mlp} {'is' if n - cnn - mlp == 1 else 'are'} undecided."
    )


def _every(kind: Kind, count: int) -> str:
    """Such as "Both convolutional networks"."""
    if count == 1:
        return f"The {_NAMES[kind]} network"
    return f"{'Both' if count == 2 else f'All {count}'} {_NAMES[kind]} networks"


def _all(kind: Kind, count: int) -> str:
    if count == 1:
        return f"the {_NAMES[kind]} one"
    return f"{'both' if count == 2 else f'all {count}'} {_NAMES[kind]} ones"


def say_margin(evidence: Evidence) -> str | None:
    """The leader's margin over the best of the other kind or, if there is none, over the second."""
    leader, *others = evidence.ranked
    if not others:
        return None
    other = next((system for system in others if system.kind != leader.kind), others[0])
    pair = evidence.between(leader, other)
    difference = leader.test_accuracy - other.test_accuracy
    if difference == 0:
        return f"{leader.label} and {other.label} are equally accurate."
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
    """What the verdict applies to."""
    if len(evidence.systems) == 1:
        return _certainty_of_one(evidence.systems[0])
    once = [system for system in evidence.systems if system.n == 1]
    if len(once) == len(evidence.systems):
        return (
            "Each system was trained with one seed: the verdict is about these trained networks, not about "
            "the recipes; a small difference could reverse with another seed."
        )
    significant = sum(pair.better is not None for pair in evidence.comparisons)
    seeds = sorted({system.n for system in evidence.systems})
    each = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    verdict = (
        f"With {each} seeds per system, {significant} of {wording.plural(len(evidence.comparisons), 'pair')} "
        f"{'differs' if significant == 1 else 'differ'} significantly: on the test images and, where both "
        "have two seeds or more, over the seeds as well."
    )
    if not once:
        return verdict
    were = "was" if len(once) == 1 else "were"
    return (
        f"{verdict} {labels_of(once)} {were} trained with one seed; there the verdict is about the trained "
        "network, not about the recipe."
    )


def _certainty_of_one(system: Measures) -> str:
    if system.standard_deviation is None:
        return "It was trained with one seed: the figures describe this trained network, not its recipe."
    spread = wording.points(system.standard_deviation)
    return f"From seed to seed its accuracy varies by {spread} points (standard deviation)."


def say_cost(evidence: Evidence) -> str | None:
    """The leader's cost compared with the cheapest system's; None if all cost the same."""
    leader, *others = evidence.ranked
    if all(other.multiply_adds == leader.multiply_adds for other in others):
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
    return f"Compared with {cheapest.label}, the cheapest, {leader.label} needs {wording.listing(parts)}."
