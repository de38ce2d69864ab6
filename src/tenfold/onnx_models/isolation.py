"""Run untrusted models in a separate process, so that a graph that never ends blocks nobody.

`python -P -m tenfold.onnx_models.isolation MODULE:FUNCTION ARGUMENT...` calls a function with the bytes of
standard input and the arguments, and writes what it yields. It exits when its parent does.
"""

import importlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tenfold.errors import InputError, ModelError, TenfoldError

_BAD_INPUT, _BAD_MODEL = 2, 1
_LOOK_EVERY_S = 0.2


def call_isolated(
    function: Callable[..., Iterable[bytes]],
    *arguments: str,
    content: bytes = b"",
    patience_s: float,
    model: Path,
) -> bytes:
    """Everything that `function(content, *arguments)`, a module-level function, yields in a new process.

    `model` is the file it works with. Raises what the function raises, InputError or ModelError; ModelError
    if it yields nothing for `patience_s` (checked every `patience_s`), or the process dies.
    """
    name = f"{function.__module__}:{function.__qualname__}"
    command = [sys.executable, "-P", "-m", "tenfold.onnx_models.isolation", name, *arguments]
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as received,
        tempfile.TemporaryFile() as errors,
    ):
        given.write(content)
        given.seek(0)
        with subprocess.Popen(command, stdin=given, stdout=received, stderr=errors) as process:
            try:
                code = _wait(process, lambda: os.fstat(received.fileno()).st_size, patience_s)
            finally:
                process.kill()
        if code is None:
            raise ModelError(
                f"the model {model} did not answer within {patience_s:g} s; its graph may never end"
            )
        errors.seek(0)
        *_, last = ["", *errors.read().decode(errors="replace").splitlines()]
        if code == _BAD_INPUT:
            raise InputError(last)
        if code == _BAD_MODEL:
            raise ModelError(last)
        if code != 0:
            raise ModelError(f"the process that tried the model {model} died with exit code {code}: {last}")
        received.seek(0)
        return received.read()


def _wait(process: subprocess.Popen[bytes], progress: Callable[[], int], patience_s: float) -> int | None:
    """The exit code; None once `progress` has not changed for `patience_s`."""
    seen = -1
    while seen != (seen := progress()):
        try:
            return process.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue
    return None


def main() -> None:
    name, *arguments = sys.argv[1:]
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    module, function = name.split(":")
    code = 0
    try:
        for part in getattr(importlib.import_module(module), function)(sys.stdin.buffer.read(), *arguments):
            sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
    except TenfoldError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201
        code = _BAD_INPUT if isinstance(error, InputError) else _BAD_MODEL
    os._exit(code)  # without waiting for the model's threads


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)


if __name__ == "__main__":
    main()
