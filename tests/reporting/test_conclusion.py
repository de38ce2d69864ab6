"""The sentences, for figures that say one thing and for figures that say the opposite."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tenfold.evaluation import ClassBalance, Comparison, wilson_interval
from tenfold.reporting.caveats import (
    say_as_written,
    say_balance,
    say_classes,
    say_confidence,
    say_documents,
    say_loss,
    say_overfitting,
)
from tenfold.reporting.conclusion import conclude
from tenfold.reporting.disturbances import say_disturbance, say_permutation
from tenfold.reporting.measures import Disturbance, Evidence, Measures, Mistake, PermutationEffect
from tenfold.reporting.ranking import (
    say_accuracy,
    say_certainty,
    say_cost,
    say_headline,
    say_kinds,
    say_margin,
)
from tenfold.reporting.systems import Kind


def balance(accuracy: float, **other: Any) -> ClassBalance:
    figures: dict[str, Any] = {
        "majority_class": 1, "majority_baseline": 0.1135, "unbalanced": False, "accuracy": accuracy,
        "balanced_accuracy": accuracy, "weakest_class": 8, "weakest_recall": accuracy,
        "weakest_support": 974,
    }  # fmt: skip
    return ClassBalance(**(figures | other))


def measures(label: str, accuracy: float, **other: Any) -> Measures:
    n_test = other.pop("test_images", 10_000)
    seeds = other.pop("seeds", (0, 1, 2))
    low, high = wilson_interval(round(accuracy * n_test), n_test)
    curve = Disturbance(
        "pixels", 2000, (0, 1, 2), other.pop("bears", (accuracy, accuracy - 0.1, accuracy - 0.4))
    )
    figures: dict[str, Any] = {
        "label": label, "recipe": label, "variant": "", "kind": "CNN" if label.startswith("cnn") else "MLP",
        "introduction": "", "own_epochs": 10, "commonest_mistake": Mistake(4, 9, 12),
        "as_written": False, "permuted": False, "validated_on_test": False, "seeds": seeds,
        "epochs": 10, "planned_epochs": 10,
        "threads": 1, "parameters": 1000, "multiply_adds": 1000, "train_images": 55_000,
        "validation_images": 5_000, "test_images": n_test, "n": len(seeds), "test_accuracy": accuracy,
        "standard_deviation": 0.001 if len(seeds) > 1 else None, "seeds_low": None, "seeds_high": None,
        "test_low": low, "test_high": high, "test_mistakes": (1 - accuracy) * n_test, "test_loss": 0.1,
        "balance": balance(accuracy),
        "train_accuracy": 0.98, "validation_accuracy": 0.98, "best_epoch": 10, "validation_loss_rise": 0.0,
        "mean_confidence": accuracy, "calibration_error": 0.01, "seconds": 10.0,
        "microseconds_per_digit": 20.0, "weights_bytes": 1, "onnx_bytes": 1, "documented_accuracy": None,
        "shift": curve, "rotation": curve, "noise": curve,
    }  # fmt: skip
    return Measures(**(figures | other))


def comparison(a: Measures, b: Measures, better: str | None, p: float = 0.5) -> Comparison:
    return Comparison(
        name_a=a.label, name_b=b.label, pairs=min(a.n, b.n), accuracy_a=a.test_accuracy,
        accuracy_b=b.test_accuracy, difference=b.test_accuracy - a.test_accuracy, difference_low=None,
        difference_high=None, only_a_right=10, only_b_right=20, both_wrong=5, error_overlap=0.14,
        p_values=(p,), p_value=p, p_holm=p, better=better,
    )  # fmt: skip


def two(mlp_accuracy: float, cnn_accuracy: float, better: str | None, **other: Any) -> Evidence:
    mlp, cnn = measures("mlp", mlp_accuracy, **other), measures("cnn", cnn_accuracy, **other)
    return Evidence([mlp, cnn], [comparison(mlp, cnn, better, 0.0001 if better else 0.4)], [])


def effect(label: str, before: float, after: float, established: bool) -> PermutationEffect:
    kind: Kind = "CNN" if label.startswith("cnn") else "MLP"
    return PermutationEffect(
        label, kind, 1, 1, before, after, after - before, 0.01 if established else 0.6, established
    )


def plain(text: str | None) -> str:
    assert text is not None
    return text.replace("\N{NO-BREAK SPACE}", " ")


def says(text: str | None, *facts: str) -> bool:
    """Whether `text` contains these facts in this order, whatever the wording; report.txt has the wording."""
    return re.search(".*".join(map(re.escape, facts)), plain(text)) is not None


def test_the_convolutional_network_wins() -> None:
    evidence = two(0.976, 0.99, "cnn")

    assert says(say_headline(evidence), "cnn", "99.00 %")
    assert "mlp" not in say_headline(evidence)
    assert says(say_accuracy(evidence), "cnn", "99.00 %", "mlp", "p < 0.001")
    assert say_kinds(evidence) == "So the convolutional network wins."
    assert says(say_margin(evidence), "cnn", "1.40", "mlp", "100 mistakes", "240", "58 %")


def test_the_network_without_convolutions_wins() -> None:
    evidence = two(0.99, 0.976, "mlp")

    assert says(say_headline(evidence), "mlp", "99.00 %")
    assert "cnn" not in say_headline(evidence)
    assert say_kinds(evidence) == "So the fully connected network wins."
    assert says(say_margin(evidence), "mlp", "1.40", "cnn")


def test_a_difference_that_is_not_established_has_no_winner() -> None:
    evidence = two(0.98, 0.981, None)

    assert says(say_headline(evidence), "cnn", "mlp", "no significant difference")
    assert says(say_accuracy(evidence), "cnn", "mlp", "not established", "p = 0.400")
    assert plain(say_kinds(evidence)).endswith("significantly better.")


def test_a_small_p_without_a_winner_is_put_down_to_the_seeds() -> None:
    mlp, cnn = measures("mlp", 0.97), measures("cnn", 0.98)
    evidence = Evidence([mlp, cnn], [comparison(mlp, cnn, None, 0.0001)], [])

    assert says(
        say_accuracy(evidence), "mlp is not established", "p < 0.001", "spread over seeds is too large"
    )
    assert "seeds is" not in say_accuracy(two(0.98, 0.981, None))


def test_equal_accuracies_are_said_to_be_equal() -> None:
    assert says(say_margin(two(0.98, 0.98, None)), "mlp", "cnn", "equally")


def test_two_without_a_mistake_divide_by_nothing() -> None:
    evidence = two(1.0, 1.0, None)

    assert says(say_margin(evidence), "equally")
    assert all(sentence.text for sentence in conclude(evidence.systems, evidence.comparisons, []))


@pytest.mark.parametrize(
    ("beaten", "facts"),
    [
        ({"b", "c"}, ("a ", "best", "99.00 %")),
        ({"c"}, ("a and b", "no significant difference")),
        (set(), ("No winner", "2", "a")),
    ],
)
def test_the_headline_of_three_names_the_beaten(beaten: set[str], facts: tuple[str, ...]) -> None:
    a, b, c = measures("a", 0.99), measures("b", 0.98), measures("c", 0.97)
    pairs = [
        comparison(a, b, "a" if "b" in beaten else None),
        comparison(a, c, "a" if "c" in beaten else None),
        comparison(b, c, None),
    ]

    assert says(say_headline(Evidence([a, b, c], pairs, [])), *facts)


def test_a_leader_with_several_rivals_is_no_single_winner() -> None:
    a, b, c, d = (
        measures(name, accuracy) for name, accuracy in zip("abcd", (0.99, 0.98, 0.97, 0.5), strict=True)
    )
    pairs = [
        comparison(x, y, "a" if y is d and x is a else None)
        for x, y in ((a, b), (a, c), (a, d), (b, c), (b, d), (c, d))
    ]

    assert says(say_headline(Evidence([a, b, c, d], pairs, [])), "No single winner", "a and 2 others")


def test_kinds_are_counted_over_all_their_pairs() -> None:
    cnn_a, cnn_b, mlp = measures("cnn-a", 0.99), measures("cnn-b", 0.97), measures("mlp", 0.98)
    pairs = [comparison(cnn_a, cnn_b, "cnn-a"), comparison(cnn_a, mlp, "cnn-a"), comparison(cnn_b, mlp, None)]

    text = say_kinds(Evidence([cnn_a, cnn_b, mlp], pairs, []))

    assert says(text, "2 pairs", "convolutional", "wins 1", "fully connected", "0", "1", "undecided")


def test_one_system_alone_is_compared_with_nothing() -> None:
    sentences = {s.topic: plain(s.text) for s in conclude([measures("mlp", 0.976, seeds=(0,))], [], [])}

    assert says(sentences["headline"], "mlp", "97.60 %")
    assert "There is no other system" in sentences["accuracy"]
    assert "this trained network" in sentences["certainty"]
    assert not {"kinds", "margin", "cost", "permutation", "documents", "as written"} & set(sentences)


def test_one_seed_limits_the_verdict_to_the_trained_networks() -> None:
    assert "about these trained networks" in say_certainty(two(0.97, 0.99, "cnn", seeds=(0,)))
    assert "about these trained networks" not in say_certainty(two(0.97, 0.99, "cnn"))


def test_one_seed_among_several_is_named() -> None:
    mlp, cnn = measures("mlp", 0.97, seeds=(0,)), measures("cnn", 0.99)

    text = plain(say_certainty(Evidence([mlp, cnn], [comparison(mlp, cnn, "cnn")], [])))

    assert says(text, "1 to 3 seeds", "1 of 1 pair", "mlp", "one seed")


def test_the_cost_names_what_the_leader_takes_more_of() -> None:
    mlp, cnn = (
        measures("mlp", 0.97),
        measures("cnn", 0.99, multiply_adds=32_000, parameters=1500, seconds=31.0),
    )

    text = say_cost(Evidence([mlp, cnn], [comparison(mlp, cnn, "cnn")], []))

    assert says(text, "mlp", "cnn", "32 times", "1.5 times", "3.1 times", "1.0 times")


def test_a_leader_that_is_also_the_cheapest_is_mentioned() -> None:
    mlp, cnn = measures("mlp", 0.99), measures("cnn", 0.97, multiply_adds=32_000)

    told = plain(say_cost(Evidence([mlp, cnn], [comparison(mlp, cnn, "mlp")], [])))

    assert "also needs the fewest multiply-adds" in told


def test_equally_expensive_networks_have_no_sentence_about_cost() -> None:
    assert say_cost(two(0.99, 0.97, None)) is None


def test_disturbances_name_the_most_robust_system_where_they_differ_most() -> None:
    mlp = measures("mlp", 0.98, bears=(0.98, 0.9, 0.3))
    cnn = measures("cnn", 0.99, bears=(0.99, 0.98, 0.9))
    evidence = Evidence([mlp, cnn], [comparison(mlp, cnn, "cnn")], [])

    assert says(say_disturbance(evidence, "shift"), "2 pixels", "90.0 %", "cnn", "30.0 %", "mlp")


def test_disturbances_that_all_bear_alike_establish_nothing() -> None:
    text = say_disturbance(two(0.98, 0.981, None), "noise")

    assert plain(text).endswith("no significant difference on 2,000 images.")


def test_kinds_that_separate_under_a_disturbance_are_mentioned() -> None:
    systems = [
        measures("cnn-a", 0.99, bears=(0.99, 0.9, 0.8)),
        measures("cnn-b", 0.99, bears=(0.99, 0.9, 0.7)),
        measures("mlp", 0.99, bears=(0.99, 0.8, 0.2)),
    ]

    assert "every CNN here is more robust than the MLP" in plain(
        say_disturbance(Evidence(systems, [], []), "shift")
    )
    systems[1] = measures("cnn-b", 0.99, bears=(0.99, 0.9, 0.1))
    assert "every" not in plain(say_disturbance(Evidence(systems, [], []), "shift"))


def test_there_is_no_sentence_on_permutation_without_permuted_runs() -> None:
    assert say_permutation(two(0.97, 0.99, "cnn")) is None


def test_permutation_says_who_loses_and_how_much_of_the_lead_remains() -> None:
    evidence = Evidence([], [], [effect("mlp", 0.976, 0.975, False), effect("cnn", 0.99, 0.95, True)])

    text = say_permutation(evidence)
    assert says(text, "mlp", "97.60 %", "97.50 %", "cnn", "loses 4.00", "95.00 %", "+1.40", "−2.50")


def test_permutation_that_helps_is_reported_as_such() -> None:
    text = plain(say_permutation(Evidence([], [], [effect("cnn", 0.95, 0.99, True)])))

    assert says(text, "cnn", "gains 4.00", "99.00 %")
    assert "lead" not in text


def test_overfitting_is_reported_only_beyond_chance() -> None:
    fits = two(0.97, 0.99, "cnn", train_accuracy=0.983, validation_accuracy=0.98)
    overfits = two(
        0.97,
        0.99,
        "cnn",
        train_accuracy=0.999,
        validation_accuracy=0.98,
        best_epoch=4,
        validation_loss_rise=0.5,
    )

    assert plain(say_overfitting(fits)).startswith("No sign of overfitting")
    text = plain(say_overfitting(overfits))
    assert "mlp (by 1.90 points) and cnn (by 1.90 points)" in text
    assert "rose for mlp after epoch 4 (by 50 % until the end)" in text


def test_a_network_that_still_improves_may_need_more_epochs() -> None:
    text = say_overfitting(two(0.97, 0.99, "cnn", best_epoch=9))
    assert "improving" not in plain(text)

    still = two(0.97, 0.99, "cnn", best_epoch=10)
    assert "Still improving in the last epoch, so more epochs may help: mlp and cnn." in plain(
        say_overfitting(still)
    )


@pytest.mark.parametrize(
    ("epochs", "seeds", "said"),
    [
        ((1, 1), (0,), "1 epoch, one seed"),
        ((1, 2), (0,), "1 to 2 epochs, one seed"),
        ((1, 1), (0, 1), ""),
        ((10, 1), (0,), ""),
    ],
)
def test_a_first_look_is_called_one(epochs: tuple[int, int], seeds: tuple[int, ...], said: str) -> None:
    mlp, cnn = (
        measures(label, 0.97, planned_epochs=planned, seeds=seeds)
        for label, planned in zip(("mlp", "cnn"), epochs, strict=True)
    )
    headline = plain(say_headline(Evidence([mlp, cnn], [comparison(mlp, cnn, "cnn")], [])))

    assert headline.startswith(f"First look ({said}): ") == bool(said)
    assert ("First look" in headline) == bool(said)


def test_the_hardest_class_and_the_commonest_mistake_are_the_leaders() -> None:
    evidence = two(0.97, 0.99, "cnn")

    assert says(say_classes(evidence), "hardest digit for cnn and mlp is 8", "99.00 %", "4 as 9: 12 of")
    assert say_classes(two(0.97, 0.99, "cnn", commonest_mistake=None)) is None


def test_the_loss_ranks_as_accuracy_does_or_otherwise() -> None:
    mlp, cnn = measures("mlp", 0.97, test_loss=0.2), measures("cnn", 0.99, test_loss=0.1)
    other = measures("cnn", 0.99, test_loss=0.3)

    assert says(say_loss(Evidence([mlp, cnn], [], [])), "as accuracy does", "cnn 0.100", "mlp 0.200")
    assert says(
        say_loss(Evidence([mlp, other], [], [])), "differently from accuracy", "mlp 0.200", "cnn 0.300"
    )
    assert say_loss(Evidence([mlp], [], [])) is None


def test_overfitting_is_silent_without_validation() -> None:
    assert say_overfitting(two(0.97, 0.99, "cnn", validation_accuracy=None)) is None


@pytest.mark.parametrize(
    ("confidence", "verdict"),
    [
        (0.99, "Over-confident"),
        (0.97, "Well calibrated"),
        (0.9, "Under-confident"),
    ],
)
def test_confidence_is_compared_with_accuracy(confidence: float, verdict: str) -> None:
    text = say_confidence(Evidence([measures("mlp", 0.97, mean_confidence=confidence)], [], []))

    assert plain(text).startswith(f"{verdict} on average: mlp")


@pytest.mark.parametrize(
    ("documented", "verdict"),
    [
        ((0.975, 0.98), "reaching the documented 97.50 %"),
        ((0.978, 0.978), "0.20 points short of the documented 97.80 %"),
        ((0.99, 0.99), "1.40 points short of the documented 99.00 %"),
    ],
)
def test_documented_accuracy_is_reached_or_missed(documented: tuple[float, float], verdict: str) -> None:
    text = plain(say_documents(Evidence([measures("mlp", 0.976, documented_accuracy=documented)], [], [])))

    assert verdict in text
    assert ("within the interval" in text) == (documented[0] == 0.978)
    assert "(training accuracy " in text


def test_as_written_runs_are_mentioned() -> None:
    written = measures("mlp (as written)", 0.97, as_written=True, validated_on_test=True)

    assert "none held out: mlp (as written); the validation curve" in plain(
        say_as_written(Evidence([written], [], []))
    )
    assert say_as_written(two(0.97, 0.99, "cnn")) is None


def test_the_answer_that_is_always_the_same_is_no_success() -> None:
    always_1 = balance(
        16 / 17, majority_baseline=16 / 17, unbalanced=True, balanced_accuracy=0.5,
        weakest_class=7, weakest_recall=0.0, weakest_support=1,
    )  # fmt: skip
    system = measures("mlp", 16 / 17, test_images=17, balance=always_1)

    said = {sentence.topic: sentence for sentence in conclude([system], [], [])}

    assert says(said["headline"].text, "mlp", "94.12 %", "always answering 1", "94.12 %")
    warning = said["balance"].text
    assert says(warning, "always answering 1", "94.12 %", "mlp 50.00 %", "7 for mlp", "0.0 % of 1 image")
    assert [topic for topic, sentence in said.items() if sentence.is_warning] == ["balance"]


def test_a_weak_class_is_named_even_if_classes_are_balanced() -> None:
    weak = measures("mlp", 0.9, balance=balance(0.9, weakest_class=6, weakest_recall=0.62))
    fair = measures("cnn", 0.92)

    text = say_balance(Evidence([weak, fair], [], [], ("T-shirt", *"123456789")))

    assert says(text, "6 for mlp", "62.0 % of 974 images")
    assert "cnn" not in (text or "")
    assert say_balance(Evidence([fair], [], [])) is None


def test_images_that_are_no_digits_are_not_called_digits() -> None:
    fashion = tuple("ABCDEFGHIJ")

    sentences = conclude([measures("mlp", 0.9)], [], [], fashion)

    assert not any("digits" in sentence.text for sentence in sentences)


SAY: list[Callable[[Evidence], str | None]] = [say_headline, say_accuracy, say_certainty, say_confidence]


@pytest.mark.parametrize("say", SAY)
def test_few_test_images_break_no_sentence(say: Callable[[Evidence], str | None]) -> None:
    assert say(two(2 / 3, 1.0, None, test_images=3, seeds=(0,)))
