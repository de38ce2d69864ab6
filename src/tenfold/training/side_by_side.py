"""Several runs at a time, each in a process of its own on its own cores.

Two small networks on one core each are done before one after the other on both (benchmarks/side_by_side.py):
their operations are too short to be shared out well.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tenfold.cores import available_cores
from tenfold.errors import RunError
from tenfold.training.progress import Progress, ignore
from tenfold.training.run import Run
from tenfold.training.settings import Settings


@dataclass(frozen=True)
class Task:
    """One run to be trained in the folder `path`."""

    path: Path
    settings: Settings


# A process needs about 1.3 GiB, most of it TensorFlow's.
_BYTES_PER_PROCESS = 2 * 2**30


def processes_at_a_time() -> int:
    """As many as there are cores, if they have 2 GiB of memory each."""
    cores = available_cores()
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return cores
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(cores, memory_bytes // _BYTES_PER_PROCESS))


def train_side_by_side(
    tasks: Iterable[Task],
    *,
    processes: int,
    on_progress: Callable[[Task, Progress], object] = ignore,
    on_finished: Callable[[Run], object] = ignore,
) -> None:
    """Train all `tasks`, `processes` of them at a time, begun in their order.

    Raises RunError with the message of the first run that failed. Then, as on KeyboardInterrupt, the others
    are stopped at once and can be resumed.
    """
    waiting = list(reversed(list(tasks)))
    messages: queue.SimpleQueue[tuple[Task, dict[str, object]]] = queue.SimpleQueue()
    at_work: dict[Path, subprocess.Popen[str]] = {}
    # TensorFlow leaves files in the folder for temporary ones wherever it does not end in peace.
    scratch = tempfile.TemporaryDirectory(prefix="tenfold-")
    try:
        while waiting or at_work:
            while waiting and len(at_work) < processes:
                task = waiting.pop()
                at_work[task.path] = _start(task, messages, scratch.name)
            task, message = messages.get()
            match message:
                case {"progress": dict(progress)}:
                    on_progress(task, Progress(**progress))
                case {"finished": True}:
                    at_work.pop(task.path).wait()
                    on_finished(Run(task.path))
                case {"error": str(error)}:
                    raise RunError(error)
    finally:
        for process in at_work.values():
            process.kill()
        for process in at_work.values():
            process.wait()
        scratch.cleanup()


def _start(
    task: Task,
    messages: "queue.SimpleQueue[tuple[Task, dict[str, object]]]",
    scratch: str,
) -> subprocess.Popen[str]:
    task.path.mkdir(parents=True, exist_ok=True)
    with (task.path / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tenfold.training.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            encoding="utf-8",
            env={**os.environ, "TMPDIR": scratch},
            start_new_session=True,  # Ctrl-C reaches the starter alone, which stops its workers in order
        )
    order = {"path": str(task.path), "settings": task.settings.to_dict()}
    assert process.stdin is not None  # noqa: S101 - what PIPE promises
    process.stdin.write(json.dumps(order) + "\n")
    process.stdin.flush()
    threading.Thread(target=_listen, args=(task, process, messages), daemon=True).start()
    return process


def _listen(
    task: Task, process: subprocess.Popen[str], messages: "queue.SimpleQueue[tuple[Task, dict[str, object]]]"
) -> None:
    """Pass on what the worker says; if it ends without a last word, say so for it."""
    assert process.stdout is not None  # noqa: S101 - what PIPE promises
    ended = False
    for line in process.stdout:
        message = json.loads(line)
        ended = "finished" in message or "error" in message
        messages.put((task, message))
    if not ended:
        log = task.path / "log.txt"
        messages.put(
            (
                task,
                {"error": f"training in {task.path} ended with exit code {process.wait()}; {log} says why"},
            )
        )
