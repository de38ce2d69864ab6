"""Export a trained network as the pair of files tenfold reads with: the network and its manifest.

Temperatures and the acceptance threshold are chosen on held-out training images, newly written and pictured
like those trained on.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import tenfold
from tenfold.cores import available_cores
from tenfold.data import Dataset
from tenfold.errors import InputError
from tenfold.export.calibrate import calibrate_digits, calibrate_lines, calibrate_regions
from tenfold.files import as_typed, write_bytes
from tenfold.onnx_models.session import read_onnx
from tenfold.reader.manifest import Manifest, write_manifest
from tenfold.reader.network import FEATURE_MAPS
from tenfold.recipes import load_recipe
from tenfold.recipes.recipe import READING
from tenfold.runs import Run
from tenfold.runs.inference import open_session, run_network
from tenfold.runs.settings import Settings
from tenfold.training.plan import default_folder, split_training

if TYPE_CHECKING:
    import onnx

_ROUNDS = 4  # pictures per held-out digit, if each picture shows one digit
_CALIBRATE = {"read digits": calibrate_digits, "read lines": calibrate_lines, "map pages": calibrate_regions}
_TESTED_BY = {
    "read digits": "mnist_test_accuracy",
    "read lines": "test_rows_right",
    "map pages": "test_pixels_right",
}
_MANY = 256  # arrays with at least this many weights are stored as float16


def bundle_run(run: Run, path: Path, data: Dataset) -> Manifest:
    """Write the network of `run` to `path` and its manifest next to it as .json; return the manifest.

    `data` must be the run's training data: their held-out part is used. Raises InputError for other data, or
    if tenfold does not read with networks of the run's recipe.
    """
    import onnx

    settings = run.settings
    if run.kind == "classify":
        raise InputError(
            f"expected a run of the recipe {' or '.join(READING)}, received one of {settings.recipe}"
        )
    recipe = load_recipe(settings.recipe)
    begun, reads_lines = settings.fine_tuning, recipe.kind == "read lines"
    if data.sha256 != settings.data_sha256:
        raise InputError(
            f"expected the data {settings.data}, on which {run.path} was trained, received {data.name}"
        )
    synthesis = recipe.source_of_held_out(*split_training(data, settings.split_seed)[1])
    n_rounds = _ROUNDS if recipe.kind == "read digits" else 1
    rounds = [synthesis.draw(settings.seed, 2 * number) for number in range(1, 1 + n_rounds)]
    images, labels = (np.concatenate(parts) for parts in zip(*rounds, strict=True))
    model = onnx.load_model_from_string(read_onnx(run.onnx_path))
    if not reads_lines:
        model = naming_feature_maps(without_softmax(model))
    content = with_half_precision(model).SerializeToString()
    logits = run_network(open_session(content), images, available_cores())
    calibration = _CALIBRATE[recipe.kind](labels, logits)
    manifest = Manifest(
        name=f"{recipe.name}-fine-tuned" if begun else recipe.name,
        recipe=settings.recipe,
        data="; ".join([data.name, *recipe.sources]),
        data_sha256=data.sha256,
        sha256=sha256(content).hexdigest(),
        temperature=calibration.temperature,
        threshold=calibration.threshold,
        figures={
            _TESTED_BY[recipe.kind]: run.result["test_accuracy"],
            "held_out": calibration.figures,
            **(
                {"fine_tuned_from": begun.start_sha256, "own_digits": run.result["own_digits"]}
                if begun
                else {}
            ),
        },
        tenfold=tenfold.__version__,
        command=f"tenfold {_how(settings)} --seed {settings.seed} && "
        f"tenfold export {default_folder(settings).as_posix()} {path.name}",
    )
    write_bytes(path, content)
    write_manifest(manifest, path)
    return manifest


def _how(settings: Settings) -> str:
    """The command that trains: the recipe, or the file in which `tenfold tune` saves its changes."""
    if begun := settings.fine_tuning:
        start, digits = (as_typed(Path(place).name) for place in (begun.start, begun.digits))
        return f"fine-tune {digits} --from {start}"
    recipe = f"{settings.recipe}-tuned.toml" if settings.changes else settings.recipe
    usual = load_recipe(settings.recipe).epochs
    return f"train {recipe}" + (f" --epochs {settings.epochs}" if settings.epochs != usual else "")


def without_softmax(model: "onnx.ModelProto") -> "onnx.ModelProto":
    """The model without its final softmax: its output is the logits.

    If the answers are per pixel, a transposition may follow the softmax.
    """
    import onnx

    graph = model.graph
    *_, before, last = graph.node
    reordered = last.op_type == "Transpose" and before.output[0] == last.input[0]
    softmax = before if reordered else last
    if softmax.op_type != "Softmax" or last.output[0] != graph.output[0].name:
        raise InputError(
            f"expected a network that ends in a softmax, received one that ends in {softmax.op_type}"
        )
    if reordered:
        last.input[0] = softmax.input[0]
    else:
        graph.output[0].name = softmax.input[0]
    graph.node.remove(softmax)
    onnx.checker.check_model(model)
    return model


def naming_feature_maps(model: "onnx.ModelProto") -> "onnx.ModelProto":
    """The model with the names of its convolutions' activated outputs in its metadata.

    A reader finds them there (tenfold.reader.network). As outputs they would slow down every call by a tenth.
    """
    import onnx

    values = onnx.shape_inference.infer_shapes(model, strict_mode=True).graph.value_info
    of_images = {value.name for value in values if len(value.type.tensor_type.shape.dim) == 4}
    names = [node.output[0] for node in model.graph.node if node.op_type == "Relu"]
    named = json.dumps([name for name in names if name in of_images])
    onnx.helper.set_model_props(model, {FEATURE_MAPS: named})
    return model


def with_half_precision(model: "onnx.ModelProto") -> "onnx.ModelProto":
    """The model with its weights stored as float16, for half the size; it still computes in float32.

    ONNX Runtime converts them to float32 on opening the file. A weight changes by at most 1/2000.
    """
    import onnx
    from onnx import numpy_helper

    graph = model.graph
    for weight in list(graph.initializer):
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < _MANY:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        cast = onnx.helper.make_node("Cast", [weight.name], [name], to=onnx.TensorProto.FLOAT)
        graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    return model
