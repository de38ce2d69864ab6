"""A recipe's layers, without training it."""

from dataclasses import asdict
from typing import Any

from tenfold.cores import available_cores
from tenfold.keras_backend import set_up_keras
from tenfold.recipes import Recipe


def layers_of(recipe: Recipe) -> list[dict[str, Any]]:
    """One entry per layer, as `tenfold.models.layers.LayerSummary` has it. Imports Keras."""
    set_up_keras(available_cores())
    from tenfold.models.layers import summarize_layers

    return [asdict(layer) for layer in summarize_layers(recipe.build())]
