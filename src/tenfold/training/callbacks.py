"""What a run stores about its callbacks: their arguments and, for Keras' own, their state."""

import inspect
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tenfold.training.source import digest_of

if TYPE_CHECKING:
    import keras

State = dict[str, Any]  # plain values, and lists of arrays

# Observers: they do not change a run's weights.
_ONLOOKERS = ("CSVLogger", "History", "ModelCheckpoint", "ProgbarLogger", "RemoteMonitor", "TensorBoard")
# Their counters belong to files and connections that are reopened, or to the user's functions.
_WITHOUT_STATE = ("CSVLogger", "LambdaCallback", "ProgbarLogger", "RemoteMonitor", "TensorBoard")
_PLAIN = (bool, int, float, str, type(None))


def describe_callbacks(callbacks: Sequence["keras.callbacks.Callback"]) -> list[str]:
    """Those that may affect training, such as "EarlyStopping(patience=2)".

    Default arguments are omitted. Callbacks that are not Keras' own include a checksum of their code.
    """
    return [
        _describe(callback)
        for callback in callbacks
        if not (_is_of_keras(callback) and type(callback).__name__ in _ONLOOKERS)
    ]


def states_of(callbacks: Sequence["keras.callbacks.Callback"]) -> list[State]:
    """The state of each; empty if it cannot be stored."""
    return [_state(callback) if keeps_state(callback) else {} for callback in callbacks]


def put_states(callbacks: Sequence["keras.callbacks.Callback"], states: Sequence[State]) -> None:
    """Restore the states of callbacks created with the same arguments."""
    for callback, state in zip(callbacks, states, strict=True):
        for name in state.keys() & vars(callback).keys():
            setattr(callback, name, state[name])


def keeps_state(callback: "keras.callbacks.Callback") -> bool:
    """Whether a resumed run restores the callback's state."""
    return _is_of_keras(callback) and type(callback).__name__ not in _WITHOUT_STATE


def _is_of_keras(callback: "keras.callbacks.Callback") -> bool:
    return type(callback).__module__.partition(".")[0] == "keras"


def _describe(callback: "keras.callbacks.Callback") -> str:
    values = [f"{name}={value}" for name, value in _configuration(callback)]
    if not _is_of_keras(callback):
        values.append(f"code {digest_of(type(callback))[:8]}")
    return f"{type(callback).__name__}({', '.join(values)})"


def _configuration(callback: "keras.callbacks.Callback") -> Iterator[tuple[str, str]]:
    """Its arguments that differ from the defaults, read from its attributes."""
    for name, parameter in _parameters(callback).items():
        value = vars(callback).get(name, parameter.default)
        # Keras flips the sign if lower is better.
        value = abs(value) if name == "min_delta" else value
        if name != "verbose" and _differs(value, parameter.default):
            yield name, _shown(value)


def _differs(value: Any, default: Any) -> bool:
    return not (isinstance(value, _PLAIN) and value == default)


def _shown(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, _PLAIN):
        return repr(value)
    if callable(value):
        return f"{getattr(value, '__qualname__', type(value).__name__)} {digest_of(value)[:8]}"
    return type(value).__name__


def _state(callback: "keras.callbacks.Callback") -> State:
    """The attributes of a callback that change during training."""
    made_with = {*_parameters(callback), "params", "_params", "_model"}
    changing = {name: value for name, value in vars(callback).items() if name not in made_with}
    plain = {
        name: value.item() if isinstance(value, np.generic) else value for name, value in changing.items()
    }
    return {name: value for name, value in plain.items() if isinstance(value, _PLAIN) or _are_arrays(value)}


def _are_arrays(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, np.ndarray) for one in value)


def _parameters(callback: "keras.callbacks.Callback") -> dict[str, inspect.Parameter]:
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    every = inspect.signature(type(callback)).parameters
    return {name: parameter for name, parameter in every.items() if parameter.kind in named}
