"""Train one recipe once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

import tenfold
from tenfold.cores import available_cores
from tenfold.data import Dataset, load_data, stratified_split
from tenfold.data.augment import permute_pixels
from tenfold.errors import RunError, RunLockedError
from tenfold.files import remove_partial_files, write_json
from tenfold.recipes import Recipe
from tenfold.recipes.changes import change
from tenfold.training.backend import require_keras, set_up_keras
from tenfold.training.fine_tuning import mix_in, model_path, plan_fine_tuning, recipe_to_train, settle
from tenfold.training.inputs import network_input, network_target
from tenfold.training.progress import Progress
from tenfold.training.run import Run
from tenfold.training.settings import PERMUTATION_SEED, VALIDATION_IMAGES, Settings

if TYPE_CHECKING:
    import keras


# A worker whose starter was killed needs a moment to notice and to let go of its folder.
_LOCK_WAIT_S = 3


def train(
    recipe: str,
    data: Dataset | None = None,
    seed: int = 0,
    *,
    epochs: int | None = None,
    as_written: bool = False,
    start: str | Path | None = None,
    own: Dataset | None = None,
    out: str | Path | None = None,
    callbacks: Sequence["keras.callbacks.Callback"] = (),
    on_progress: Callable[[Progress], object] | None = None,
) -> Run:
    """Train `recipe`, a name or the path of a recipe file, on `data` (by default MNIST, found or fetched) and
    return the finished run.

    The run lies in the folder `out`, by default runs/RECIPE-seed-SEED. Where one with the same settings was
    interrupted there, it goes on after its last finished epoch and ends with the same weights; where it is
    finished, it is returned at once. `epochs` defaults to the recipe's own; `callbacks` are Keras' own.

    The recipe "reader" can go on from a trained network, `start`: "bundled", or the path of an ONNX file with
    its manifest beside it. It then learns from one's `own` digits among those of `data`, which should be what
    that network was trained on; the folder is by default runs/RECIPE-fine-tuned-seed-SEED.

    Raises InputError for an unknown recipe or a number out of range, ModelError where `start` is damaged or
    another network, RunLockedError where another process trains in `out`, RunError where `out` holds a run
    with other settings, or Keras is not installed.
    """
    require_keras()
    data = load_data() if data is None else data
    fine_tuning = plan_fine_tuning(recipe, start, own)
    planned = recipe_to_train(recipe, fine_tuning)
    settings = Settings(
        recipe=planned.name,
        seed=seed,
        epochs=planned.epochs if epochs is None else epochs,
        data=data.name,
        data_sha256=data.sha256,
        as_written=as_written,
        permuted=False,
        threads=available_cores(),
        fine_tuning=fine_tuning,
        changes=planned.changes,
    )
    path = default_folder(settings) if out is None else Path(out)
    return train_run(path, settings, data, own, callbacks=callbacks, on_progress=on_progress)


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
    on_progress: Callable[[Progress], object] | None = None,
) -> Run:
    """Begin or go on with the run in the folder `path`; see `train`."""
    recipe = change(recipe_to_train(settings.recipe, settings.fine_tuning), settings.changes or {})
    path.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path / "lock", timeout=_LOCK_WAIT_S):
            settings = take_up(path, settings)
            run = Run(path)
            if not run.finished:
                _train(run, recipe, settings, data, own, callbacks, on_progress)
            return run
    except Timeout:
        raise RunLockedError(
            f"another process is training in {path}; wait for it, or choose another --out"
        ) from None


def take_up(path: Path, settings: Settings) -> Settings:
    """The settings with which the run in `path` begins, or goes on: then with its own number of threads.

    Raises RunError where it was begun with other settings.
    """
    run = Run(path)
    if not run.started:
        return settings
    settings = replace(settings, threads=run.settings.threads)
    if differences := run.settings.differences(settings):
        raise RunError(
            f"{path} holds a run with {differences}; delete it, or choose another folder with --out"
        )
    return settings


def _train(
    run: Run,
    recipe: Recipe,
    settings: Settings,
    data: Dataset,
    own: Dataset | None,
    callbacks: Sequence["keras.callbacks.Callback"],
    on_progress: Callable[[Progress], object] | None,
) -> None:
    remove_partial_files(run.path)
    set_up_keras(settings.threads)
    import keras

    from tenfold.training.batches import AsTheyAre, Batches
    from tenfold.training.checkpoint import restore_checkpoint
    from tenfold.training.outcome import write_line_outcome, write_outcome
    from tenfold.training.pretraining import Pretraining
    from tenfold.training.recorder import Recorder
    from tenfold.training.share import share_batches
    from tenfold.training.start import begin_with

    data = _arrange(data, settings)
    training, validation = _split(data, recipe, settings)
    keras.utils.set_random_seed(settings.seed)
    model = recipe.build()
    if settings.fine_tuning:
        begin_with(model, model_path(settings.fine_tuning.start), settings.fine_tuning.start_sha256)
    begun = model.get_weights()
    batches = Batches(
        mix_in(own, training) if own else (recipe.synthesize or recipe.augment or AsTheyAre)(*training),
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
        write_json(run.recipe_path, _describe(recipe, settings, learner, model, len(training[0]), validation))
    history = restore_checkpoint(run.checkpoint_path, learner) if run.checkpoint_path.exists() else []
    recorder = Recorder(run, history, batches.steps, on_progress)
    if len(history) < settings.epochs:
        learner.fit(
            batches.dataset,
            initial_epoch=len(history),
            epochs=settings.epochs,
            validation_data=validation and _as_arrays(validation, recipe, model),
            validation_batch_size=500,
            callbacks=[batches, *phases, recorder, *callbacks],
            shuffle=False,  # the batches come shuffled
            verbose=0,
        )
    if settings.held_out_only:
        return
    if settings.fine_tuning:
        model.set_weights(settle(begun, model.get_weights()))
    recorder.report("testing")
    if recipe.synthesize and recipe.reads_lines:
        write_line_outcome(run, model, history, data, recipe.synthesize(data.x_test, data.y_test))
    else:
        write_outcome(run, model, history, data, own)
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
        "loss": recipe.loss,
        "label_smoothing": recipe.label_smoothing,
        "pretraining": recipe.pretraining,
        "optimizer": {**_plain(learner.optimizer.get_config()), "name": type(learner.optimizer).__name__},
        "batch_size": recipe.batch_size,
        "documented_accuracy": recipe.documented_accuracy,
        "train_images": n_train,
        "validation_images": len(validation[0]) if validation else 0,
        "validated_on_test": settings.as_written and validation is not None,
        "layers": [asdict(layer) for layer in summarize_layers(model)],
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "versions": {
            "python": python_version(),
            "tenfold": tenfold.__version__,
            **{package: version(package) for package in ("keras", "numpy")},
            "tensorflow": _tensorflow_version(),
        },
    }


def _plain(config: dict[str, Any]) -> dict[str, float | str | bool]:
    return {
        key: float(value) if isinstance(value, np.floating) else value
        for key, value in config.items()
        if isinstance(value, int | float | str | np.floating)
    }


def _tensorflow_version() -> str:
    import tensorflow as tf

    return str(tf.__version__)
