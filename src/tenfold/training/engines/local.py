"""Several runs at a time, each in a process of its own on its own cores of this machine.

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
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tenfold.cores import available_cores
from tenfold.errors import RunError
from tenfold.training.engines.engine import Task, Usage, always
from tenfold.training.progress import Progress, ignore
from tenfold.training.run import Run

Messages = queue.SimpleQueue[tuple[Task, dict[str, object]]]

# A process needs about 1.3 GiB, most of it TensorFlow's.
_BYTES_PER_PROCESS = 2 * 2**30


class LocalEngine:
    """An `Engine` of at most so many `processes`, by default one per core if they have 2 GiB each."""

    def __init__(self, processes: int | None = None) -> None:
        self.processes = _processes_at_a_time() if processes is None else processes

    def threads(self, runs: int) -> int:
        """As `Engine.threads`."""
        return max(1, available_cores() // min(runs, self.processes))

    def train(
        self,
        tasks: Iterable[Task],
        *,
        on_progress: Callable[[Task, Progress], object] = ignore,
        on_finished: Callable[[Run], object] = ignore,
        goes_on: Callable[[Task, Progress], bool] = always,
    ) -> Usage:
        """As `Engine.train`."""
        waiting = iter(tasks)
        messages: Messages = queue.SimpleQueue()
        at_work: dict[Path, subprocess.Popen[str]] = {}
        begun, cpu_seconds = time.perf_counter(), 0.0
        # TensorFlow leaves files in the folder for temporary ones wherever it does not end in peace.
        scratch = tempfile.TemporaryDirectory(prefix="tenfold-")
        try:
            while True:
                while len(at_work) < self.processes and (task := next(waiting, None)):
                    at_work[task.path] = _start(task, messages, scratch.name)
                if not at_work:
                    break
                task, message = messages.get()
                if task.path not in at_work:  # the last words of a run that was given up
                    continue
                match message:
                    case {"progress": dict(of_run)}:
                        progress = Progress(**of_run)
                        on_progress(task, progress)
                        if not goes_on(task, progress):
                            at_work[task.path].kill()
                            _see_off(at_work.pop(task.path))
                    case {"finished": float(seconds)}:
                        cpu_seconds += seconds
                        _see_off(at_work.pop(task.path))
                        on_finished(Run(task.path))
                    case {"error": str(error)}:
                        raise RunError(error)
        finally:
            for process in at_work.values():
                process.kill()
            for process in at_work.values():
                _see_off(process)
            scratch.cleanup()
        return Usage("local", available_cores(), time.perf_counter() - begun, cpu_seconds)


def _processes_at_a_time() -> int:
    cores = available_cores()
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return cores
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min(cores, memory_bytes // _BYTES_PER_PROCESS))


def _start(task: Task, messages: Messages, scratch: str) -> subprocess.Popen[str]:
    task.path.mkdir(parents=True, exist_ok=True)
    with (task.path / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tenfold.training.engines.worker"],
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


def _see_off(process: subprocess.Popen[str]) -> None:
    """Wait for the end of a process; the thread that listens to it closes its standard output."""
    process.wait()
    assert process.stdin is not None  # noqa: S101 - what PIPE promises
    process.stdin.close()


def _listen(task: Task, process: subprocess.Popen[str], messages: Messages) -> None:
    """Pass on what the worker says; if it ends without a last word, say so for it."""
    assert process.stdout is not None  # noqa: S101 - what PIPE promises
    ended = False
    with process.stdout:
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
