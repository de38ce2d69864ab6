"""The command that starts the HTTP service."""

from pathlib import Path
from typing import Annotated

import typer

from tenfold.cli.program import app
from tenfold.serve.settings import ServiceSettings

_DEFAULTS = ServiceSettings()


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="0.0.0.0 for the whole network; then also give a --token.")
    ] = _DEFAULTS.host,
    port: Annotated[int, typer.Option(help="0 for any free port.")] = _DEFAULTS.port,
    model: Annotated[
        Path | None,
        typer.Option(metavar="FILE.onnx", help="Read with this network. [default: the bundled one]"),
    ] = None,
    runs: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Let the page compare the trained runs in this folder.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Store corrections made on the page in this folder.")
    ] = None,
    token: Annotated[str | None, typer.Option(envvar="TENFOLD_TOKEN", help="Require this token.")] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Let pages of this site use the service; repeatable."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Also accept this host name; repeatable."),
    ] = None,
    root_path: Annotated[
        str, typer.Option(metavar="/PREFIX", help="The prefix that a proxy strips from paths.")
    ] = _DEFAULTS.root_path,
    workers: Annotated[int, typer.Option(help="Number of worker processes.")] = _DEFAULTS.workers,
    max_body: Annotated[int, typer.Option(help="Refuse larger bodies, in bytes.")] = _DEFAULTS.max_body_bytes,
    max_pixels: Annotated[int, typer.Option(help="Refuse larger pictures.")] = _DEFAULTS.max_pixels,
    timeout: Annotated[
        float, typer.Option(help="Abort requests that take longer, in seconds.")
    ] = _DEFAULTS.timeout_s,
    log: Annotated[
        bool, typer.Option("--log", help="Log size, time and status of every request.")
    ] = _DEFAULTS.log,
) -> None:
    """Start a page to draw on, and an HTTP service for programs."""
    from tenfold.serve.server import serve as run_service

    settings = ServiceSettings(
        host=host,
        port=port,
        model=model,
        runs=runs,
        keep=keep,
        token=token,
        allow_origins=tuple(allow_origin or ()),
        allow_hosts=tuple(allow_host or ()),
        root_path=root_path.rstrip("/"),
        workers=workers,
        max_body_bytes=max_body,
        max_pixels=max_pixels,
        timeout_s=timeout,
        log=log,
    )
    run_service(settings, on_ready=lambda address: print(address, flush=True))  # noqa: T201
