"""The process that sends runs to one tracker: `python -m tenfold.tracking.sender`.

The parent writes one JSON line to standard input, {"tracker", "place", "runs"}, and closes it when nothing
more will be written into the runs' folders. Until then the process checks them periodically and sends what is
new; after that it checks once more and exits. On standard output it writes JSON lines: {"sent": RUN} for each
run, {"trouble": REASON} if it will try again, and at the end {"pages": [...]} or {"failed": REASON}.

It is a separate process, because a tracker may hang until it is killed, takes a second to import, and is
configured by environment variables.
"""

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, Protocol, TextIO

from tenfold.errors import TenfoldError
from tenfold.runs.run import Run
from tenfold.tracking import record

_LOOK_EVERY_S = 1.0
_TRY_AGAIN_AFTER_S = 30.0  # if a tracker cannot be reached


class Tracker(Protocol):
    """The receiver; it does not get anything twice."""

    @property
    def pages(self) -> list[str]: ...

    def send(self, run: Run) -> None: ...

    def send_study(self, folder: Path, *, finished: bool) -> None: ...


def main() -> None:
    out, sys.stdout = sys.stdout, sys.stderr  # MLflow prints
    order = json.loads(sys.stdin.readline())
    ended = threading.Event()
    threading.Thread(target=_wait_for_end, args=(ended,), daemon=True).start()
    sender = Sender(order["tracker"], order["place"], [Path(run) for run in order["runs"]], out)
    sender.send_until(ended)
    os._exit(0)  # without waiting for MLflow's threads


class Sender:
    """Sends `runs` to a tracker, and keeps track of what was sent."""

    def __init__(self, tracker: str, place: str, runs: list[Path], out: TextIO) -> None:
        self._name, self._place, self._out = tracker, place, out
        self._runs = runs
        self._studies = sorted({path.resolve().parent for path in runs if record.in_study(Run(path))})
        self._sent: dict[Path, tuple[int, ...]] = {}
        self._tracker: Tracker | None = None

    def send_until(self, ended: threading.Event) -> None:
        """Send what is new, repeatedly, and a last time when `ended` is set."""
        while True:
            last = ended.is_set()
            failure = self._try_to_send(last=last)
            if last:
                break
            if failure:
                self._send_message({"trouble": failure})
            ended.wait(_TRY_AGAIN_AFTER_S if failure else _LOOK_EVERY_S)
        self._send_message(
            {"failed": failure} if failure else {"pages": self._tracker.pages if self._tracker else []}
        )

    def _try_to_send(self, *, last: bool) -> str | None:
        """The reason if not everything could be sent, else None."""
        try:
            self._tracker = self._tracker or open_tracker(self._name, self._place)
            self._send_news(self._tracker, last=last)
        except _errors_of(self._name) as error:
            return _reason(error)
        return None

    def _send_news(self, tracker: Tracker, *, last: bool) -> None:
        for path in self._runs:
            run = Run(path)
            stamp = _stamp(run.recipe_path, run.history_path, run.result_path, run.diverged_path)
            if run.started and self._sent.get(path) != stamp:
                tracker.send(run)
                self._sent[path] = stamp
                self._send_message({"sent": str(path)})
        for folder in self._studies:
            report = folder / "report.html"
            finished = last and all(run.ended for run in record.begun_runs([folder]))
            stamp = (*_stamp(report), finished)
            if report.exists() and self._sent.get(folder) != stamp:
                tracker.send_study(folder, finished=finished)
                self._sent[folder] = stamp

    def _send_message(self, message: dict[str, Any]) -> None:
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()


def open_tracker(tracker: str, place: str) -> Tracker:
    """The tracker, not contacted yet."""
    if tracker == "mlflow":
        from tenfold.tracking.on_mlflow import MlflowTracker

        return MlflowTracker(place)
    from tenfold.tracking.on_tensorboard import TensorBoardTracker

    return TensorBoardTracker(place)


def _errors_of(tracker: str) -> tuple[type[Exception], ...]:
    """The tracker's exceptions, temporary or permanent."""
    if tracker != "mlflow":
        return TenfoldError, OSError
    from mlflow.exceptions import MlflowException

    return TenfoldError, OSError, MlflowException


def _reason(error: BaseException) -> str:
    """`error` in one line. MLflow wraps network errors in long ones; this is the root cause."""
    chain = [error]
    while cause := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(cause)
    cause = chain[-1] if any(isinstance(each, OSError) for each in chain) else error
    return " ".join(str(cause).split()) or type(cause).__name__


def _stamp(*paths: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
