"""One run in a process of its own: `python -m tenfold.engines.worker`.

Who starts it writes one JSON line to its standard input, {"path", "settings", "data", "own"}, of which the
last two are files of images or None, and reads JSON lines from its standard output: {"progress": {...}} while
it trains and, in the end, {"finished": the processor's seconds it took}, {"diverged": "..."} or
{"error": "..."}. When standard input closes, because the starter ended in
whatever way, the worker ends at once: what it had finished is on the disk.
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
    sys.stdout = sys.stderr  # what a user's own file prints goes into the log
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_starter, daemon=True).start()
    try:
        _train(task)
        _say({"finished": time.process_time()})
    except DivergedError as error:
        _say({"diverged": str(error)})
    except TenfoldError as error:
        _say({"error": str(error)})
    except OSError as error:
        where = error.filename or task["path"]
        _say(
            {
                "error": f"{error.strerror or error}: {where}; what was finished is kept, "
                "and the same command continues from there"
            }
        )
    os._exit(0)  # all is on the disk; TensorFlow would take a second to put itself away


def _train(task: dict[str, Any]) -> None:
    settings = Settings.from_dict(task["settings"])
    data = take_over(Path(task["data"])) if task["data"] else load_planned(settings)
    own = take_over(Path(task["own"])) if task["own"] else _load_own(settings.fine_tuning)
    train_run(Path(task["path"]), settings, data, own, on_progress=_say_progress)


def _load_own(fine_tuning: FineTuning | None) -> Dataset | None:
    if fine_tuning is None:
        return None
    own = load_own_digits(fine_tuning.digits, skip_damaged=True)
    if own.sha256 != fine_tuning.digits_sha256:
        raise RunError(f"the digits in {fine_tuning.digits} changed since the run began; start a new run")
    return own


def _say_progress(progress: Progress) -> None:
    _say({"progress": asdict(progress)})


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), file=sys.__stdout__, flush=True)


def _end_with_starter() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
