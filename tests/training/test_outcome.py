"""The figures of a finished run, computed again from its files by other means."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import sklearn.metrics

from tenfold import train
from tenfold.cores import available_cores
from tenfold.data import Dataset
from tenfold.data.augment import rotate_images, shift_images
from tenfold.data.doubtful import confirmed_images
from tenfold.errors import InputError, RunError
from tenfold.recipes import load_recipe
from tenfold.runs import Run
from tenfold.runs.evaluate import evaluate_runs
from tenfold.runs.inference import open_session, predict
from tenfold.runs.settings import Settings
from tenfold.training.trainer import train_run


@pytest.fixture(scope="module")
def run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train("cnn-32", few_digits, epochs=2, out=tmp_path_factory.mktemp("run"))


def test_test_figures_agree_with_scikit_learn(run: Run, few_digits: Dataset) -> None:
    kept, result = run.predictions, run.result

    assert np.array_equal(kept.labels, few_digits.y_test)
    assert result["test_accuracy"] == pytest.approx(sklearn.metrics.accuracy_score(kept.labels, kept.y_pred))
    probabilities = kept.probabilities.astype(float)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    expected = sklearn.metrics.log_loss(kept.labels, probabilities, labels=range(10))
    assert result["test_loss"] == pytest.approx(expected, rel=1e-4)


def test_the_onnx_model_computes_what_was_measured(run: Run, few_digits: Dataset) -> None:
    session = onnxruntime.InferenceSession(run.onnx_path)
    x = few_digits.x_test[..., None].astype("float32") / 255

    (probabilities,) = session.run(None, {session.get_inputs()[0].name: x})

    np.testing.assert_allclose(probabilities, run.predictions.probabilities, atol=1e-5)


def test_robustness_is_the_accuracy_on_disturbed_images(run: Run, few_digits: Dataset) -> None:
    robustness = run.result["robustness"]

    session = open_session(run.onnx_path)

    def accuracy(images: np.ndarray) -> float:
        return float((predict(session, images, cores=1).argmax(1) == few_digits.y_test).mean())

    shifted = [shift_images(few_digits.x_test, dx, dy) for dx, dy in ((3, 0), (-3, 0), (0, 3), (0, -3))]
    turned = [rotate_images(few_digits.x_test, degrees) for degrees in (30, -30)]
    assert robustness["images"] == 500
    assert robustness["shift"]["accuracy"][0] == pytest.approx(run.result["test_accuracy"])
    assert robustness["shift"]["accuracy"][3] == pytest.approx(
        np.mean([accuracy(x) for x in shifted]), abs=0.003
    )
    assert robustness["rotation"]["accuracy"][3] == pytest.approx(
        np.mean([accuracy(x) for x in turned]), abs=0.003
    )
    assert robustness["noise"]["accuracy"][-1] < robustness["noise"]["accuracy"][0]


def test_the_first_images_and_the_worst_mistakes_are_kept_for_the_report(
    run: Run, few_digits: Dataset
) -> None:
    kept = run.predictions
    truth = kept.probabilities[np.arange(len(kept.labels)), kept.labels]
    worst = np.where(kept.y_pred != kept.labels, truth, 2.0).argmin()

    assert set(range(25)) <= set(kept.shown)
    assert worst in kept.shown
    assert np.array_equal(kept.images, few_digits.x_test[kept.shown])


def test_a_run_is_evaluated_on_its_own_test_images_or_on_all_of_others(
    run: Run, few_digits: Dataset, mnist: Dataset
) -> None:
    own = evaluate_runs([run])
    assert (own.images, own.accuracy) == (500, run.result["test_accuracy"])
    assert evaluate_runs([run], few_digits).images == 500

    others = Dataset(
        "others",
        mnist.x_test[:50],
        mnist.y_test[:50],
        mnist.x_test[50:90],
        mnist.y_test[50:90],
        mnist.class_names,
        "",
    )
    assert evaluate_runs([run], others).images == 90


@pytest.mark.parametrize("content", [None, b"no ONNX"])
def test_a_missing_or_damaged_network_is_reported(
    run: Run, mnist: Dataset, tmp_path: Path, content: bytes | None
) -> None:
    for name in ("recipe.json", "result.json"):
        (tmp_path / name).write_bytes((run.path / name).read_bytes())
    if content is not None:
        (tmp_path / "model.onnx").write_bytes(content)

    with pytest.raises(RunError, match=r"model\.onnx is missing or damaged .*; train the run again"):
        evaluate_runs([Run(tmp_path)], mnist)


def test_a_run_on_permuted_pixels_is_evaluated_on_permuted_pixels(
    few_digits: Dataset, mnist: Dataset, tmp_path: Path
) -> None:
    settings = Settings(
        recipe="mlp-128-64", seed=0, epochs=2, data="few digits", data_sha256=few_digits.sha256,
        as_written=False, permuted=True, threads=available_cores(),
    )  # fmt: skip
    others = replace(few_digits, x_test=mnist.x_test[500:1000], y_test=mnist.y_test[500:1000])

    permuted = train_run(tmp_path, settings, few_digits)

    assert evaluate_runs([permuted], others).accuracy > 0.6


def test_predictions_of_a_model_that_learned_beat_chance_on_the_users_own_digits(
    run: Run, digits_csv: Path
) -> None:
    from tenfold.data import load_data

    own = evaluate_runs([run], load_data(digits_csv))

    assert own.images == 1000
    assert own.accuracy > 0.6


def test_a_model_that_looks_several_times_is_what_is_measured_and_loaded(
    few_digits: Dataset, tmp_path: Path
) -> None:
    run = train("strong", few_digits, epochs=1, out=tmp_path / "run")
    x = few_digits.x_test[:, :, :, None].astype("float32") / 255

    answers = np.asarray(run.load_model()(x))

    np.testing.assert_allclose(answers, run.predictions.probabilities, atol=1e-5)
    once = load_recipe("strong").build()
    once.set_weights(run.load_model().get_weights())
    moves = ((0, 0), (0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
    moved = [shift_images(few_digits.x_test, dx, dy)[..., None].astype("float32") / 255 for dx, dy in moves]
    np.testing.assert_allclose(answers, np.mean([np.asarray(once(x)) for x in moved], axis=0), atol=1e-5)


def test_several_runs_answer_together_with_the_mean_of_their_probabilities(
    run: Run, few_digits: Dataset, tmp_path: Path
) -> None:
    other = train("mlp-128-64", few_digits, epochs=1, out=tmp_path / "other")
    mean = (run.predictions.probabilities + other.predictions.probabilities) / 2

    together = evaluate_runs([run, other])

    assert together.accuracy == (mean.argmax(1) == few_digits.y_test).mean()
    assert together.accuracy != evaluate_runs([other]).accuracy
    assert evaluate_runs([run, run]).loss == pytest.approx(evaluate_runs([run]).loss)


def test_runs_on_different_data_do_not_answer_together(run: Run, few_digits: Dataset, tmp_path: Path) -> None:
    fewer = replace(few_digits, x_train=few_digits.x_train[:100], y_train=few_digits.y_train[:100])
    other = train("mlp-128-64", fewer, epochs=1, out=tmp_path / "other")
    with pytest.raises(InputError, match="were trained on different data"):
        evaluate_runs([run, other])


def test_doubtful_labels_count_in_the_accuracy_and_not_in_the_second_one(
    run: Run, mnist: Dataset, tmp_path: Path
) -> None:
    """A network that sees another digit in each doubtful image, and is right otherwise."""
    recipe = {**run.recipe, "data_sha256": mnist.sha256}
    (tmp_path / "recipe.json").write_text(json.dumps(recipe))
    (tmp_path / "result.json").write_bytes(run.result_path.read_bytes())
    seen = np.where(confirmed_images(mnist.sha256, 10_000), mnist.y_test, (mnist.y_test + 1) % 10)
    np.savez(
        tmp_path / "predictions.npz",
        probabilities=np.eye(10, dtype=np.float32)[seen],
        labels=mnist.y_test,
        shown=np.arange(0),
        images=mnist.x_test[:0],
    )

    evaluation = evaluate_runs([Run(tmp_path)])

    assert (evaluation.accuracy, evaluation.doubtful, evaluation.confirmed_accuracy) == (0.9985, 15, 1.0)
