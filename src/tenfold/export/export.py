"""Export a run's network for other programs, and load it there to verify it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenfold.cores import available_cores
from tenfold.data import load_data
from tenfold.data.preprocess import network_input
from tenfold.errors import InputError, RunError
from tenfold.evaluation import accuracy
from tenfold.export.agreement import TOLERANCE, Agreement, answers_of, require_agreement
from tenfold.export.formats import INT8, KERAS, ONNX, TFLITE, Format, format_of
from tenfold.export.tflite import write_int8, write_tflite
from tenfold.export.trial import seen_by, trial_images
from tenfold.files import drafts_beside
from tenfold.keras_backend import set_up_keras
from tenfold.onnx_models.answers import softmax
from tenfold.runs.data import load_data_of
from tenfold.runs.run import Run

if TYPE_CHECKING:
    import keras

_BATCH = 100
_TOLERANCE_OF_HALVES = 0.05  # of probabilities, with weights stored as float16
_OTHERS_OF_INT8 = 0.02  # share of images whose class may change when all values are rounded to 256 steps


def export_run(run: Run, path: Path, on_event: Callable[[str], object]) -> Agreement:
    """Write the network of `run` to `path`, after verifying that it computes the same there.

    `format_of` chooses the format. As ONNX, a run of a recipe for reading becomes a reader's model, with its
    manifest next to it (tenfold.export.bundle). The written model is loaded by its own runtime, in a new
    process without tenfold, and answers for 1,000 images: no probability may differ by more than 1e-5 from
    the Keras model's, and no most probable class may change. Readers' models have float16 weights; their
    tolerance is 0.05. TFLite answers for all test images; in int8, at most 2 % of the most probable classes
    may change. If verification or anything else fails, nothing is written, and `path` is unchanged.

    Raises TenfoldError if the two do not agree, RunError if the run is damaged, OSError as the file
    system does, and InputError for another suffix or, for TFLite, if the run's data are not available or it
    does not classify.
    """
    form = format_of(path)
    if form in (TFLITE, INT8):
        return _export_tflite(run, path, form, on_event)
    reads = form is ONNX and run.kind != "classify"
    with drafts_beside(path) as folder:
        set_up_keras(available_cores())
        on_event("loading the run with Keras")
        model = run.load_model()
        x = network_input(trial_images(run, on_event), model.input_shape)
        expected = _probabilities(_answers(model, x), run)
        draft = folder / path.name
        _write(run, model, draft, form, on_event)
        on_event(f"comparing {len(x):,} answers with those of {form.runtime}, in a separate process")
        outputs = answers_of(draft, form, x)
        received = softmax(outputs) if reads else _probabilities(outputs, run)
        if reads:
            return require_agreement(expected, received, _TOLERANCE_OF_HALVES, most_others=1.0)
        return require_agreement(expected, received, TOLERANCE)


def _export_tflite(run: Run, path: Path, form: Format, on_event: Callable[[str], object]) -> Agreement:
    if run.kind != "classify":
        raise InputError(f"expected a run that classifies images to write it as TFLite, received {run.label}")
    data = load_data_of(run, on_event)
    if data is None:
        raise InputError(
            f"expected the data {run.settings.data}, on which {run.path} was trained, to calibrate TFLite; "
            "it is missing, or changed"
        )
    with drafts_beside(path) as folder:
        set_up_keras(available_cores())
        on_event("loading the run with Keras")
        model = run.load_model()
        draft = folder / path.name
        if form is INT8:
            on_event("measuring the range of every value on training images")
            write_int8(model, draft, seen_by(run, data.x_train))
        else:
            write_tflite(model, draft)
        x = network_input(seen_by(run, data.x_test), model.input_shape)
        on_event(f"comparing {len(x):,} answers with those of {form.runtime}, in a separate process")
        expected, received = _answers(model, x), answers_of(draft, form, x)
        if form is INT8:
            agreement = require_agreement(expected, received, 1.0, most_others=_OTHERS_OF_INT8)
        else:
            agreement = require_agreement(expected, received, TOLERANCE)
        return replace(agreement, accuracy=accuracy(data.y_test, received.argmax(axis=1)))


def _write(
    run: Run, model: "keras.Model", draft: Path, form: Format, on_event: Callable[[str], object]
) -> None:
    if form is ONNX and run.kind != "classify":
        from tenfold.export.bundle import bundle_run

        bundle_run(run, draft, load_data(run.settings.data, skip_damaged=True, on_event=on_event))
    elif form is ONNX:
        run.copy_onnx(draft)
    elif form is KERAS:
        model.save(draft)
    else:
        _write_saved_model(model, draft)


def _write_saved_model(model: "keras.Model", draft: Path) -> None:
    import tensorflow as tf

    try:
        model.export(draft, format="tf_saved_model", verbose=False)
    except tf.errors.OpError as error:
        raise RunError(f"TensorFlow cannot write the SavedModel: {error.message}") from error


def _answers(model: "keras.Model", x: NDArray[np.float32]) -> NDArray[np.float32]:
    batches = (x[start : start + _BATCH] for start in range(0, len(x), _BATCH))
    return np.concatenate([np.asarray(model(batch, training=False)) for batch in batches])


def _probabilities(outputs: NDArray[np.float32], run: Run) -> NDArray[np.float32]:
    """The outputs as probabilities: networks that read lines return logits."""
    return softmax(outputs) if run.kind == "read lines" else outputs
