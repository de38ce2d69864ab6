"""Train one recipe once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenfold.cores import available_cores
from tenfold.data import Dataset, load_data, stratified_split
from tenfold.data.augment import permute_pixels
from tenfold.data.preprocess import network_input, network_target
from tenfold.errors import DivergedError
from tenfold.files import remove_partial_files, write_json
from tenfold.keras_backend import require_keras, set_up_keras
from tenfold.recipes import Recipe
from tenfold.runs.run import Run
from tenfold.runs.settings import PERMUTATION_SEED, VALIDATION_IMAGES, FineTuning, Settings
from tenfold.training.fine_tuning import (
    BUNDLED,
    FINE_TUNED,
    mix_in,
    model_path,
    plan_fine_tuning,
    recipe_to_train,
    settle,
)
from tenfold.training.fingerprint import fingerprint
from tenfold.training.folder import locked, recipe_of, take_up
from tenfold.training.progress import Progress

if TYPE_CHECKING:
    import keras


def train(
    recipe: str,
    data: Dataset | None = None,
    seed: int = 0,
    *,
    epochs: int | None = None,
    as_written: bool = False,
    out: str | Path | None = None,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    again: bool = False,
    on_progress: Callable[[Progress], object] | None = None,
) -> Run:
    """Train `recipe`, a name or the path of a recipe file, on `data` (by default MNIST, found or fetched) and
    return the finished run.

    The run lies in the folder `out`, by default runs/RECIPE-seed-SEED. Where the same run was interrupted
    there, it goes on after its last finished epoch and ends with the same weights; where it is finished, it
    is returned at once, or goes on if `epochs` are more and the recipe's learning rate does not depend on
    their number. What was made otherwise (other epochs, data, definition of the recipe, callbacks, or
    versions of Keras, TensorFlow or tenfold) is refused, or with `again` deleted and trained anew.

    `epochs` defaults to the recipe's own. `callbacks` are Keras callbacks; of Keras' own a resumed run has
    the state, others begin anew.

    Raises InputError for an unknown recipe or a number out of range, RunLockedError where another process
    trains in `out`, RunError where `out` holds a run that was made otherwise or Keras is not installed,
    DivergedError where the loss is no number any more.
    """
    require_keras()
    data = load_data() if data is None else data
    settings = plan_run(recipe, data.name, data.sha256, seed, epochs, as_written=as_written)
    path = default_folder(settings) if out is None else Path(out)
    return train_run(path, settings, data, callbacks=callbacks, again=again, on_progress=on_progress)


def fine_tune(
    own: Dataset,
    start: str | Path = BUNDLED,
    data: Dataset | None = None,
    seed: int = 0,
    *,
    epochs: int | None = None,
    out: str | Path | None = None,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    again: bool = False,
    on_progress: Callable[[Progress], object] | None = None,
) -> Run:
    """Teach a trained reader one's `own` digits, and return the finished run.

    The network goes on from `start`: "bundled", or the path of an ONNX file that `tenfold export` wrote of a
    run of the recipe reader, with its manifest beside it. It learns one's own digits among those of `data`,
    which should be what it was trained on (by default MNIST). The run lies in the folder `out`, by default
    runs/reader-fine-tuned-seed-SEED; the rest is as for `train`.

    Raises what `train` raises, InputError where there is no model at `start`, and ModelError where it is
    damaged or another network.
    """
    require_keras()
    data = load_data() if data is None else data
    fine_tuning = plan_fine_tuning(start, own)
    settings = plan_run(FINE_TUNED, data.name, data.sha256, seed, epochs, fine_tuning=fine_tuning)
    path = default_folder(settings) if out is None else Path(out)
    return train_run(path, settings, data, own, callbacks=callbacks, again=again, on_progress=on_progress)


def plan_run(
    recipe: str,
    data: str,
    data_sha256: str,
    seed: int,
    epochs: int | None,
    *,
    as_written: bool = False,
    fine_tuning: FineTuning | None = None,
) -> Settings:
    """The settings of one run on all cores; `epochs` are by default the recipe's own.

    Raises InputError for an unknown recipe or a number out of range.
    """
    planned = recipe_to_train(recipe, fine_tuning)
    return Settings(
        recipe=planned.name,
        seed=seed,
        epochs=planned.epochs if epochs is None else epochs,
        data=data,
        data_sha256=data_sha256,
        as_written=as_written,
        permuted=False,
        threads=available_cores(),
        fine_tuning=fine_tuning,
        changes=planned.changes,
    )


def default_folder(settings: Settings) -> Path:
    """Where a run lies that was given no other place."""
    how = "-fine-tuned" if settings.fine_tuning else ""
    return Path("runs") / f"{name_in_folders(settings)}{how}-seed-{settings.seed}"


def name_in_folders(settings: Settings) -> str:
    """The recipe's name, and what tells it from others of this name: "fast-tuned-3f9a"."""
    return f"{settings.recipe} {settings.variant}".strip().replace(" ", "-")


def train_run(
    path: Path,
    settings: Settings,
    data: Dataset,
    own: Dataset | None = None,
    *,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    again: bool = False,
    on_progress: Callable[[Progress], object] | None = None,
    on_saved: Callable[[], object] | None = None,
) -> Run:
    """Begin or go on with the run in the folder `path`; see `train`.

    `on_saved` is called after each epoch, when it is on the disk.
    """
    with locked(path):
        settings = take_up(path, settings, callbacks, again=again)
        run = Run(path)
        if run.diverged:
            raise DivergedError(f"{path} diverged: {run.divergence}")
        if not run.finished:
            _train(run, recipe_of(settings), settings, data, own, callbacks, on_progress, on_saved)
        return run


def _train(
    run: Run,
    recipe: Recipe,
    settings: Settings,
    data: Dataset,
    own: Dataset | None,
    callbacks: Sequence["keras.callbacks.Callback"],
    on_progress: Callable[[Progress], object] | None,
    on_saved: Callable[[], object] | None,
) -> None:
    remove_partial_files(run.path)
    set_up_keras(settings.threads)
    import keras

    from tenfold.training.batches import AsTheyAre, Batches
    from tenfold.training.checkpoint import Record, restore_checkpoint
    from tenfold.training.data_parallel import share_batches
    from tenfold.training.kept import describe_kept
    from tenfold.training.outcome import write_line_outcome, write_outcome
    from tenfold.training.pretraining import Pretraining
    from tenfold.training.recorder import Recorder
    from tenfold.training.warm_start import begin_with

    data = _arrange(data, settings)
    training, validation = _split(data, recipe, settings)
    keras.utils.set_random_seed(settings.seed)
    model = recipe.build()
    if settings.fine_tuning:
        begin_with(model, model_path(settings.fine_tuning.start), settings.fine_tuning.start_sha256)
    begun = model.get_weights()
    source = mix_in(own, training) if own else (recipe.synthesize or recipe.augment or AsTheyAre)(*training)
    batches = Batches(
        source,
        recipe,
        model.input_shape,
        seed=settings.seed,
        epochs=settings.epochs,
    )
    if recipe.synthesize and validation:
        validation = recipe.synthesize(*validation).draw(settings.seed, epoch=0)
    learner, loss, accuracy, phases = model, _loss(recipe), _accuracy(recipe), []
    if recipe.pretraining:
        phase = Pretraining(model, loss, epochs=int(recipe.pretraining * settings.epochs))
        learner, loss, accuracy, phases = phase.learner, phase.loss, phase.accuracy, [phase]
    learner = share_batches(learner, settings.threads if batches.smallest >= settings.threads else 1)
    learner.compile(
        optimizer=recipe.build_optimizer(batches.steps * settings.epochs, recipe.learning_rate),
        loss=loss,
        metrics=[accuracy],
        # Python looks in about twenty times per epoch, not after each batch.
        steps_per_execution=max(1, batches.steps // 20),
        jit_compile=False,
    )
    # Here rather than in the first step, which TensorFlow would trace again once the variables are there.
    learner.optimizer.build(learner.trainable_variables)
    if not run.started:
        described = _describe(recipe, settings, learner, model, len(training[0]), validation)
        described |= fingerprint(recipe, callbacks)
        write_json(run.recipe_path, {**described, "epochs_decide": _epochs_decide(recipe, batches.steps)})
    record = restore_checkpoint(run.checkpoint_path, learner) if run.checkpoint_path.exists() else Record()
    recorder = Recorder(
        run, record, batches.steps, callbacks=callbacks, on_progress=on_progress, on_saved=on_saved
    )
    held_out = validation and _as_arrays(validation, recipe, model)
    # Where no epoch is left, callbacks still have their say about the weights that are kept.
    learner.fit(
        batches.dataset,
        initial_epoch=settings.epochs if record.stopped else len(record.history),
        epochs=settings.epochs,
        validation_data=held_out,
        validation_batch_size=500,
        callbacks=[batches, *phases, *callbacks, recorder],
        shuffle=False,  # the batches come shuffled
        verbose=0,
    )
    if settings.held_out_only:
        return
    if settings.fine_tuning:
        model.set_weights(settle(begun, model.get_weights()))
    recorder.report("testing")
    kept = describe_kept(
        learner, record, lambda: _as_arrays(source.draw(settings.seed, epoch=0), recipe, model), held_out
    )
    if recipe.synthesize and recipe.reads_lines:
        write_line_outcome(
            run, model, record.history, kept, data, recipe.synthesize(data.x_test, data.y_test)
        )
    else:
        write_outcome(run, model, record.history, kept, data, own)
    if not run.can_go_on:
        run.checkpoint_path.unlink(missing_ok=True)


Part = tuple[NDArray[np.uint8], NDArray[np.int64]]  # images (N, 28, 28) and their labels (N,)


def _arrange(data: Dataset, settings: Settings) -> Dataset:
    """The data as they are, or with all images' pixels in one random order."""
    if not settings.permuted:
        return data
    return Dataset(
        name=f"{data.name}, pixels permuted",
        x_train=permute_pixels(data.x_train, PERMUTATION_SEED),
        y_train=data.y_train,
        x_test=permute_pixels(data.x_test, PERMUTATION_SEED),
        y_test=data.y_test,
        class_names=data.class_names,
        origin=data.origin,
    )


def _split(data: Dataset, recipe: Recipe, settings: Settings) -> tuple[Part, Part | None]:
    """What is trained on, and what the validation curve is drawn on."""
    if settings.as_written:
        test = (data.x_test, data.y_test) if recipe.validation_in_document else None
        return (data.x_train, data.y_train), test
    training, validation = hold_out(data, settings.split_seed)
    return training, validation if len(validation[1]) else None


def hold_out(data: Dataset, seed: int) -> tuple[Part, Part]:
    """The training images in two parts: those a run with this seed trains on, and those it holds out."""
    held_out = min(VALIDATION_IMAGES, len(data.y_train) // 10)
    train, validation = stratified_split(data.y_train, held_out, seed)
    return (
        (data.x_train[train], data.y_train[train]),
        (data.x_train[validation], data.y_train[validation]),
    )


def _loss(recipe: Recipe) -> Any:
    """What `compile` takes for the recipe's loss."""
    import keras

    from tenfold.training.ctc import ctc_loss

    if recipe.reads_lines:
        return ctc_loss
    if recipe.label_smoothing:
        return keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing)
    return recipe.loss


def _accuracy(recipe: Recipe) -> "keras.Metric":
    """How much is right: an object, since TensorFlow traces a step twice that makes its metric only then."""
    from keras import metrics

    from tenfold.training.ctc import accuracy

    match recipe.loss:
        case "categorical_crossentropy":
            return metrics.CategoricalAccuracy("accuracy")
        case "sparse_categorical_crossentropy":
            return metrics.SparseCategoricalAccuracy("accuracy")
        case "ctc":
            return metrics.MeanMetricWrapper(accuracy, "accuracy")


def _as_arrays(part: Part, recipe: Recipe, model: "keras.Model") -> tuple[NDArray[Any], NDArray[Any]]:
    images, labels = part
    return network_input(images, model.input_shape), network_target(labels, recipe.loss)


def _describe(
    recipe: Recipe,
    settings: Settings,
    learner: "keras.Model",
    model: "keras.Model",
    n_train: int,
    validation: Part | None,
) -> dict[str, Any]:
    """The content of recipe.json."""
    from tenfold.models.layers import summarize_layers

    return {
        **settings.to_dict(),
        "summary": recipe.summary,
        "optimizer": {**_plain(learner.optimizer.get_config()), "name": type(learner.optimizer).__name__},
        "documented_accuracy": recipe.documented_accuracy,
        "train_images": n_train,
        "validation_images": len(validation[0]) if validation else 0,
        "validated_on_test": settings.as_written and validation is not None,
        "layers": [asdict(layer) for layer in summarize_layers(model)],
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def _epochs_decide(recipe: Recipe, steps: int) -> bool:
    """Whether the number of epochs decides how each learns, so that none can follow a finished run."""
    shorter, longer = (
        recipe.build_optimizer(epochs * steps, recipe.learning_rate).get_config() for epochs in (1, 2)
    )
    return bool(recipe.pretraining) or {**shorter, "name": ""} != {**longer, "name": ""}


def _plain(config: dict[str, Any]) -> dict[str, float | str | bool]:
    return {
        key: float(value) if isinstance(value, np.floating) else value
        for key, value in config.items()
        if isinstance(value, int | float | str | np.floating)
    }
