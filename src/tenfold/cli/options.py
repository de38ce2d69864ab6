"""Arguments and options that several commands have."""

from pathlib import Path
from typing import Annotated, Literal

import typer

RecipeName = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE", help="A name that `tenfold recipes` lists, a recipe file.toml, or mine.py:build."
    ),
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")]
Data = Annotated[
    str,
    typer.Option(
        help="mnist, fashion-mnist, kmnist, qmnist, emnist-letters (-digits, -balanced, ...), or a path: "
        ".npz, IDX files, a folder per class, a CSV (file,label)."
    ),
]
SkipDamaged = Annotated[
    bool, typer.Option("--skip-damaged", help="Leave out pictures that cannot be read, and say how many.")
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE...",
        help="Other values for the recipe, such as dropout=0.3 epochs=5 hidden=256,128 optimizer=sgd.",
    ),
]
AsWritten = Annotated[
    bool, typer.Option("--as-written", help="Train as the document does: on all training images.")
]
EngineName = Annotated[
    Literal["local", "ray"], typer.Option("--engine", help="Work on this machine, or on a Ray cluster.")
]
Address = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="With --engine ray: its cluster, or auto. [default: one of this machine alone]",
    ),
]
Checkpoints = Annotated[
    str | None,
    typer.Option(metavar="URL", help="With --engine ray: where its machines keep what runs have finished."),
]
Single = Annotated[bool, typer.Option("--single", help="Each picture holds one digit.")]
MaxPixels = Annotated[int, typer.Option(help="Refuse larger pictures.", min=1)]
Again = Annotated[
    bool, typer.Option("--again", help="Train anew what was made otherwise, instead of refusing it.")
]
Track = Annotated[
    list[str] | None,
    typer.Option(metavar="mlflow[:URI]|tensorboard[:DIR]", help="Show the runs there, too, as they grow."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
