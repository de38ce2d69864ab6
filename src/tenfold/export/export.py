"""A run's network, written for other programs and loaded again there before it is handed out."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenfold.cores import available_cores
from tenfold.data import load_data
from tenfold.data.preprocess import network_input
from tenfold.errors import RunError
from tenfold.export.agreement import TOLERANCE, Agreement, answers_of, compare
from tenfold.export.formats import KERAS, ONNX, Format, format_of
from tenfold.export.trial import trial_images
from tenfold.files import drafts_beside
from tenfold.keras_backend import set_up_keras
from tenfold.onnx_models.answers import softmax
from tenfold.runs.run import Run

if TYPE_CHECKING:
    import keras

_BATCH = 100
# Of probabilities, where weights are kept as float16.
_TOLERANCE_OF_HALVES = 0.05


def export_run(run: Run, path: Path, on_event: Callable[[str], object]) -> Agreement:
    """Write the network of `run` to `path`, once it is proved that it computes there what it computes here.

    The format is that of `format_of`. A run of the recipe reader, lines or numbers becomes, as ONNX, a model
    to read with, its manifest beside it (tenfold.export.bundle). What is written is loaded again by its own
    runtime, in a new process without tenfold, and answers for 1,000 images: no probability may be further
    than 1e-5 from the Keras model's, and no most probable class another. The weights of models to read with
    are float16; for these it is 0.05. Where it is more, or anything else goes wrong, nothing is written, and
    what was at `path` is still there.

    Raises TenfoldError where the two do not agree, RunError where the run is damaged, InputError for another
    suffix, OSError as the file system does.
    """
    form = format_of(path)
    reads = form is ONNX and run.kind != "classify"
    with drafts_beside(path) as folder:
        set_up_keras(available_cores())
        on_event("loading the run with Keras")
        model = run.load_model()
        x = network_input(trial_images(run, on_event), model.input_shape)
        expected = _probabilities(_answers(model, x), run)
        draft = folder / path.name
        _write(run, model, draft, form, on_event)
        on_event(f"comparing {len(x):,} answers with those of {form.runtime}, in a process of its own")
        outputs = answers_of(draft, form, x)
        received = softmax(outputs) if reads else _probabilities(outputs, run)
        if reads:
            return compare(expected, received, _TOLERANCE_OF_HALVES, same_class=False)
        return compare(expected, received, TOLERANCE)


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
    """A network that reads lines gives logits."""
    return softmax(outputs) if run.kind == "read lines" else outputs
