"""The command that reports what tenfold finds on this machine."""

from dataclasses import asdict
from typing import Annotated

import typer

from tenfold.cli.options import AsJson
from tenfold.cli.program import app, print_json


@app.command()
def doctor(
    network: Annotated[bool, typer.Option("--network", help="Also contact the sources of data.")] = False,
    as_json: AsJson = False,
) -> None:
    """Report what tenfold finds here: packages, cores, GPUs, the cache."""
    from rich.text import Text

    from tenfold.cli.printing import out
    from tenfold.doctor import examine

    if as_json:
        print_json([asdict(finding) for finding in examine(network=network)])
        return
    for finding in examine(network=network):
        out.print(Text(f"{finding.subject}: ", "bold"), finding.found, sep="", soft_wrap=True)
        if finding.advice:
            out.print(f"  {finding.advice}", soft_wrap=True)
