"""Commands that list recipes and show their networks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenfold.cli.options import AsJson, RecipeName, Set
from tenfold.cli.program import app, print_json

if TYPE_CHECKING:
    from tenfold.recipes import Recipe


@app.command()
def recipes(as_json: AsJson = False) -> None:
    """List what can be trained."""
    from tenfold.recipes import RECIPES, load_recipe

    listed = [load_recipe(name) for name in RECIPES]
    if as_json:
        print_json([recipe.facts() for recipe in listed])
    else:
        _print_recipes(listed)


def _print_recipes(recipes: "Iterable[Recipe]") -> None:
    """Print a line per recipe."""
    from tenfold.cli.printing import new_table, print_table

    table = new_table("recipe", "parameters", "epochs", "documented", texts=["what it is"])
    for recipe in recipes:
        table.add_row(
            recipe.name,
            recipe.summary,
            f"{recipe.parameters:,}" if recipe.parameters else "",
            str(recipe.epochs),
            render_accuracy_range(recipe.documented_accuracy),
        )
    print_table(table)


def render_accuracy_range(accuracy: Sequence[float] | None) -> str:
    """A documented accuracy, e.g. "97.8-98.0 %"."""
    if accuracy is None:
        return "not stated"
    low, high = accuracy
    return f"{100 * low:.2f} %" if low == high else f"{100 * low:.1f}-{100 * high:.1f} %"


@app.command()
def show(
    recipe: RecipeName,
    changes: Set = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg|FILE.png", help="Draw the network into this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a recipe's network, layer by layer."""
    from tenfold.cores import available_cores
    from tenfold.drawing.architecture import draw_network
    from tenfold.keras_backend import set_up_keras
    from tenfold.recipes import load_recipe
    from tenfold.recipes.changes import change, parse_changes
    from tenfold.symbols import N_DIGITS

    found = change(load_recipe(recipe), parse_changes(changes or ()))
    set_up_keras(available_cores())
    from tenfold.models.layers import summarize_layers

    layers = [asdict(layer) for layer in summarize_layers(found.build_for(N_DIGITS))]
    if picture:
        draw_network(layers).save(picture)
    if as_json:
        print_json({**found.facts(), "layers": layers})
    else:
        _print_network(found, layers, recipe, picture)


def _print_network(
    recipe: "Recipe", layers: Sequence[Mapping[str, Any]], typed: str, picture: Path | None
) -> None:
    """Print a recipe's layers, the totals, and the path of its picture."""
    from rich.text import Text

    from tenfold.cli.printing import new_table, out, print_table

    out.print(Text(recipe.name, "bold"), f" {recipe.summary}")
    table = new_table("layer", "parameters", "multiply-adds", texts=["activation", "output shape"])
    for layer in layers:
        table.add_row(
            layer["name"],
            layer["activation"],
            " × ".join(map(str, layer["output_shape"])),
            f"{layer['parameters']:,}",
            f"{layer['multiply_adds']:,}",
        )
    table.add_section()
    parameters, trainable, multiply_adds = (
        sum(layer[key] for layer in layers) for key in ("parameters", "trainable_parameters", "multiply_adds")
    )
    table.add_row("total", "", "", f"{parameters:,}", f"{multiply_adds:,}")
    print_table(table)
    out.print(
        f"trainable parameters: {trainable:,}, non-trainable: {parameters - trainable:,}", soft_wrap=True
    )
    out.print(f"picture: {picture or f'tenfold show {typed} --picture FILE.svg'}", soft_wrap=True)
