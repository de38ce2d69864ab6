"""Sentences on how far the networks, and their figures, can be trusted."""

from collections.abc import Mapping, Sequence

from tenfold import wording
from tenfold.evaluation import ClassBalance, wilson_interval
from tenfold.reporting.measures import Evidence, Measures, labels_of

RISE_THAT_COUNTS = 0.05  # of the validation loss, from its lowest value


def say_diverged(evidence: Evidence) -> str | None:
    """Which runs have no result, and why; None if all have one."""
    if not evidence.diverged:
        return None
    parts = [f"{run.label} with seed {run.settings.seed} ({run.divergence})" for run in evidence.diverged]
    return f"Diverged, and therefore left out: {wording.listing(parts)}."


def say_balance(evidence: Evidence) -> str | None:
    """What accuracy hides if classes are unbalanced or one is weak; None if it hides nothing."""
    return render_balance({system.label: system.balance for system in evidence.systems}, evidence.class_names)


def say_classes(evidence: Evidence) -> str | None:
    """The leader's hardest class and most frequent mistake; None if it makes no mistakes."""
    leader, *others = evidence.ranked
    mistake, hardest, names = leader.commonest_mistake, leader.balance.weakest_class, evidence.class_names
    if mistake is None:
        return None
    thing = "digit" if evidence.things == "digits" else "class"
    alike = [other for other in others if other.balance.weakest_class == hardest]
    text = (
        f"The hardest {thing} for {labels_of([leader, *alike])} is {names[hardest]}; {leader.label} reads "
        f"{wording.percent(leader.balance.weakest_recall)} of its images right."
    )
    if mistake.times <= 1:
        return text
    return (
        f"{text} The most frequent mistake of {leader.label} is reading {names[mistake.true]} as "
        f"{names[mistake.predicted]}: {wording.count(round(mistake.times, 1))} of "
        f"{wording.plural(round(leader.test_mistakes, 1), 'mistake')}."
    )


def say_loss(evidence: Evidence) -> str | None:
    """Whether the test loss ranks the systems as accuracy does; None for one system."""
    if len(evidence.systems) == 1:
        return None
    by_loss = sorted(evidence.systems, key=lambda system: system.test_loss)
    same = [system.label for system in by_loss] == [system.label for system in evidence.ranked]
    losses = wording.listing([f"{system.label} {system.test_loss:.3f}" for system in by_loss])
    order = "as accuracy does" if same else "differently from accuracy"
    return (
        f"The test loss, which also measures confidence, ranks the systems {order}: {losses} "
        "(lower is better)."
    )


def say_overfitting(evidence: Evidence) -> str | None:
    """Which systems overfit, and which were still improving; None without validation curves."""
    drawn = [system for system in evidence.systems if system.validation_accuracy is not None]
    if not drawn:
        return None
    gaps = [(system, gap) for system in drawn if (gap := _generalization_gap(system)) is not None]
    texts = []
    if gaps:
        parts = [f"{system.label} (by {wording.points(gap)} points)" for system, gap in gaps]
        texts.append(
            "Signs of overfitting: training accuracy exceeds validation accuracy, beyond chance, for "
            f"{wording.listing(parts)}."
        )
    else:
        texts.append("No sign of overfitting: training and validation accuracy agree within chance.")
    turned = [system for system in drawn if (system.validation_loss_rise or 0) > RISE_THAT_COUNTS]
    parts = [
        f"{system.label} after epoch {system.best_epoch} (by "
        f"{wording.percent(system.validation_loss_rise or 0, 0)} until the end)"
        for system in turned
    ]
    if parts:
        texts.append(f"The validation loss rose for {wording.listing(parts)}.")
    improving = [system for system in drawn if 1 < system.epochs == system.best_epoch]
    if improving:
        texts.append(f"Still improving in the last epoch, so more epochs may help: {labels_of(improving)}.")
    return " ".join(texts)


def _generalization_gap(system: Measures) -> float | None:
    """Training minus validation accuracy, if the former is above the latter's 95 % interval."""
    if system.validation_accuracy is None:
        return None
    n = system.test_images if system.validated_on_test else system.validation_images
    _, high = wilson_interval(round(system.validation_accuracy * n), n)
    return system.train_accuracy - system.validation_accuracy if system.train_accuracy > high else None


def say_confidence(evidence: Evidence) -> str:
    """Whether the systems are over- or under-confident."""
    verdicts: dict[str, list[Measures]] = {
        "over-confident": [],
        "under-confident": [],
        "well calibrated": [],
    }
    for system in evidence.systems:
        if system.mean_confidence > system.test_high:
            verdicts["over-confident"].append(system)
        elif system.mean_confidence < system.test_low:
            verdicts["under-confident"].append(system)
        else:
            verdicts["well calibrated"].append(system)
    parts = []
    for verdict, of_verdict in verdicts.items():
        names = [
            f"{system.label} ({wording.percent(system.mean_confidence)} sure, "
            f"{wording.percent(system.test_accuracy)} right)"
            for system in of_verdict
        ]
        if names:
            parts.append(f"{verdict} on average: {wording.listing(names)}")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def say_documents(evidence: Evidence) -> str | None:
    """Whether each recipe reaches the accuracy its document states; None if none states one."""
    parts = []
    for system in evidence.systems:
        if system.documented_accuracy is None:
            continue
        stated, reached = system.documented_accuracy[0], system.test_accuracy
        result = (
            f"{system.label} {wording.percent(reached)} after {wording.plural(system.epochs, 'epoch')} "
            f"(training accuracy {wording.percent(system.train_accuracy)}, test loss {system.test_loss:.4f})"
        )
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
    return f"Compared with the documents: {'; '.join(parts)}." if parts else None


def say_as_written(evidence: Evidence) -> str | None:
    """How runs trained exactly as their document says differ; None if there are none."""
    written = [system for system in evidence.systems if system.as_written]
    if not written:
        return None
    curve = ""
    if on_test := [system for system in written if system.validated_on_test]:
        curve = f"; the validation curve of {labels_of(on_test)} is drawn on the test images"
    who = "every network" if len(written) == len(evidence.systems) > 1 else labels_of(written)
    return f"Trained as written, on all training images with none held out: {who}{curve}."


def render_balance(balances: Mapping[str, ClassBalance], class_names: Sequence[str]) -> str | None:
    """What accuracy alone hides about each label's predictions of the same images.

    A single classifier may have the label "". None if accuracy hides nothing.
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
        f"Balanced accuracy, the mean recall over the classes: {wording.listing(each)}. "
    )


def _say_weakest(balances: Mapping[str, ClassBalance], class_names: Sequence[str]) -> str:
    parts = [
        f"{class_names[of.weakest_class]}{f' for {label}' if label else ''} "
        f"({wording.percent(of.weakest_recall, 1)} of {wording.plural(of.weakest_support, 'image')} right)"
        for label, of in balances.items()
    ]
    return f"Weakest class: {wording.listing(parts)}"
