"""A recipe as its document writes it: plain Keras, one `fit` on NumPy arrays.

usage: python benchmarks/document_script.py RECIPE EPOCHS [IMAGES]

Prints one JSON line: the seconds of each epoch, and of the whole process from the first import to the test
accuracy. `against_documents.py` compares it with tenfold. IMAGES limits the training images.
"""

import time

START = time.perf_counter()

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
from keras import layers  # noqa: E402

from tenfold.data import load_mnist  # noqa: E402

CATEGORICAL, SPARSE = "categorical_crossentropy", "sparse_categorical_crossentropy"


def mlp(*hidden: int) -> keras.Model:
    body = [layers.Dense(units, activation="relu") for units in hidden]
    return keras.Sequential([keras.Input((784,)), *body, layers.Dense(10, activation="softmax")])


def cnn(*body: keras.layers.Layer, units: int) -> keras.Model:
    head = [layers.Flatten(), layers.Dense(units, activation="relu"), layers.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input((28, 28, 1)), *body, *head])


def conv(filters: int, padding: str = "valid") -> keras.layers.Layer:
    return layers.Conv2D(filters, (3, 3), padding=padding, activation="relu")


def pool() -> keras.layers.Layer:
    return layers.MaxPooling2D((2, 2))


# Model, optimizer, loss, batch size, and whether it validates (on the test images).
DOCUMENTS: dict[str, Callable[[], tuple[keras.Model, Any, str, int, bool]]] = {
    "mlp-128-64": lambda: (mlp(128, 64), "adam", CATEGORICAL, 32, False),
    "cnn-32": lambda: (cnn(conv(32), pool(), units=128), "adam", CATEGORICAL, 32, False),
    "cnn-32-64-64": lambda: (
        cnn(conv(32), pool(), conv(64), pool(), conv(64), units=64),
        "rmsprop",
        CATEGORICAL,
        64,
        False,
    ),
    "mlp-128-64-sparse": lambda: (mlp(128, 64), "adam", SPARSE, 32, True),
    "cnn-same-32-64-64": lambda: (
        cnn(conv(32, "same"), pool(), conv(64), pool(), conv(64), units=64),
        keras.optimizers.Adam(0.001),
        CATEGORICAL,
        128,
        True,
    ),
    "mlp-512": lambda: (mlp(512), "adam", CATEGORICAL, 128, True),
    "cnn-32-64-nopool": lambda: (cnn(conv(32), conv(64), units=128), "adam", CATEGORICAL, 128, True),
}


class EpochClock(keras.callbacks.Callback):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self.begun = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        self.seconds.append(time.perf_counter() - self.begun)


def main(recipe: str, epochs: int, images: int) -> None:
    model, optimizer, loss, batch_size, validates = DOCUMENTS[recipe]()
    data = load_mnist()
    shape = (-1, *model.input_shape[1:])
    x_train = data.x_train.reshape(shape).astype("float32") / 255
    x_test = data.x_test.reshape(shape).astype("float32") / 255
    y_train, y_test = data.y_train, data.y_test
    if loss == CATEGORICAL:
        y_train, y_test = (keras.utils.to_categorical(y, 10) for y in (y_train, y_test))
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    clock = EpochClock()
    model.fit(
        x_train[:images],
        y_train[:images],
        epochs=epochs,
        batch_size=batch_size,
        validation_data=(x_test, y_test) if validates else None,
        callbacks=[clock],
        verbose=0,
    )
    _, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(
        json.dumps(
            {
                "epoch_seconds": clock.seconds,
                "seconds": time.perf_counter() - START,
                "test_accuracy": test_accuracy,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 60_000)
