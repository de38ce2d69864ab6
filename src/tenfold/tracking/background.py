"""Send runs during and after training: a tracker that is down delays nothing and loses nothing."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tenfold.errors import TrackingError
from tenfold.files import as_typed
from tenfold.tracking.target import Target
from tenfold.training.progress import ignore

# A tracker is given up after this long without a response: once training is over; once training is over and
# it had trouble before; and when only the tracker is waited for.
_PATIENCE_S, _LITTLE_PATIENCE_S, _LONG_PATIENCE_S = 10.0, 5.0, 120.0
_ENVIRONMENT = {  # for MLflow, unless the user has set them
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
}


@contextmanager
def track_in_background(
    targets: Sequence[Target], folder: Path, on_event: Callable[[str], object] = ignore
) -> Iterator[Callable[[Sequence[Path]], None]]:
    """Yield a function that starts sending runs, now and as they progress, to all `targets`.

    At the end the trackers have a few seconds for the rest. Each that has not received everything by then is
    reported in one line, with the command that sends `folder` again.
    """
    senders: list[SendingProcess] = []
    try:
        yield lambda runs: senders.extend(SendingProcess(target, runs) for target in targets)
        for sender in senders:
            sender.close()
        for sender in senders:
            on_event(_summarize(sender, folder))
    finally:
        for sender in senders:
            sender.kill()


def send(runs: Sequence[Path], target: Target) -> list[str]:
    """Send `runs`, finished or not, and return the pages that show them.

    Nothing is sent twice. Raises TrackingError if the tracker did not receive everything.
    """
    sender = SendingProcess(target, runs)
    try:
        sender.close()
        pages, failure = sender.finish(_LONG_PATIENCE_S)
    finally:
        sender.kill()
    if failure:
        raise TrackingError(
            f"{target} did not receive everything ({failure}); "
            "nothing is lost, the same command sends the rest"
        )
    return pages


class SendingProcess:
    """A process that sends `runs` to `target` until it is closed."""

    def __init__(self, target: Target, runs: Sequence[Path]) -> None:
        self.target = target
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - `kill` closes it
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tenfold.tracking.sender"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env={**_ENVIRONMENT, **os.environ},
            start_new_session=True,  # Ctrl-C reaches only the parent
        )
        self._messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        order = {"tracker": target.tracker, "place": target.place, "runs": [str(run) for run in runs]}
        assert self._process.stdin is not None  # noqa: S101 - what PIPE promises
        with suppress(BrokenPipeError):  # if it has ended already, `finish` reports it
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def close(self) -> None:
        """Signal that nothing more will be written into the runs' folders."""
        assert self._process.stdin is not None  # noqa: S101 - what PIPE promises
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def finish(self, patience_s: float) -> tuple[list[str], str | None]:
        """Wait for the final message: the pages, and what went wrong, if anything.

        Each message extends the wait by `patience_s`, or by five seconds if the tracker has trouble.
        """
        trouble: str | None = None
        while True:
            try:
                message = self._messages.get(timeout=_LITTLE_PATIENCE_S if trouble else patience_s)
            except queue.Empty:
                return [], trouble or f"no answer within {patience_s:g} s"
            match message:
                case {"sent": _}:
                    trouble = None
                case {"trouble": str(reason)}:
                    trouble = reason
                case _:
                    return message.get("pages", []), message.get("failed")

    def kill(self) -> None:
        """Kill the process."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        self.close()
        assert self._process.stdout is not None  # noqa: S101 - what PIPE promises
        self._process.stdout.close()
        self._errors.close()

    def _listen(self) -> None:
        """Pass on the process's messages, and a final one for it if it died."""
        assert self._process.stdout is not None  # noqa: S101 - what PIPE promises
        for line in self._process.stdout:
            self._messages.put(json.loads(line))
        code = self._process.wait()
        self._errors.seek(0)
        last = self._errors.read().strip().rpartition("\n")[2]
        self._messages.put({"failed": f"sending ended with exit code {code}: {last}"})


def _summarize(sender: SendingProcess, folder: Path) -> str:
    pages, failure = sender.finish(_PATIENCE_S)
    if failure:
        return (
            f"{sender.target} did not receive everything ({failure}). Nothing is lost; send it with: "
            f"tenfold track {as_typed(folder)} --to {sender.target}"
        )
    return f"sent to {sender.target}: {', '.join(pages)}"
