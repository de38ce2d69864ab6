"""Models whose graph does not end: files of a few kilobytes that anyone may give."""

from hashlib import sha256
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from tenfold.reader.manifest import Manifest, write_manifest


def endless(n_classes: int, beyond: float = -1.0) -> bytes:
    """An ONNX file for images (N, 28, 28, 1) that loops forever if their mean is above `beyond`."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["goes_on"], ["still_goes_on"]),
            helper.make_node("Identity", ["before"], ["after"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("number", TensorProto.INT64, []),
            helper.make_tensor_value_info("goes_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("before", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("still_goes_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("after", TensorProto.FLOAT, None),
        ],
    )
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], keepdims=0),
        helper.make_node("Greater", ["mean", "beyond"], ["loops"]),
        helper.make_node("Flatten", ["images"], ["flat"], axis=1),
        helper.make_node("Loop", ["", "loops", "flat"], ["looped"], body=body),
        helper.make_node("MatMul", ["looped", "weights"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "endless",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["N", 28, 28, 1])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", n_classes])],
        [
            numpy_helper.from_array(np.float32(beyond), "beyond"),
            numpy_helper.from_array(np.zeros((784, n_classes), np.float32), "weights"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return model.SerializeToString()  # type: ignore[no-any-return]


def write_endless_reader(model: Path, beyond: float = -1.0) -> Path:
    """A model to read with, and its manifest: `endless` with eleven classes."""
    content = endless(11, beyond)
    model.write_bytes(content)
    manifest = Manifest(
        name="endless",
        recipe="none",
        data="none",
        data_sha256="0" * 64,
        sha256=sha256(content).hexdigest(),
        temperature=1.0,
        threshold=0.5,
        figures={},
        tenfold="0",
        command="none",
    )
    write_manifest(manifest, model)
    return model
