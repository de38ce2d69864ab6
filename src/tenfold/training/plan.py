"""What is known about a run before it starts: settings, folder, and held-out images."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenfold.cores import available_cores
from tenfold.data import Dataset, stratified_split
from tenfold.recipes import RECIPES, Recipe, load_recipe
from tenfold.recipes.changes import change
from tenfold.recipes.own import recipe_in_file
from tenfold.runs.settings import VALIDATION_IMAGES, FineTuning, Network, Settings
from tenfold.training.source import network_digest

Part = tuple[NDArray[np.uint8], NDArray[np.int64]]  # images (N, 28, 28) and their labels (N,)


def plan_run(
    recipe: Recipe,
    data: str,
    data_sha256: str,
    *,
    seed: int = 0,
    epochs: int | None = None,
    threads: int | None = None,
    as_written: bool = False,
    permuted: bool = False,
    fine_tuning: FineTuning | None = None,
    held_out_only: bool = False,
    network: Network | None = None,
) -> Settings:
    """The settings of one run of `recipe`, by default with its own number of epochs and on all cores.

    `network` defaults to the one in the recipe's own file, if it has one.

    Raises InputError for a number out of range.
    """
    return Settings(
        recipe=recipe.name,
        seed=seed,
        epochs=recipe.epochs if epochs is None else epochs,
        data=data,
        data_sha256=data_sha256,
        as_written=as_written,
        permuted=permuted,
        threads=available_cores() if threads is None else threads,
        fine_tuning=fine_tuning,
        changes=recipe.changes,
        network=network or _network_of(recipe),
        held_out_only=held_out_only,
    )


def _network_of(recipe: Recipe) -> Network | None:
    return Network(recipe.place, network_digest(recipe.place)) if recipe.place else None


def to_plan(recipe: str | Path | Recipe) -> Recipe:
    """The recipe by name, file or object, in a form that other processes can load.

    Raises InputError if there is none, or if they cannot load it.
    """
    if isinstance(recipe, str | Path):
        return load_recipe(recipe)
    if recipe.place:
        return recipe
    if recipe.name in RECIPES and recipe.same_as(change(load_recipe(recipe.name), recipe.changes or {})):
        return recipe
    return recipe_in_file(recipe)


def default_folder(settings: Settings) -> Path:
    """The default folder of a run."""
    how = "-fine-tuned" if settings.fine_tuning else ""
    return Path("runs") / f"{name_in_folders(settings)}{how}-seed-{settings.seed}"


def name_in_folders(settings: Settings) -> str:
    """The recipe's name with its changes, if any: "fast-tuned-3f9a"."""
    return f"{settings.recipe} {settings.variant}".strip().replace(" ", "-").replace(":", "-")


def split_training(data: Dataset, seed: int) -> tuple[Part, Part]:
    """The training images in two parts: the ones a run with this seed trains on, and the held-out ones."""
    held_out = min(VALIDATION_IMAGES, len(data.y_train) // 10)
    train, validation = stratified_split(data.y_train, held_out, seed)
    return (
        (data.x_train[train], data.y_train[train]),
        (data.x_train[validation], data.y_train[validation]),
    )
