"""Commands about data: describe and download digits."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenfold.cli.options import AsJson, SkipDamaged
from tenfold.cli.program import app, print_json

if TYPE_CHECKING:
    from tenfold.data.dataset import Summary


@app.command()
def data(
    source: Annotated[
        str, typer.Argument(metavar="[DATA]", help="Like --data of `tenfold train`.")
    ] = "mnist",
    pictures: Annotated[
        Path | None, typer.Option(metavar="FILE.png", help="Write a sheet of labelled samples.")
    ] = None,
    skip_damaged: SkipDamaged = False,
    as_json: AsJson = False,
) -> None:
    """Describe a data set: shapes, values, images per class."""
    from tenfold.cli.bars import PictureBar
    from tenfold.cli.printing import print_note
    from tenfold.data import load_data, summarize

    with PictureBar() as bar:
        digits = load_data(source, skip_damaged=skip_damaged, on_event=print_note, on_pictures=bar.show)
    if pictures:
        digits.show().save(pictures)
        print_note(f"wrote {pictures}")
    if as_json:
        print_json(asdict(summarize(digits)))
    else:
        _print_data(summarize(digits))


def _print_data(summary: "Summary") -> None:
    """Print shapes, dtypes, value ranges and images per class."""
    from rich.text import Text

    from tenfold.cli.printing import new_table, out, print_table

    out.print(Text(summary.name, "bold"), f" from {summary.origin}", soft_wrap=True)
    for part, facts in (("train", summary.train), ("test", summary.test)):
        out.print(
            f"{part:5}  images {facts.images_shape} {facts.images_dtype}, "
            f"values {facts.smallest_value}-{facts.largest_value}; "
            f"labels {facts.labels_shape} {facts.labels_dtype}"
        )
    table = new_table("class", "train", "test")
    for name in summary.class_names:
        table.add_row(
            name, f"{summary.train.images_per_class[name]:,}", f"{summary.test.images_per_class[name]:,}"
        )
    print_table(table)


@app.command()
def fetch(
    name: Annotated[
        str,
        typer.Argument(
            help="mnist, fashion-mnist, kmnist, qmnist, emnist, or pen strokes: unipen, pendigits"
        ),
    ] = "mnist",
    path: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PATH",
            help="Use this published file, or a folder of them, instead of the network.",
        ),
    ] = None,
) -> None:
    """Download a data set now, to work offline later."""
    from tenfold.cli.printing import out, print_note
    from tenfold.data import fetch as fetch_data

    out.print(fetch_data(name, path, on_event=print_note), soft_wrap=True, highlight=False)
