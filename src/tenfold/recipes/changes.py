"""Load recipes by name, and with changed fields, as `tenfold tune` writes them to a file:

recipe = "mlp-512"

[changes]
epochs = 5
hidden = [256, 128]
dropout = 0.3
optimizer = "rmsprop"
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any, get_args

from tenfold.errors import InputError
from tenfold.files import write_text
from tenfold.recipes.optimizers import OPTIMIZERS
from tenfold.recipes.own import is_place, own_recipe
from tenfold.recipes.recipe import ClassWeight, Recipe, find_recipe

_LARGEST_FILE_BYTES = 64 * 2**10


@dataclass(frozen=True)
class _Field:
    """The allowed values of a changeable field, both ends included."""

    low: float
    high: float
    whole: bool = False
    of_one_hot: bool = False  # only for losses of one-hot labels
    of_network: bool = False  # only for networks whose `build` takes it
    several: bool = False  # a list, one value per layer

    def describe(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        text = f"{kind} from {self.low:g} to {self.high:g}"
        return f"a list of 1 to {_MAX_LAYERS}, each {text}" if self.several else text

    def check(self, name: str, value: Any) -> Any:
        """`value` in the field's type. Raises InputError if it is not allowed."""
        if not self.several:
            return self._check_number(name, value)
        values = value if isinstance(value, list | tuple) else [value]
        if not 1 <= len(values) <= _MAX_LAYERS:
            raise InputError(f"expected {name} to be {self.describe()}, received {len(values)}")
        return [self._check_number(name, each) for each in values]

    def _check_number(self, name: str, value: Any) -> float:
        is_number = isinstance(value, int if self.whole else int | float) and not isinstance(value, bool)
        if not is_number:
            raise InputError(f"expected {name} to be {self.describe()}, received {type(value).__name__}")
        if not self.low <= value <= self.high:
            received = f"{value:g}" if abs(value) < 1e300 else "none"
            raise InputError(f"expected {name} to be {self.describe()}, received {received}")
        return int(value) if self.whole else float(value)


_MAX_LAYERS = 8
_MAX_UNITS = 16_384
_FIELDS = {
    "learning_rate": _Field(1e-9, 10),
    "batch_size": _Field(1, 10_000, whole=True),
    "epochs": _Field(1, 10_000, whole=True),
    "label_smoothing": _Field(0, 0.99, of_one_hot=True),
    "pretraining": _Field(0, 1, of_one_hot=True),
    "hidden": _Field(1, _MAX_UNITS, whole=True, of_network=True, several=True),
    "filters": _Field(1, _MAX_UNITS, whole=True, of_network=True, several=True),
    "units": _Field(1, _MAX_UNITS, whole=True, of_network=True),
    "dropout": _Field(0, 0.95, of_network=True),
    "l2": _Field(0, 1, of_network=True),
}
_FIELDS_OF_NETWORKS = tuple(name for name, field in _FIELDS.items() if field.of_network)
_OPTIMIZER = "optimizer"
_CHOICES = {_OPTIMIZER: tuple(OPTIMIZERS), "class_weight": get_args(ClassWeight)}


def load_recipe(name: str | Path) -> Recipe:
    """Return the recipe called `name`, in the recipe file `name` ending in .toml, or the user's own at
    "FILE.py:NAME" (tenfold.recipes.own).

    Raises InputError, with the nearest name, if there is none, or if the file cannot be used.

    >>> tenfold.load_recipe("cnn-32")
    <Recipe cnn-32: One convolution, pooled, and a dense layer; 693,962 parameters, ...>
    """
    if str(name).endswith(".toml"):
        return _load_file(Path(name))
    if is_place(str(name)):
        return own_recipe(str(name))
    return find_recipe(str(name))


def change(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """`recipe` with other values for some of its fields; equal values are not changes.

    The result has no document. Raises InputError for a field that cannot be changed or a value it cannot
    have.
    """
    checked = {name: _check(recipe, name, value) for name, value in sorted(changes.items())}
    changed = {name: value for name, value in checked.items() if value != _own_value(recipe, name)}
    if not changed:
        return recipe
    of_network = {name: value for name, value in changed.items() if name in _FIELDS_OF_NETWORKS}
    fields: dict[str, Any] = {
        name: value for name, value in changed.items() if name not in (*_FIELDS_OF_NETWORKS, _OPTIMIZER)
    }
    if of_network:
        fields |= {"build": partial(recipe.build, **of_network), "parameters": None, "multiply_adds": None}
    if _OPTIMIZER in changed:
        fields["build_optimizer"] = OPTIMIZERS[changed[_OPTIMIZER]]
    fields |= {"changes": {**(recipe.changes or {}), **changed}, "documented_accuracy": None}
    return replace(recipe, **fields)


def parse_changes(texts: Sequence[str]) -> dict[str, Any]:
    """The values in texts such as "dropout=0.3" and "hidden=256,128", by field. Raises InputError."""
    changes = {}
    for text in texts:
        name, joint, value = text.partition("=")
        if not (name and joint and value):
            raise InputError(f"expected NAME=VALUE, such as dropout=0.3, received {text!r}")
        changes[name] = _parse_value(value)
    return changes


def _parse_value(text: str) -> Any:
    for value in (text, f"[{text}]"):
        try:
            return tomllib.loads(f"value = {value}")["value"]
        except (ValueError, RecursionError, KeyError):
            continue
    return text


def write_recipe_file(path: Path, name: str, changes: Mapping[str, Any], remarks: str) -> None:
    """Write a file for `load_recipe`, atomically, with `remarks` as a comment on top."""
    lines = [f"# {line}".rstrip() for line in remarks.splitlines()]
    lines += ["", f'recipe = "{name}"', "", "[changes]", *(f"{key} = {changes[key]!r}" for key in changes)]
    write_text(path, "\n".join(lines) + "\n")


def _load_file(path: Path) -> Recipe:
    """The recipe in the TOML file at `path`. Raises InputError if it is missing or cannot be used."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"expected a recipe file, found none at {path}") from None
    if len(content) > _LARGEST_FILE_BYTES:
        raise InputError(f"expected a recipe file of at most {_LARGEST_FILE_BYTES:,} bytes, {path} is larger")
    try:
        fields = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not a recipe file in TOML: {_first_line(error)}") from None
    name, changes = fields.pop("recipe", None), fields.pop("changes", {})
    if fields or not isinstance(name, str) or not isinstance(changes, dict):
        raise InputError(f'expected {path} to contain only recipe = "NAME" and a table [changes]')
    try:
        return change(find_recipe(name), changes)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _check(recipe: Recipe, name: str, value: Any) -> Any:
    """`value`, checked and converted for the field `name`."""
    known = [key for key, field in _FIELDS.items() if _knows(recipe, key, field)]
    known += [_OPTIMIZER] * _has_optimizers(recipe) + ["class_weight"] * (recipe.kind == "classify")
    if name not in known:
        raise InputError(
            f"{recipe.name} has no field {name!r} that can be changed; these can: {', '.join(known)}"
        )
    if name not in _CHOICES:
        return _FIELDS[name].check(name, value)
    if value not in _CHOICES[name]:
        raise InputError(f"expected {name} to be one of {', '.join(_CHOICES[name])}, received {value!r}")
    return value


def _knows(recipe: Recipe, name: str, field: _Field) -> bool:
    if field.of_network:
        return name in signature(recipe.build).parameters
    return recipe.loss == "categorical_crossentropy" or not field.of_one_hot


def _has_optimizers(recipe: Recipe) -> bool:
    """Whether its learning rate is constant, so that the optimizer can be exchanged."""
    return recipe.build_optimizer in OPTIMIZERS.values()


def _own_value(recipe: Recipe, name: str) -> Any:
    """The value of `recipe`'s field `name`."""
    if name == _OPTIMIZER:
        return next(name for name, build in OPTIMIZERS.items() if build is recipe.build_optimizer)
    if name not in _FIELDS_OF_NETWORKS:
        return getattr(recipe, name)
    value = signature(recipe.build).parameters[name].default
    return list(value) if isinstance(value, tuple) else value


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
