"""Arguments and options that several commands have."""

from pathlib import Path
from typing import Annotated, Literal

import typer

RecipeName = Annotated[
    str,
    typer.Argument(
        metavar="RECIPE", help="A name from `tenfold recipes`, a recipe file.toml, or mine.py:build."
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
    bool, typer.Option("--skip-damaged", help="Skip pictures that cannot be read, and report how many.")
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE...",
        help="Change values of the recipe, such as dropout=0.3 epochs=5 hidden=256,128 optimizer=sgd.",
    ),
]
AsWritten = Annotated[
    bool, typer.Option("--as-written", help="Train as the document does: on all training images.")
]
EngineName = Annotated[
    Literal["local", "ray"], typer.Option("--engine", help="Run on this machine, or on a Ray cluster.")
]
Address = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="With --engine ray: the cluster, or auto. [default: a temporary one on this machine]",
    ),
]
Checkpoints = Annotated[
    str | None,
    typer.Option(
        metavar="URL", help="With --engine ray: storage for checkpoints that all machines can reach."
    ),
]
Single = Annotated[bool, typer.Option("--single", help="Each picture holds one digit.")]
MaxPixels = Annotated[int, typer.Option(help="Refuse larger pictures.", min=1)]
Again = Annotated[
    bool, typer.Option("--again", help="Retrain runs that were made differently, instead of refusing them.")
]
Track = Annotated[
    list[str] | None,
    typer.Option(metavar="mlflow[:URI]|tensorboard[:DIR]", help="Also send the runs there during training."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
