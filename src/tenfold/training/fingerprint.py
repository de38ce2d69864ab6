"""What determines a run in addition to its settings: the recipe's definition, callbacks and versions."""

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from platform import python_version
from typing import TYPE_CHECKING, Any

import tenfold
from tenfold.recipes import Recipe
from tenfold.training.callbacks import describe_callbacks
from tenfold.training.source import recipe_digest

if TYPE_CHECKING:
    import keras

_FIGURES = ("learning_rate", "batch_size", "loss", "label_smoothing", "pretraining")
_COMPUTING = ("keras", "tensorflow", "tenfold")  # another version of these gives other weights
_TENSORFLOWS = ("tensorflow", "tensorflow-cpu")


def fingerprint(recipe: Recipe, callbacks: Sequence["keras.callbacks.Callback"] = ()) -> dict[str, Any]:
    """The fingerprint for recipe.json. Does not import Keras."""
    return {
        **{name: getattr(recipe, name) for name in _FIGURES},
        "recipe_sha256": recipe_digest(recipe),
        "callbacks": describe_callbacks(callbacks),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """The versions of Python and of the packages used."""
    return {
        "python": python_version(),
        "tenfold": tenfold.__version__,
        **{package: version(package) for package in ("keras", "numpy")},
        "tensorflow": _tensorflow_version(),
    }


def decisive_fields(made: Mapping[str, Any]) -> dict[str, Any]:
    """The decisive part of a fingerprint, from recipe.json or `fingerprint`, as a flat mapping.

    Runs of earlier versions lack some entries.
    """
    names = (*_FIGURES, "recipe_sha256", "callbacks")
    return {name: made[name] for name in names if name in made} | {
        f"versions.{package}": made["versions"][package]
        for package in _COMPUTING
        if package in made.get("versions", {})
    }


def _tensorflow_version() -> str:
    """From package metadata; importing TensorFlow would take seconds."""
    for name in _TENSORFLOWS:
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return version(packages_distributions()["tensorflow"][0])
