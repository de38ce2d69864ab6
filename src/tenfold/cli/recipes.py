"""What can be trained."""

from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli.options import AsJson, RecipeName
from tenfold.cli.program import app, print_json


@app.command()
def recipes(as_json: AsJson = False) -> None:
    """List what can be trained."""
    from tenfold import terminal
    from tenfold.recipes import RECIPES, load_recipe

    listed = [load_recipe(name) for name in RECIPES]
    if as_json:
        print_json([recipe.facts() for recipe in listed])
    else:
        terminal.print_recipes(listed)


@app.command()
def show(
    recipe: RecipeName,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the architecture into this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a recipe's network, layer by layer."""
    from tenfold import terminal
    from tenfold.files import write_text
    from tenfold.recipes import load_recipe
    from tenfold.report import draw_architecture
    from tenfold.training.layers import layers_of

    found = load_recipe(recipe)
    layers = layers_of(found)
    if picture:
        write_text(picture, draw_architecture(layers))
    if as_json:
        print_json({**found.facts(), "layers": layers})
    else:
        terminal.print_network(found, layers, picture)
