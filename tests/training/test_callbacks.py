"""Keras' callbacks: their effects are recorded, and a resumed run restores their state."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tenfold import train
from tenfold.cores import available_cores
from tenfold.data import Dataset
from tenfold.keras_backend import set_up_keras
from tenfold.reporting import collect_results, write_report
from tenfold.runs import Run
from tenfold.training.progress import Progress

set_up_keras(available_cores())

import keras  # noqa: E402

from tenfold.training.callbacks import describe_callbacks, put_states, states_of  # noqa: E402

RECIPE, EPOCHS = "mlp-128-64", 6
# Keras' own, about NumPy's protocol, where it reads the learning rate.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
Interrupt = Callable[[int], Callable[[Progress], None]]


def callbacks() -> list[keras.callbacks.Callback]:
    """New callbacks for every call of `train`: the rate falls twice, and training stops after five epochs."""
    return [
        keras.callbacks.ReduceLROnPlateau(monitor="loss", mode="max", factor=0.5, patience=2, cooldown=1),
        keras.callbacks.EarlyStopping(
            monitor="accuracy", mode="min", patience=4, restore_best_weights=True, verbose=0
        ),
    ]


def weights(run: Run) -> list[np.ndarray]:
    with np.load(run.weights_path) as saved:
        return [saved[name] for name in saved.files]


@pytest.fixture(scope="module")
def undisturbed(few_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train(RECIPE, few_digits, epochs=EPOCHS, out=tmp_path_factory.mktemp("run"), callbacks=callbacks())


def test_result_and_report_tell_the_epochs_that_were_trained_and_the_weights_that_are_kept(
    undisturbed: Run, few_digits: Dataset, tmp_path: Path
) -> None:
    result, history = undisturbed.result, undisturbed.history

    assert (len(history), result["epochs"], result["planned_epochs"]) == (5, 5, EPOCHS)
    assert result["kept_epoch"] == 1
    assert result["train_accuracy"] == history[0]["accuracy"] < history[-1]["accuracy"]
    assert result["validation_accuracy"] == history[0]["val_accuracy"]

    (run,) = collect_results([undisturbed])["runs"]
    assert (run["epochs"], run["planned_epochs"], run["kept_epoch"]) == (5, EPOCHS, 1)
    page = write_report([undisturbed], tmp_path).read_text(encoding="utf-8")
    assert "Trained for 5 of 6\N{NO-BREAK SPACE}epochs" in page
    assert "5 of 6, weights of 1</td>" in page


def test_the_accuracies_are_those_of_the_weights_that_are_kept(undisturbed: Run, few_digits: Dataset) -> None:
    model = undisturbed.load_model()
    model.compile(loss="categorical_crossentropy", metrics=["accuracy"])
    from tenfold.training.plan import split_training

    _, (images, labels) = split_training(few_digits, seed=0)
    x, y = images.reshape(-1, 784).astype("float32") / 255, keras.utils.to_categorical(labels, 10)

    measured = model.evaluate(x, y, verbose=0, return_dict=True)

    assert undisturbed.result["validation_accuracy"] == pytest.approx(measured["accuracy"])


class Halve(keras.callbacks.Callback):  # type: ignore[misc]
    """Weights of no epoch: those after the last one, halved."""

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self.model.set_weights([weight / 2 for weight in self.model.get_weights()])


def test_weights_that_no_epoch_ended_with_are_measured(few_digits: Dataset, tmp_path: Path) -> None:
    run = train(RECIPE, few_digits, epochs=1, out=tmp_path, callbacks=[Halve()])
    model = run.load_model()
    from tenfold.training.plan import split_training

    def measured(part: tuple[np.ndarray, np.ndarray]) -> float:
        answers = np.asarray(model(part[0].reshape(-1, 784).astype("float32") / 255))
        return float((answers.argmax(axis=1) == part[1]).mean())

    training, validation = split_training(few_digits, seed=0)

    assert run.result["kept_epoch"] is None
    assert run.result["train_accuracy"] == pytest.approx(measured(training), abs=1e-3)
    assert run.result["validation_accuracy"] == pytest.approx(measured(validation), abs=1e-6)
    assert run.result["train_accuracy"] != run.history[-1]["accuracy"]


@pytest.mark.parametrize("epoch", [1, 3])
def test_an_interrupted_run_with_callbacks_ends_as_an_undisturbed_one(
    undisturbed: Run, few_digits: Dataset, tmp_path: Path, interrupt_in: Interrupt, epoch: int
) -> None:
    def go_on(on_progress: Callable[[Progress], None] | None = None) -> Run:
        return train(
            RECIPE, few_digits, epochs=EPOCHS, out=tmp_path, callbacks=callbacks(), on_progress=on_progress
        )

    with pytest.raises(KeyboardInterrupt):
        go_on(interrupt_in(epoch))
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # nothing begins anew
        resumed = go_on()

    assert [row["loss"] for row in resumed.history] == [row["loss"] for row in undisturbed.history]
    assert resumed.result["kept_epoch"] == undisturbed.result["kept_epoch"]
    for ours, theirs in zip(weights(resumed), weights(undisturbed), strict=True):
        assert np.array_equal(ours, theirs)


def test_a_run_that_was_interrupted_after_it_was_stopped_is_not_trained_further(
    undisturbed: Run, few_digits: Dataset, tmp_path: Path
) -> None:
    def go_on(on_progress: Callable[[Progress], None] | None = None) -> Run:
        return train(
            RECIPE, few_digits, epochs=EPOCHS, out=tmp_path, callbacks=callbacks(), on_progress=on_progress
        )

    def interrupt(progress: Progress) -> None:
        if progress.stage == "testing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go_on(interrupt)
    resumed = go_on()

    assert len(resumed.history) == 5
    for ours, theirs in zip(weights(resumed), weights(undisturbed), strict=True):
        assert np.array_equal(ours, theirs)


class Counts(keras.callbacks.Callback):  # type: ignore[misc]
    """A custom callback that counts epochs."""

    def __init__(self, of: str = "epochs") -> None:
        super().__init__()
        self.of, self.count = of, 0

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.count += 1


def test_custom_callbacks_restart_with_a_warning(
    few_digits: Dataset, tmp_path: Path, interrupt_in: Interrupt
) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(RECIPE, few_digits, epochs=2, out=tmp_path, callbacks=[Counts()], on_progress=interrupt_in(1))
    counts = Counts()
    with pytest.warns(UserWarning, match=r"resumes after epoch 1 with callbacks that restart \(Counts\)"):
        train(RECIPE, few_digits, epochs=2, out=tmp_path, callbacks=[counts])

    assert counts.count == 1


def test_a_description_has_only_arguments_that_differ_from_the_defaults() -> None:
    described = describe_callbacks(
        [
            keras.callbacks.EarlyStopping(patience=2, verbose=1),
            keras.callbacks.CSVLogger("log.csv"),
            Counts("steps"),
            keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1)),
        ]
    )

    assert described[0] == "EarlyStopping(patience=2)"
    assert described[1].startswith("Counts(of='steps', code ")
    assert described[2].startswith("LearningRateScheduler(schedule=")
    assert len(described) == 3


def test_what_keras_turns_round_while_it_trains_is_no_other_configuration() -> None:
    used = keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=0.01)
    used.min_delta = -0.01

    fresh = keras.callbacks.EarlyStopping(monitor="val_loss", min_delta=0.01)
    assert describe_callbacks([used]) == describe_callbacks([fresh])
    put_states([fresh], states_of([used]))
    assert fresh.min_delta == 0.01
