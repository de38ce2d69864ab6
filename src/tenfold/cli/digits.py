"""The digits that are trained on."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli.options import AsJson, SkipDamaged
from tenfold.cli.program import app, print_json
from tenfold.errors import InputError


@app.command()
def data(
    source: Annotated[str, typer.Argument(metavar="[DATA]", help="As --data of `tenfold train`.")] = "mnist",
    pictures: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Write a sheet of samples with their labels.")
    ] = None,
    skip_damaged: SkipDamaged = False,
    as_json: AsJson = False,
) -> None:
    """Describe digits: shapes, values, images per class."""
    from tenfold import terminal
    from tenfold.data import load_data, summarize, write_contact_sheet

    with terminal.PictureBar() as bar:
        digits = load_data(source, skip_damaged=skip_damaged, on_event=terminal.tell, on_pictures=bar.show)
    if pictures:
        write_contact_sheet(digits, pictures)
        terminal.tell(f"wrote {pictures}")
    if as_json:
        print_json(asdict(summarize(digits)))
    else:
        terminal.print_data(summarize(digits))


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="mnist, fashion-mnist, unipen or pendigits")] = "mnist",
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PATH",
            help="Where unipen or pendigits is: an .npz, or the folder of UNIPEN's archive.",
        ),
    ] = None,
) -> None:
    """Get digits now, to work offline later."""
    from tenfold import terminal
    from tenfold.data import fetch as fetch_data
    from tenfold.data import pens

    if source is not None:
        path = pens.keep(name, source)
    elif name in pens.SHA256:
        raise InputError(f"{name} is not fetched: say where it is with --from PATH")
    else:
        path = fetch_data(name, on_event=terminal.tell)
    terminal.out.print(path, soft_wrap=True, highlight=False)
