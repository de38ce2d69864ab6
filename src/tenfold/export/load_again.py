"""Run in a process of its own, without tenfold: what a written model says, by the runtime it is made for.

python -I load_again.py onnx|keras|savedmodel MODEL < images.npy > outputs.npy
"""

import io
import os
import sys
from typing import Any

import numpy as np

_BATCH = 100


def main() -> None:
    runtime, path = sys.argv[1:]
    sys.modules["tenfold"] = None  # type: ignore[assignment]  # who receives the model does not have it
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
    x = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    answer = {"onnx": _with_onnx_runtime, "keras": _with_keras, "savedmodel": _with_tensorflow}[runtime](path)
    outputs = [answer(x[start : start + _BATCH]) for start in range(0, len(x), _BATCH)]
    content = io.BytesIO()  # NumPy cannot write to a pipe
    np.save(content, np.concatenate(outputs), allow_pickle=False)
    sys.stdout.buffer.write(content.getvalue())


def _with_onnx_runtime(path: str) -> Any:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: session.run(None, {name: x})[0]


def _with_keras(path: str) -> Any:
    import keras

    model = keras.saving.load_model(path, compile=False, safe_mode=True)
    return lambda x: np.asarray(model(x, training=False))


def _with_tensorflow(path: str) -> Any:
    sys.modules["keras"] = None  # type: ignore[assignment]  # TensorFlow alone is enough
    import tensorflow as tf

    model = tf.saved_model.load(path)
    return lambda x: model.serve(x).numpy()


if __name__ == "__main__":
    main()
