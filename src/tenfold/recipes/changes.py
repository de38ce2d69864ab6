"""Recipes by their name, and with some fields changed, as a tuning finds them and a file says it:

recipe = "fast"

[changes]
learning_rate = 0.0134
batch_size = 180
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tenfold.errors import InputError
from tenfold.files import write_text
from tenfold.recipes.recipe import Recipe, find_recipe

_LARGEST_FILE_BYTES = 64 * 2**10


@dataclass(frozen=True)
class _Field:
    """What a field that can be changed may be, both ends included."""

    low: float
    high: float
    whole: bool = False
    of_one_hot: bool = False  # only losses of one-hot labels know it

    def describe(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}"


_FIELDS = {
    "learning_rate": _Field(1e-9, 10),
    "batch_size": _Field(1, 10_000, whole=True),
    "label_smoothing": _Field(0, 0.99, of_one_hot=True),
    "pretraining": _Field(0, 1, of_one_hot=True),
}


def load_recipe(name: str | Path) -> Recipe:
    """Return the recipe called `name`, or that in the recipe file at `name`, which then ends in .toml.

    Raises InputError, with the nearest name, where there is none, and where the file cannot be used.
    """
    if str(name).endswith(".toml"):
        return _load_file(Path(name))
    return find_recipe(str(name))


def change(recipe: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """`recipe` with other values for some of its fields; those it has already are no changes.

    No document describes it. Raises InputError for a field that cannot be changed and a value that it cannot
    have.
    """
    checked = {name: _check(recipe, name, value) for name, value in sorted(changes.items())}
    changed = {name: value for name, value in checked.items() if value != getattr(recipe, name)}
    if not changed:
        return recipe
    fields: dict[str, Any] = {**changed, "changes": changed, "documented_accuracy": None}
    return replace(recipe, **fields)


def write_recipe_file(path: Path, name: str, changes: Mapping[str, float], remarks: str) -> None:
    """Write, atomically, what `load_recipe` reads, with `remarks` as a comment on top."""
    lines = [f"# {line}".rstrip() for line in remarks.splitlines()]
    lines += ["", f'recipe = "{name}"', "", "[changes]", *(f"{key} = {changes[key]!r}" for key in changes)]
    write_text(path, "\n".join(lines) + "\n")


def _load_file(path: Path) -> Recipe:
    """The recipe in the TOML file at `path`. Raises InputError where there is none or it cannot be used."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"expected a recipe file, found none at {path}") from None
    if len(content) > _LARGEST_FILE_BYTES:
        raise InputError(f"expected a recipe file of at most {_LARGEST_FILE_BYTES:,} bytes, {path} is larger")
    try:
        said = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is no recipe file in TOML: {_first_line(error)}") from None
    name, changes = said.pop("recipe", None), said.pop("changes", {})
    if said or not isinstance(name, str) or not isinstance(changes, dict):
        raise InputError(f'expected {path} to hold recipe = "NAME" and a table [changes], and nothing else')
    try:
        return change(find_recipe(name), changes)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _check(recipe: Recipe, name: str, value: Any) -> float:
    """`value` as the field `name` has it."""
    known = [key for key, field in _FIELDS.items() if _knows(recipe, field)]
    if name not in known:
        raise InputError(f"{recipe.name} has no {name!r} to change, but {', '.join(known)}")
    field = _FIELDS[name]
    is_number = isinstance(value, int if field.whole else int | float) and not isinstance(value, bool)
    if not is_number:
        raise InputError(f"expected {name} to be {field.describe()}, received {type(value).__name__}")
    if not field.low <= value <= field.high:
        received = f"{value:g}" if abs(value) < 1e300 else "none"
        raise InputError(f"expected {name} to be {field.describe()}, received {received}")
    return int(value) if field.whole else float(value)


def _knows(recipe: Recipe, field: _Field) -> bool:
    return recipe.loss == "categorical_crossentropy" or not field.of_one_hot


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
