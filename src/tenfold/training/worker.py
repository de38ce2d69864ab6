"""One run in a process of its own: `python -m tenfold.training.worker`.

Who starts it writes one JSON line to its standard input, {"path", "settings"}, and reads JSON lines from its
standard output: {"progress": {...}} while it trains and, in the end, {"finished": true} or {"error": "..."}.
When standard input closes, because the starter ended in whatever way, the worker ends at once: what it had
finished is on the disk.
"""

import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tenfold.data import load_data
from tenfold.data.own import load_own_digits
from tenfold.errors import RunError, TenfoldError
from tenfold.training.backend import set_up_keras
from tenfold.training.engine import train_run
from tenfold.training.progress import Progress
from tenfold.training.settings import Settings

# Where they are installed, Keras imports them, for a second, in case it is given objects of theirs.
_NOT_NEEDED = ("pandas", "sklearn")


def main() -> None:
    sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # type: ignore[arg-type]  # None: not to be imported
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_starter, daemon=True).start()
    try:
        _train(Path(task["path"]), Settings.from_dict(task["settings"]))
        _say({"finished": True})
    except TenfoldError as error:
        _say({"error": str(error)})
    except OSError as error:
        where = error.filename or task["path"]
        _say(
            {
                "error": f"{error.strerror or error}: {where}; what was finished is kept, "
                "and the same command goes on from there"
            }
        )
    os._exit(0)  # all is on the disk; TensorFlow would take a second to put itself away


def _train(path: Path, settings: Settings) -> None:
    data = load_data(settings.data)
    if data.sha256 != settings.data_sha256:
        raise RunError(f"the images at {settings.data} changed since the study began; begin a new one")
    own = None
    if begun := settings.fine_tuning:
        own = load_own_digits(begun.digits)
        if own.sha256 != begun.digits_sha256:
            raise RunError(f"the digits in {begun.digits} changed since the run began; begin a new one")
    set_up_keras(settings.threads)
    train_run(path, settings, data, own, on_progress=_say_progress)


def _say_progress(progress: Progress) -> None:
    _say({"progress": asdict(progress)})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _end_with_starter() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
