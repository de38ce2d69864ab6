"""Training a recipe: repeatable, resumable, and the same as Keras by hand."""

import gc
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from tenfold import train
from tenfold.cores import available_cores
from tenfold.data import Dataset, stratified_split
from tenfold.errors import InputError, RunError, RunLockedError
from tenfold.keras_backend import set_up_keras
from tenfold.recipes import load_recipe
from tenfold.runs import Run, open_run
from tenfold.training.progress import Progress
from tenfold.training.trainer import train_run

set_up_keras(available_cores())

import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

RECIPE = "mlp-128-64"


def weights(run: Run) -> list[np.ndarray]:
    with np.load(run.weights_path) as saved:
        return [saved[name] for name in saved.files]


def same(a: list[np.ndarray], b: list[np.ndarray]) -> bool:
    return len(a) == len(b) and all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.fixture(scope="module")
def run(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Three epochs of the small MLP, seed 0, on 2,000 digits."""
    return train(RECIPE, few_digits, epochs=3, out=tmp_path_factory.mktemp("run"))


def test_training_learns(run: Run) -> None:
    accuracies = [epoch["accuracy"] for epoch in run.history]

    assert accuracies == sorted(accuracies)
    assert run.result["test_accuracy"] > 0.8
    assert run.finished


def test_the_same_seed_gives_the_same_weights_bit_for_bit(
    run: Run, few_digits: Dataset, tmp_path: Path
) -> None:
    again = train(RECIPE, few_digits, epochs=3, out=tmp_path)

    assert same(weights(run), weights(again))
    assert np.array_equal(run.predictions.probabilities, again.predictions.probabilities)


def test_a_training_leaves_no_graph_behind(run: Run, few_digits: Dataset, tmp_path: Path) -> None:
    def operations() -> int:
        gc.collect()
        return sum(isinstance(each, tf.Operation) for each in gc.get_objects())

    before = operations()

    train(RECIPE, few_digits, epochs=1, out=tmp_path)

    assert operations() == before


def test_a_strategy_of_tensorflow_is_refused(few_digits: Dataset, tmp_path: Path) -> None:
    with (
        tf.distribute.OneDeviceStrategy("CPU:0").scope(),
        pytest.raises(RunError, match="outside the scope"),
    ):
        train(RECIPE, few_digits, epochs=1, out=tmp_path)


def test_seed_and_epochs_may_be_numpys_integers(run: Run, few_digits: Dataset, tmp_path: Path) -> None:
    again = train(RECIPE, few_digits, seed=np.uint8(0), epochs=np.int64(3), out=tmp_path)  # type: ignore[arg-type]

    assert same(weights(run), weights(again))
    assert again.settings == run.settings


@pytest.mark.parametrize("seed", [1.5, "1", None])
def test_a_seed_that_is_no_whole_number_is_refused(seed: object, few_digits: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a whole number as seed"):
        train(RECIPE, few_digits, seed=seed, out=tmp_path)  # type: ignore[arg-type]


def test_another_seed_gives_other_weights(run: Run, few_digits: Dataset, tmp_path: Path) -> None:
    other = train(RECIPE, few_digits, seed=1, epochs=3, out=tmp_path)

    assert not same(weights(run), weights(other))


@pytest.mark.parametrize("epoch", [0, 1, 2])
def test_an_interrupted_run_ends_with_the_weights_of_an_uninterrupted_one(
    run: Run,
    few_digits: Dataset,
    tmp_path: Path,
    epoch: int,
    interrupt_in: Callable[[int], Callable[[Progress], None]],
) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(RECIPE, few_digits, epochs=3, out=tmp_path, on_progress=interrupt_in(epoch))
    with pytest.raises(InputError, match="not finished"):
        open_run(tmp_path)

    begun: list[Progress] = []
    resumed = train(RECIPE, few_digits, epochs=3, out=tmp_path, on_progress=begun.append)

    assert begun[0].epoch == epoch + 1
    assert same(weights(run), weights(resumed))
    assert [e["epoch"] for e in resumed.history] == [1, 2, 3]


def test_training_computes_what_keras_computes_batch_by_batch(few_digits: Dataset, tmp_path: Path) -> None:
    run = train(RECIPE, few_digits, seed=5, epochs=2, out=tmp_path)

    recipe = load_recipe(RECIPE)
    kept, _ = stratified_split(few_digits.y_train, 200, seed=5)
    x = few_digits.x_train[kept].reshape(-1, 784).astype("float32") / 255
    y = keras.utils.to_categorical(few_digits.y_train[kept], 10)
    keras.utils.set_random_seed(5)
    model = recipe.build()
    model.compile("adam", recipe.loss)
    for epoch in range(2):
        order = np.random.default_rng([5, epoch]).permutation(len(x))
        for start in range(0, len(x), 32):
            batch = order[start : start + 32]
            model.train_on_batch(x[batch], y[batch])

    for ours, theirs in zip(weights(run), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_a_finished_run_is_returned_unchanged(run: Run, few_digits: Dataset) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.path.iterdir()}

    again = train(RECIPE, few_digits, epochs=3, out=run.path)

    assert again.path == run.path
    changed = [p.name for p in run.path.iterdir() if p.name != "lock" and before[p] != p.stat().st_mtime_ns]
    assert changed == []


def test_a_folder_with_another_run_is_refused(run: Run, few_digits: Dataset) -> None:
    with pytest.raises(
        RunError,
        match="epochs=3 instead of 2; choose another folder with out=, or retrain with again=True",
    ):
        train(RECIPE, few_digits, epochs=2, out=run.path)


def test_a_second_process_in_the_same_folder_is_refused(few_digits: Dataset, tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock"), pytest.raises(RunLockedError, match="another process is training"):
        train(RECIPE, few_digits, epochs=1, out=tmp_path)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut", b"not a zip at all"])
def test_a_damaged_checkpoint_is_reported_and_never_used(
    few_digits: Dataset,
    tmp_path: Path,
    damage: bytes,
    interrupt_in: Callable[[int], Callable[[Progress], None]],
) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(RECIPE, few_digits, epochs=3, out=tmp_path, on_progress=interrupt_in(1))
    (tmp_path / "checkpoint.npz").write_bytes(damage)

    with pytest.raises(RunError, match=r"checkpoint.npz is damaged .* delete it"):
        train(RECIPE, few_digits, epochs=3, out=tmp_path)


@pytest.mark.parametrize(
    ("change", "message"), [({"epochs": -1}, "at least 1 epoch"), ({"seed": -1}, "a seed from 0")]
)
def test_numbers_out_of_range_are_refused(
    few_digits: Dataset, tmp_path: Path, change: dict[str, int], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        train(RECIPE, few_digits, out=tmp_path, **change)  # type: ignore[arg-type]


def test_keras_callbacks_can_be_passed(few_digits: Dataset, tmp_path: Path) -> None:
    stop = keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=100, patience=1)

    run = train(RECIPE, few_digits, epochs=10, out=tmp_path, callbacks=[stop])

    assert len(run.history) == 2
    assert run.finished


def test_a_tenth_of_few_training_images_is_held_out(run: Run) -> None:
    assert (run.recipe["train_images"], run.recipe["validation_images"]) == (1800, 200)
    assert not run.recipe["validated_on_test"]
    assert {"accuracy", "loss", "val_accuracy", "val_loss", "seconds"} <= set(run.history[0])


def test_a_run_for_which_images_are_held_out_only_looks_at_no_test_image(
    run: Run, few_digits: Dataset, tmp_path: Path
) -> None:
    untested = replace(few_digits, x_test=few_digits.x_test[:0], y_test=few_digits.y_test[:0])
    settings = replace(run.settings, held_out_only=True)

    done = train_run(tmp_path, settings, untested)

    assert {path.name for path in tmp_path.iterdir()} - {"lock"} == {
        "recipe.json",
        "history.csv",
        "checkpoint.npz",
    }
    assert [epoch["val_accuracy"] for epoch in done.history] == [
        epoch["val_accuracy"] for epoch in run.history
    ]


@pytest.mark.parametrize(("recipe", "draws_curve"), [("mlp-128-64", False), ("mlp-128-64-sparse", True)])
def test_as_written_trains_on_all_images_and_validates_as_the_document_does(
    few_digits: Dataset, tmp_path: Path, recipe: str, draws_curve: bool
) -> None:
    run = train(recipe, few_digits, epochs=1, as_written=True, out=tmp_path)

    assert run.recipe["train_images"] == 2000
    assert run.recipe["validated_on_test"] is draws_curve
    assert ("val_accuracy" in run.history[0]) is draws_curve
    if draws_curve:
        assert run.history[-1]["val_accuracy"] == pytest.approx(run.result["test_accuracy"], abs=1e-6)


def test_a_run_can_be_loaded_as_a_keras_model(run: Run, few_digits: Dataset) -> None:
    model = run.load_model()

    x = few_digits.x_test.reshape(-1, 784).astype("float32") / 255
    np.testing.assert_allclose(model.predict(x, verbose=0), run.predictions.probabilities, atol=1e-6)


def test_recipe_json_has_the_versions_used(run: Run) -> None:
    recipe = json.loads((run.path / "recipe.json").read_text())

    assert recipe["optimizer"]["name"] == "Adam"
    assert recipe["optimizer"]["learning_rate"] == pytest.approx(0.001)
    assert recipe["batch_size"] == 32
    assert set(recipe["versions"]) == {"python", "tenfold", "keras", "tensorflow", "numpy"}
    assert [layer["name"] for layer in recipe["layers"]] == ["Input", "Dense 128", "Dense 64", "Dense 10"]


def test_smoothed_labels_leave_a_loss_however_well_they_are_learnt(
    few_digits: Dataset, tmp_path: Path
) -> None:
    run = train("fast", few_digits, epochs=8, out=tmp_path / "run")

    last = run.history[-1]
    least = -(
        0.91 * np.log(0.91) + 9 * 0.01 * np.log(0.01)
    )  # a tenth of the label is spread over ten classes
    assert last["accuracy"] > 0.97
    assert least - 1e-3 < last["loss"] < least + 0.2
    assert run.recipe["label_smoothing"] == 0.1
