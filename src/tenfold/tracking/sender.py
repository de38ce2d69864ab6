"""The process that sends runs to one tracker: `python -m tenfold.tracking.sender`.

Who starts it writes one JSON line to its standard input, {"tracker", "place", "runs"}, and closes it when
nothing more will be written into the runs' folders. Until then the process looks at them now and then and
sends what is new; after that it looks once more and ends. It says on its standard output, in JSON lines,
{"sent": RUN} for each run, {"trouble": REASON} where it will try again, and in the end {"pages": [...]} or
{"failed": REASON}.

A process of its own, because a tracker may hang in ways that only a kill ends, takes a second to import, and
is set up by the environment.
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
_TRY_AGAIN_AFTER_S = 30.0  # where a tracker could not be reached


class Tracker(Protocol):
    """What is sent to: whatever it has already, it does not get twice."""

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
    os._exit(0)  # MLflow has threads that would have it wait


class Sender:
    """What of `runs` was sent to a tracker already."""

    def __init__(self, tracker: str, place: str, runs: list[Path], out: TextIO) -> None:
        self._name, self._place, self._out = tracker, place, out
        self._runs = runs
        self._studies = sorted({path.resolve().parent for path in runs if record.in_study(Run(path))})
        self._sent: dict[Path, tuple[int, ...]] = {}
        self._tracker: Tracker | None = None

    def send_until(self, ended: threading.Event) -> None:
        """Send what is new, again and again, and a last time when `ended` is set."""
        while True:
            last = ended.is_set()
            failure = self._try_to_send(last=last)
            if last:
                break
            if failure:
                self._say({"trouble": failure})
            ended.wait(_TRY_AGAIN_AFTER_S if failure else _LOOK_EVERY_S)
        self._say({"failed": failure} if failure else {"pages": self._tracker.pages if self._tracker else []})

    def _try_to_send(self, *, last: bool) -> str | None:
        """Why not all could be sent; None if it was."""
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
                self._say({"sent": str(path)})
        for folder in self._studies:
            report = folder / "report.html"
            finished = last and all(run.ended for run in record.begun_runs([folder]))
            stamp = (*_stamp(report), finished)
            if report.exists() and self._sent.get(folder) != stamp:
                tracker.send_study(folder, finished=finished)
                self._sent[folder] = stamp

    def _say(self, message: dict[str, Any]) -> None:
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()


def open_tracker(tracker: str, place: str) -> Tracker:
    """The tracker, without a word to it yet."""
    if tracker == "mlflow":
        from tenfold.tracking.on_mlflow import MlflowTracker

        return MlflowTracker(place)
    from tenfold.tracking.on_tensorboard import TensorBoardTracker

    return TensorBoardTracker(place)


def _errors_of(tracker: str) -> tuple[type[Exception], ...]:
    """What may go wrong on the way to it, for now or for good."""
    if tracker != "mlflow":
        return TenfoldError, OSError
    from mlflow.exceptions import MlflowException

    return TenfoldError, OSError, MlflowException


def _reason(error: BaseException) -> str:
    """`error` in one line. MLflow wraps the network's errors in long ones; of them, what lies at the root."""
    chain = [error]
    while cause := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(cause)
    told = chain[-1] if any(isinstance(each, OSError) for each in chain) else error
    return " ".join(str(told).split()) or type(told).__name__


def _stamp(*paths: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)


def _wait_for_end(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


if __name__ == "__main__":
    main()
