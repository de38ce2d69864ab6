"""Recipes, one file each, which opens with its source, its command, the result to expect and its cost."""

from tenfold.recipes.changes import load_recipe
from tenfold.recipes.recipe import (
    DOCUMENTED,
    RECIPES,
    Images,
    ImageSource,
    Kind,
    Labels,
    Range,
    Recipe,
)

__all__ = [
    "DOCUMENTED",
    "RECIPES",
    "ImageSource",
    "Images",
    "Kind",
    "Labels",
    "Range",
    "Recipe",
    "load_recipe",
]
