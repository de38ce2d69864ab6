"""Read pictures: some, or millions."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tenfold.cli.options import Address
from tenfold.cli.program import app, resumable
from tenfold.errors import InputError


@app.command()
def read(
    pictures: Annotated[
        list[str], typer.Argument(metavar="FILE|DIR|-...", help="Pictures, folders of them, or - for stdin.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON per picture.")] = False,
    single: Annotated[bool, typer.Option("--single", help="Each picture holds one digit.")] = False,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.png", help="Draw what was read; a folder where there are several pictures."
        ),
    ] = None,
    explain: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write every stage, from picture to digits, as PNG.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(metavar="RUN|FILE.onnx", help="Read with your own network. [default: the bundled]"),
    ] = None,
    max_pixels: Annotated[
        int | None, typer.Option(help="Refuse larger pictures. [default: 50 million]", min=1)
    ] = None,
    engine: Annotated[
        Literal["local", "ray"] | None,
        typer.Option(
            help="Read millions: INPUT, a folder, a glob, .tar or .parquet files, into the folder OUTPUT, "
            "on all cores or with Ray."
        ),
    ] = None,
    address: Address = None,
) -> None:
    """Read the digits in pictures; ? stands where it is not sure.

    One picture may have 5,000 pieces of ink, 500 lines and 4,000 digits; more is refused.
    """
    if engine or address:
        if model:
            raise InputError("--engine reads with the bundled network: leave out --model, or --engine")
        if annotate or explain:
            raise InputError(
                "--annotate and --explain draw a few pictures: leave them out, or leave out --engine"
            )
        _read_many(pictures, engine or "ray", address, single, max_pixels, as_json=as_json)
        return

    from tenfold.reader import Reader
    from tenfold.reader.files import Drawings, find_sources, read_sources
    from tenfold.reader.output import print_outcome, print_outcome_as_json, show_progress

    sources = find_sources(pictures)
    drawings = Drawings(annotate, explain, several=len(sources) > 1)
    reader = Reader(model) if max_pixels is None else Reader(model, max_pixels=max_pixels)
    failed = 0
    for outcome in show_progress(read_sources(sources, reader, single=single), len(sources)):
        if as_json:
            print_outcome_as_json(outcome)
        else:
            print_outcome(outcome, named=len(sources) > 1)
        drawings.draw(outcome)
        failed += outcome.trace is None
    if failed:
        raise typer.Exit(2)


def _read_many(
    places: list[str],
    engine: Literal["local", "ray"],
    address: str | None,
    single: bool,
    max_pixels: int | None,
    *,
    as_json: bool,
) -> None:
    from tenfold.bulk import output, read_many
    from tenfold.imaging.decode import MAX_PIXELS

    if len(places) != 2:
        raise InputError(f"--engine takes INPUT and OUTPUT, received {len(places)} places: quote a glob")
    # Ray tells of what it lost on stdout, where the summary is to stand alone.
    with resumable("What was read is kept"), output.show_bar() as show:
        summary = read_many(
            *places,
            engine=engine,
            address=address,
            single=single,
            max_pixels=max_pixels or MAX_PIXELS,
            on_progress=show,
        )
    if as_json:
        output.print_summary_as_json(summary)
    else:
        output.print_summary(summary)
