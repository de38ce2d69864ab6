"""The user's own models: checks, what they were compiled with, and their description as text."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import keras

from tenfold.errors import InputError

_INPUTS = ((None, 784), (None, 28, 28), (None, 28, 28, 1))
_CROSS_ENTROPIES = ("categoricalcrossentropy", "sparsecategoricalcrossentropy")


def checked(model: Any, classes: int, origin: str) -> keras.Model:
    """The Sequential or functional model, built: float32 (N, 784), (N, 28, 28) or (N, 28, 28, 1) to
    (N, classes).

    If its first layer declares no input shape, it gets the one this layer needs. Raises InputError, about
    `origin`, for anything else.
    """
    if not isinstance(model, keras.Model):
        raise InputError(f"expected {origin} to return a Keras model, received {type(model).__name__}")
    require_classifier(model, origin)
    if model.output_shape != (None, classes):
        raise InputError(
            f"expected {origin} to return {classes} numbers, one per class; it returns "
            f"{model.output_shape[1:]}; a function that takes classes, def build(classes), fits any data"
        )
    return model


def require_classifier(model: Any, origin: str) -> None:
    """Raise InputError, about `origin`, unless the Keras `model` takes images and has one output.

    Images are float32 (N, 784), (N, 28, 28) or (N, 28, 28, 1). If the first layer declares no input shape,
    the model is built.
    """
    if isinstance(model, keras.Sequential) and not model.built:
        model.build(_input_of(model))
    if len(getattr(model, "inputs", None) or ()) != 1 or len(model.outputs) != 1:
        raise InputError(
            f"expected {origin} to be a Sequential or functional model with one input and one output"
        )
    if model.input_shape not in _INPUTS:
        raise InputError(
            f"expected {origin} to take 784, 28 x 28 or 28 x 28 x 1 numbers per image; it takes "
            f"{model.input_shape[1:]}"
        )


def with_softmax(model: keras.Model) -> keras.Model:
    """`model`, followed by a softmax if it returns logits, with the same compilation."""
    last = model.layers[-1]
    activation = getattr(getattr(last, "activation", None), "__name__", "")
    if isinstance(last, keras.layers.Softmax) or activation == "softmax":
        return model
    outer = keras.Model(model.inputs[0], keras.layers.Softmax()(model.outputs[0]))
    if model.compiled:
        outer.compile(optimizer=model.optimizer, loss=model.loss)
    return outer


def compiled_optimizer(model: keras.Model) -> Callable[[float | None], keras.Optimizer]:
    """A factory of optimizers like the one `model` was compiled with; it takes a learning rate or None."""
    kind, config = type(model.optimizer), model.optimizer.get_config()

    def build(learning_rate: float | None) -> keras.Optimizer:
        changed = {} if learning_rate is None else {"learning_rate": learning_rate}
        return kind.from_config({**config, **changed})

    return build


def compiled_smoothing(model: keras.Model, origin: str) -> float:
    """The label smoothing of the cross-entropy `model` was compiled with, 0 to 1.

    Raises InputError, about `origin`, for another loss.
    """
    loss = model.loss
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    if name.lower().replace("_", "") not in _CROSS_ENTROPIES:
        raise InputError(
            f"expected {origin} to be compiled with categorical_crossentropy or its sparse form, "
            f"received {name}"
        )
    return float(getattr(loss, "label_smoothing", 0.0))


def describe_model(model: keras.Model, origin: str) -> str:
    """The model, compiled or not, as Keras JSON: equal networks give equal text.

    Raises InputError, about `origin`, if JSON cannot represent all of it.
    """
    config = json.loads(model.to_json())
    if config.get("compile_config"):
        config["compile_config"]["metrics"] = None  # tenfold has its own
    text = json.dumps(_renamed(config), indent=1)
    load_described(text, origin)
    return text


def name_of(text: str) -> str:
    """The name of a model from `describe_model`, however many were built before it."""
    return str(json.loads(text)["config"]["name"])


def load_described(
    text: str, origin: str, instead: str = "a function in a file, 'mine.py:build', may have any"
) -> keras.Model:
    """The model of a Keras JSON description, with new weights. No code in the text is run.

    Raises InputError, about `origin`, if it has layers that are not Keras' own, with what to do `instead`.
    """
    try:
        model: keras.Model = keras.models.model_from_json(text)
    except (ValueError, TypeError, KeyError, AttributeError, ImportError) as error:
        reason = " ".join(str(error).split())[:120]
        raise InputError(f"{origin} has layers that are not Keras' own ({reason}); {instead}") from error
    return model


def _input_of(model: keras.Sequential) -> tuple[int | None, ...]:
    match model.layers[:1]:
        case [keras.layers.Dense()]:
            return None, 784
        case [keras.layers.Flatten() | keras.layers.Reshape()]:
            return None, 28, 28
    return None, 28, 28, 1


def _renamed(config: Any) -> Any:
    """Number the layers from this network's first; Keras numbers them across the process."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name, kind in _automatic_names(config):
        if name not in names:
            number = counts[kind] = counts.get(kind, -1) + 1
            names[name] = f"{kind}_{number}" if number else kind
    return _replaced(config, names)


def _replaced(value: Any, names: dict[str, str]) -> Any:
    match value:
        case dict():
            return {key: _replaced(each, names) for key, each in value.items()}
        case list():
            return [_replaced(each, names) for each in value]
        case str():
            return names.get(value, value)
    return value


def _automatic_names(config: Any) -> Iterator[tuple[str, str]]:
    """The automatic names in a description, such as "dense_3", and their stems, "dense"."""
    if isinstance(config, dict):
        match config:
            case {"class_name": str(kind), "config": {"name": str(name)}}:
                found = re.fullmatch(r"(.+?)(_\d+)?", name)
                if found and found[1].replace("_", "") == kind.lower():
                    yield name, found[1]
        yield from _automatic_names(list(config.values()))
    elif isinstance(config, list):
        for each in config:
            yield from _automatic_names(each)
