"""The digits that are trained on."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli.options import AsJson
from tenfold.cli.program import app, print_json


@app.command()
def data(
    source: Annotated[str, typer.Argument(metavar="[DATA]", help="As --data of `tenfold train`.")] = "mnist",
    pictures: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Write a sheet of samples with their labels.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Describe digits: shapes, values, images per class."""
    from tenfold import terminal
    from tenfold.data import load_data, summarize, write_contact_sheet

    digits = load_data(source, on_event=terminal.tell)
    if pictures:
        write_contact_sheet(digits, pictures)
        terminal.tell(f"wrote {pictures}")
    if as_json:
        print_json(asdict(summarize(digits)))
    else:
        terminal.print_data(summarize(digits))


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="mnist or fashion-mnist")] = "mnist",
) -> None:
    """Get images now, to work offline later."""
    from tenfold import terminal
    from tenfold.data import fetch as fetch_data

    terminal.out.print(fetch_data(name, on_event=terminal.tell), soft_wrap=True, highlight=False)
