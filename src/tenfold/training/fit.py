"""One training, step by step: images, network, loss and optimizer, epochs, result."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tenfold.cores import describe_machine
from tenfold.data import Dataset
from tenfold.data.augment import permute_pixels
from tenfold.data.preprocess import network_input, network_target
from tenfold.errors import RunError
from tenfold.files import write_json
from tenfold.models.given import compiled_optimizer, compiled_smoothing
from tenfold.models.layers import summarize_layers
from tenfold.recipes import Recipe
from tenfold.runs.run import Run
from tenfold.runs.settings import PERMUTATION_SEED, Settings
from tenfold.training.batches import Batches
from tenfold.training.checkpoint import Record, restore_checkpoint
from tenfold.training.data_parallel import share_batches
from tenfold.training.fine_tuning import interpolate_weights, mix_in, model_path
from tenfold.training.fingerprint import fingerprint
from tenfold.training.folder import recipe_of
from tenfold.training.line_loss import ctc_loss, lines_right
from tenfold.training.outcome import describe_kept, write_drawn_outcome, write_outcome
from tenfold.training.plan import Part, split_training
from tenfold.training.pretraining import Pretraining
from tenfold.training.progress import Progress
from tenfold.training.recorder import Recorder
from tenfold.training.warm_start import begin_with


def fit(
    run: Run,
    settings: Settings,
    data: Dataset,
    own: Dataset | None,
    callbacks: Sequence[keras.callbacks.Callback],
    on_progress: Callable[[Progress], object] | None,
    on_saved: Callable[[], object] | None,
) -> None:
    """Train `run` from the start or from its last finished epoch; see `train_run`."""
    if tf.distribute.has_strategy():
        raise RunError(
            "a training uses one device: call it outside the scope of a tf.distribute strategy; "
            "a study uses several"
        )
    recipe = recipe_of(settings)
    data = _arrange(data, settings)
    training, validation = _split(data, recipe, settings)
    keras.utils.set_random_seed(settings.seed)
    model = _build(recipe, settings, len(data.class_names))
    learned = _as_compiled(recipe, model) if recipe.place else recipe
    begun = model.get_weights()
    source = mix_in(own, training) if own else recipe.source(*training)
    batches = Batches(
        source,
        recipe,
        model,
        seed=settings.seed,
        epochs=settings.epochs,
        weights=_balanced(training[1], len(data.class_names)) if recipe.class_weight == "balanced" else None,
    )
    if recipe.kind != "classify" and validation:
        validation = recipe.source_of_held_out(*validation).draw(settings.seed, epoch=0)
    learner, phases = _compile(model, learned, settings, batches)
    if not run.started:
        described = _describe(recipe, settings, learner, model, len(training[0]), validation)
        described |= fingerprint(recipe, callbacks)
        write_json(run.recipe_path, {**described, "epochs_decide": _epochs_decide(learned, batches.steps)})
    record = restore_checkpoint(run.checkpoint_path, learner) if run.checkpoint_path.exists() else Record()
    recorder = Recorder(
        run, record, batches.steps, callbacks=callbacks, on_progress=on_progress, on_saved=on_saved
    )
    held_out = validation and _as_arrays(validation, recipe, model)
    # Even if no epoch is left, callbacks may still choose the weights to keep.
    try:
        learner.fit(
            batches.dataset,
            initial_epoch=settings.epochs if record.stopped else len(record.history),
            epochs=settings.epochs,
            validation_data=held_out,
            validation_batch_size=500,
            callbacks=[batches, *phases, *callbacks, recorder],
            shuffle=False,  # batches are shuffled already
            verbose=0,
        )
    finally:
        batches.close()
    if settings.held_out_only:
        return
    if settings.fine_tuning:
        model.set_weights(interpolate_weights(begun, model.get_weights()))
    recorder.report("testing")
    kept = describe_kept(
        learner, record, lambda: _as_arrays(source.draw(settings.seed, epoch=0), recipe, model), held_out
    )
    if recipe.kind in ("read lines", "map pages"):
        drawn = recipe.source_of_held_out(data.x_test, data.y_test)
        write_drawn_outcome(run, recipe, model, record.history, kept, data, drawn)
    else:
        write_outcome(run, recipe, model, record.history, kept, data, own)
    if not run.can_go_on:
        run.checkpoint_path.unlink(missing_ok=True)


def _arrange(data: Dataset, settings: Settings) -> Dataset:
    """The data, with all images' pixels in one random order if the settings say so."""
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
    """The training and the validation part."""
    if settings.as_written:
        test = (data.x_test, data.y_test) if recipe.validation_in_document else None
        return (data.x_train, data.y_train), test
    training, validation = split_training(data, settings.split_seed)
    return training, validation if len(validation[1]) else None


def _build(recipe: Recipe, settings: Settings, classes: int) -> keras.Model:
    """The recipe's network, with random weights or a fine-tuning's initial ones."""
    model = recipe.build_for(classes)
    if settings.fine_tuning:
        begin_with(model, model_path(settings.fine_tuning.start), settings.fine_tuning.start_sha256)
    return model


def _balanced(labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Image weights by class, (classes,): all classes count equally, and the mean weight is 1."""
    counts = np.bincount(labels, minlength=classes)
    weights = len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return weights.astype(np.float32)


def _as_compiled(recipe: Recipe, model: keras.Model) -> Recipe:
    """The user's own `recipe`, with the optimizer and the loss its `model` was compiled with.

    Fields that the user changed in the recipe take precedence.
    """
    if not model.compiled:
        return recipe
    smoothing, optimizer = compiled_smoothing(model, recipe.name), compiled_optimizer(model)
    recipe = replace(recipe, label_smoothing=recipe.label_smoothing or smoothing)
    changes = recipe.changes or {}
    if "optimizer" in changes:
        return recipe
    return replace(recipe, build_optimizer=lambda _steps, _rate: optimizer(changes.get("learning_rate")))


def _compile(
    model: keras.Model, recipe: Recipe, settings: Settings, batches: Batches
) -> tuple[keras.Model, list[keras.callbacks.Callback]]:
    """The compiled model for training, which shares `model`'s variables, and its callbacks."""
    learner, loss, metric = model, _loss(recipe), _accuracy(recipe)
    phases: list[keras.callbacks.Callback] = []
    if recipe.pretraining:
        phase = Pretraining(model, loss, epochs=int(recipe.pretraining * settings.epochs))
        learner, loss, metric, phases = phase.learner, phase.loss, phase.accuracy, [phase]
    learner = share_batches(learner, _parts_of_a_batch(settings, batches))
    learner.compile(
        optimizer=recipe.build_optimizer(batches.steps * settings.epochs, recipe.learning_rate),
        loss=loss,
        metrics=[metric],
        # Return to Python about twenty times per epoch, not after each batch.
        steps_per_execution=max(1, batches.steps // 20),
        jit_compile=False,
    )
    # There are no other replicas whose gradients to sum. TensorFlow would keep the summing function, and with
    # it each training's graph, until the process ends: 4 MB for a small network.
    learner.optimizer._all_reduce_sum_gradients = list
    # Here rather than in the first step, which TensorFlow would retrace once the variables exist.
    learner.optimizer.build(learner.trainable_variables)
    return learner, phases


def _parts_of_a_batch(settings: Settings, batches: Batches) -> int:
    """One per core; a GPU takes whole batches."""
    if batches.smallest < settings.threads or tf.config.list_logical_devices("GPU"):
        return 1
    return settings.threads


def _loss(recipe: Recipe) -> Any:
    """The recipe's loss for `compile`."""
    if recipe.kind == "read lines":
        return ctc_loss
    if recipe.label_smoothing:
        return keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing)
    return recipe.loss


def _accuracy(recipe: Recipe) -> keras.Metric:
    """The accuracy metric, as an object: TensorFlow would trace a step that creates its metric twice."""
    match recipe.loss:
        case "categorical_crossentropy":
            return keras.metrics.CategoricalAccuracy("accuracy")
        case "sparse_categorical_crossentropy":
            return keras.metrics.SparseCategoricalAccuracy("accuracy")
        case "ctc":
            return keras.metrics.MeanMetricWrapper(lines_right, "accuracy")


def _as_arrays(part: Part, recipe: Recipe, model: keras.Model) -> tuple[NDArray[Any], NDArray[Any]]:
    images, labels = part
    return network_input(images, model.input_shape), network_target(
        labels, recipe.loss, model.output_shape[-1]
    )


def _describe(
    recipe: Recipe,
    settings: Settings,
    learner: keras.Model,
    model: keras.Model,
    n_train: int,
    validation: Part | None,
) -> dict[str, Any]:
    """The content of recipe.json."""
    return {
        **settings.to_dict(),
        "summary": recipe.summary,
        "optimizer": {**_plain(learner.optimizer.get_config()), "name": type(learner.optimizer).__name__},
        "documented_accuracy": recipe.documented_accuracy,
        "train_images": n_train,
        "validation_images": len(validation[0]) if validation else 0,
        "validated_on_test": settings.as_written and validation is not None,
        "layers": [asdict(layer) for layer in summarize_layers(model)],
        "machine": describe_machine(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def _epochs_decide(recipe: Recipe, steps: int) -> bool:
    """Whether the learning rate depends on the number of epochs, so that none can follow a finished run."""
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
