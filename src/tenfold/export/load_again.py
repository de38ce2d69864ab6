"""Run an exported model with its own runtime, in a separate process without tenfold.

python -I load_again.py onnx|keras|savedmodel|tflite|int8 MODEL < images.npy > outputs.npy
"""

import io
import os
import sys
from typing import Any

import numpy as np

_BATCH = 100


def main() -> None:
    runtime, path = sys.argv[1:]
    sys.modules["tenfold"] = None  # type: ignore[assignment]  # recipients of the model do not have it
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
    x = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    load = {
        "onnx": _with_onnx_runtime,
        "keras": _with_keras,
        "savedmodel": _with_tensorflow,
        "tflite": _with_tflite,
        "int8": _with_tflite,
    }[runtime]
    answer = load(path)
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


def _with_tflite(path: str) -> Any:
    sys.modules["keras"] = None  # type: ignore[assignment]  # as above
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(path)
    (given,), (answered,) = interpreter.get_input_details(), interpreter.get_output_details()

    def answer(x: Any) -> Any:
        interpreter.resize_tensor_input(given["index"], x.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], x)
        interpreter.invoke()
        return interpreter.get_tensor(answered["index"])

    return answer


if __name__ == "__main__":
    main()
