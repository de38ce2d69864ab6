"""One run in a separate process: `python -m tenfold.engines.worker`.

The parent writes one JSON line to standard input, {"path", "settings", "data", "own"}, where the last two are
files of images or None, and reads JSON lines from standard output: {"progress": {...}} during training and,
at the end, {"finished": CPU seconds}, {"diverged": "..."} or {"error": "..."}. When standard input closes,
because the parent ended for any reason, the worker exits at once: its finished epochs are on disk.
"""

import json
import os
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tenfold.data import Dataset
from tenfold.data.own import load_own_digits
from tenfold.engines.engine import load_planned
from tenfold.engines.handover import take_over
from tenfold.errors import DivergedError, RunError, TenfoldError
from tenfold.keras_backend import set_up_worker
from tenfold.runs.settings import FineTuning, Settings
from tenfold.training.progress import Progress
from tenfold.training.trainer import train_run


def main() -> None:
    set_up_worker()
    sys.stdout = sys.stderr  # output of the user's own file goes into the log
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_starter, daemon=True).start()
    try:
        _train(task)
        _send({"finished": time.process_time()})
    except DivergedError as error:
        _send({"diverged": str(error)})
    except TenfoldError as error:
        _send({"error": str(error)})
    except OSError as error:
        where = error.filename or task["path"]
        _send(
            {
                "error": f"{error.strerror or error}: {where}; what was finished is kept, "
                "and the same command continues from there"
            }
        )
    os._exit(0)  # everything is on disk; TensorFlow would take a second to shut down


def _train(task: dict[str, Any]) -> None:
    settings = Settings.from_dict(task["settings"])
    data = take_over(Path(task["data"])) if task["data"] else load_planned(settings)
    own = take_over(Path(task["own"])) if task["own"] else _load_own(settings.fine_tuning)
    train_run(Path(task["path"]), settings, data, own, on_progress=_send_progress)


def _load_own(fine_tuning: FineTuning | None) -> Dataset | None:
    if fine_tuning is None:
        return None
    own = load_own_digits(fine_tuning.digits, skip_damaged=True)
    if own.sha256 != fine_tuning.digits_sha256:
        raise RunError(f"the digits in {fine_tuning.digits} changed since the run began; start a new run")
    return own


def _send_progress(progress: Progress) -> None:
    _send({"progress": asdict(progress)})


def _send(message: dict[str, Any]) -> None:
    print(json.dumps(message), file=sys.__stdout__, flush=True)


def _end_with_starter() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
